"""Who printed a page or took a file along, when and from which team: what it says of itself where it is left lying."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from casework.accounts.models import User
from casework.vault.errors import KeyFileError, TamperedData
from casework.web.cases.forms.intake import in_short
from casework.web.templatetags.days import instant

# A mark that names more of them would not be read.
MOST_TEAMS = 2


def mark_of(user: User, teams: Sequence[str], now: datetime) -> str:
    """Return the mark, without the name where the vault refuses it: the page that says so has one too."""
    zone = timezone.localtime(now).tzname() or ""
    named = [*teams[:MOST_TEAMS], *(["…"] if len(teams) > MOST_TEAMS else [])]
    return " · ".join(part for part in (_name_of(user), f"{instant(now)} {zone}".strip(), ", ".join(named)) if part)


def _name_of(user: User) -> str:
    try:
        return in_short(user)
    except (KeyFileError, TamperedData):
        return ""
