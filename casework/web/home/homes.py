"""The homes: for each kind of work the one page that says what needs somebody now, in a fixed order."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Permission
from casework.web.components import Tab
from casework.web.request import UserRequest, permissions_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """`name` of its address; `permission`: whoever holds it somewhere has this home."""

    name: str
    label: str | Promise
    permission: Permission


# Whoever has several begins with the first, and reaches the others by its tabs.
HOMES = (
    Home(name="my_team", label=_("My team"), permission=Permission.CASE_ASSIGN),
    Home(name="my_day", label=_("My day"), permission=Permission.CASE_VIEW),
    Home(name="policy_desk", label=_("Policy desk"), permission=Permission.RULES_DESK),
    Home(name="upkeep", label=_("Upkeep"), permission=Permission.ACCOUNTS_MANAGE),
    Home(name="oversight", label=_("Oversight"), permission=Permission.AUDIT_VIEW),
    Home(name="duplicates", label=_("Duplicates"), permission=Permission.DUPLICATES_REVIEW),
    Home(name="reports", label=_("Reports"), permission=Permission.DONOR_REPORTS),
)


def homes_of(request: UserRequest) -> list[Home]:
    """Return the homes of whoever is signed in, the first first."""
    held = permissions_in(request)
    return [home for home in HOMES if home.permission in held]


def home_tabs(request: UserRequest, current: str) -> list[Tab]:
    """Return the tabs that lead from one home to the others; none for whoever has one alone."""
    homes = homes_of(request)
    if len(homes) < 2:
        return []
    return [Tab(label=str(it.label), url=reverse(it.name), is_current=it.name == current) for it in homes]


def other_homes(request: UserRequest, current: str) -> list[Tab]:
    """Return the same without the one that is open, for a page that has tabs of its own."""
    return [tab for tab in home_tabs(request, current) if not tab.is_current]
