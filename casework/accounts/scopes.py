"""What a token may be given, as data that a committee can read: each scope, and the permission its owner needs for it."""

from dataclasses import dataclass
from enum import StrEnum

from casework.lib.marking import gettext_noop as _

from .roles import Permission


class Scope(StrEnum):
    """One kind of thing that a program may do with a token. It never does more than whoever made the token may."""

    READ_CASES = "read:cases"
    WRITE_CASES = "write:cases"
    READ_DEADLINES = "read:deadlines"
    WRITE_DEADLINES = "write:deadlines"
    READ_PLACEMENTS = "read:placements"
    WRITE_PLACEMENTS = "write:placements"
    READ_REFERRALS = "read:referrals"
    WRITE_REFERRALS = "write:referrals"
    READ_CAPACITY = "read:capacity"


@dataclass(frozen=True, slots=True)
class Grant:
    label: str
    permission: Permission


GRANTS: dict[Scope, Grant] = {
    Scope.READ_CASES: Grant(_("read cases and the people in them"), Permission.CASE_VIEW),
    Scope.WRITE_CASES: Grant(_("log cases"), Permission.CASE_CHANGE),
    Scope.READ_DEADLINES: Grant(_("read deadlines and why they are due"), Permission.CASE_VIEW),
    Scope.WRITE_DEADLINES: Grant(_("record that a deadline is done, or need not be"), Permission.CASE_CHANGE),
    Scope.READ_PLACEMENTS: Grant(_("read beds and who is in them"), Permission.HOUSING_VIEW),
    Scope.WRITE_PLACEMENTS: Grant(_("book beds for people"), Permission.HOUSING_PLACE),
    Scope.READ_REFERRALS: Grant(_("read referrals in and out"), Permission.CASE_VIEW),
    Scope.WRITE_REFERRALS: Grant(_("file referrals in, and answer those that went out"), Permission.CASE_CHANGE),
    Scope.READ_CAPACITY: Grant(_("read how many beds there are and how many are taken"), Permission.REPORTS_VIEW),
}


def scopes_open_to(permissions: frozenset[Permission]) -> tuple[Scope, ...]:
    """Return the scopes that somebody who may do this can give to a token."""
    return tuple(scope for scope, grant in GRANTS.items() if grant.permission in permissions)
