"""Which columns the list of cases has, for each reader; its file has the same."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User

COLUMNS: Mapping[str, str | Promise] = {
    "applicant": _("Principal applicant"),
    "country": _("Where they are"),
    "deadline": _("Next deadline"),
    "caseworker": _("Caseworker"),
    "status": _("Status"),
    "priority": _("Priority"),
    "programmes": _("Programmes"),
    "team": _("Team"),
    "opened": _("Opened"),
}
USUAL = ("applicant", "country", "deadline", "caseworker")
# What the file of the list has under each. Under the code, which is always there, it says which cases are restricted.
IN_FILE: Mapping[str, Sequence[str]] = {
    "code": ("code", "restricted"),
    "applicant": ("applicant", "others"),
    "country": ("country",),
    "deadline": ("duty", "due_on", "days_left", "about_date"),
    "caseworker": ("caseworker",),
    "status": ("status",),
    "priority": ("priority",),
    "programmes": ("programmes",),
    "team": ("team",),
    "opened": ("opened_on",),
}


def columns_of(user: User) -> list[str]:
    """Return the columns that a user has chosen, in the order of all; the usual ones where none was."""
    return [key for key in COLUMNS if key in user.case_columns] or list(USUAL)


def has_chosen(user: User) -> bool:
    return any(key in COLUMNS for key in user.case_columns)


def columns_in_file(user: User) -> list[str] | None:
    """Return the keys of the columns of the file, None for all that it usually has."""
    if not has_chosen(user):
        return None
    return [name for key in ("code", *columns_of(user)) for name in IN_FILE[key]]
