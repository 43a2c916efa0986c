"""How the pages of access find what they show. What may not be seen is not there: 404."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from casework.accounts.access import memberships, people_with
from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, TimedAccess
from casework.web.opening import open_or_404


def assignable_case(user: User, code: str, now: datetime) -> Case:
    """Return the case that this user assigns, or answer 404."""
    may_assign = cases_visible_to(user, now, permission=Permission.CASE_ASSIGN)
    rows = Case.objects.filter(may_assign).select_related("data_key", "team", "caseworker__data_key")
    case: Case = open_or_404(rows, code=code)
    return case


def case_of_own_team(user: User, code: str, now: datetime) -> Case:
    """Return the case of which this user may decide who else sees it: somebody of its team, and no guest. Or answer 404."""
    may_change = cases_visible_to(user, now, permission=Permission.CASE_CHANGE)
    works = memberships(user, Permission.CASE_CHANGE, now).values("team")
    rows = Case.objects.filter(may_change, team__in=works).select_related("data_key", "team", "caseworker__data_key")
    case: Case = open_or_404(rows, code=code)
    return case


def access_to_end(user: User, access_id: UUID, now: datetime) -> TimedAccess:
    """Return what this user may end: of a case or a team that they assign, or what they have themselves."""
    of_case = cases_visible_to(user, now, permission=Permission.CASE_ASSIGN, prefix="case__")
    teams = memberships(user, Permission.CASE_ASSIGN, now).values("team")
    rows: Any = TimedAccess.objects.not_over(now).filter(of_case | Q(team__in=teams) | Q(user=user))
    access: TimedAccess = open_or_404(rows.select_related("case__team", "team", "user__data_key"), pk=access_id)
    return access


def people_of_team(case: Case, now: datetime) -> list[User]:
    """Return who works with cases in the team of the case: who can be named on it."""
    return _by_name(people_with(Permission.CASE_VIEW, [case.team], now).distinct())


def people_elsewhere(teams: list[Any], me: User, now: datetime) -> list[User]:
    """Return who works with cases in another team and in none of these: who can be given access."""
    here = people_with(Permission.CASE_VIEW, teams, now).values("pk")
    held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).values("user")
    return _by_name(User.objects.filter(pk__in=held).exclude(pk__in=here).exclude(pk=me.pk))


def _by_name(users: Any) -> list[User]:
    return sorted(users, key=lambda user: (str(user.display_name or user.email).casefold(), str(user.pk)))
