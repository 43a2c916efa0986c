"""Who printed a page or took a file along, when and from which team: what it says of itself where it is left lying."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from casework.accounts.models import User
from casework.web.cases.forms.intake import in_short
from casework.web.templatetags.days import instant

# A mark that names more of them would not be read.
MOST_TEAMS = 2


def mark_of(user: User, teams: Sequence[str], now: datetime) -> str:
    zone = timezone.localtime(now).tzname() or ""
    named = [*teams[:MOST_TEAMS], *(["…"] if len(teams) > MOST_TEAMS else [])]
    return " · ".join(part for part in (in_short(user), f"{instant(now)} {zone}".strip(), ", ".join(named)) if part)
