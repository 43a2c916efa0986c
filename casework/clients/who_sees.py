"""Who may see one case, why and until when: `cases_visible_to` turned round, for people to read.

A test asks both about the same invented world, so that what the page says is what the software does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q

from casework.accounts.models import Membership, User
from casework.accounts.roles import DEFINITIONS, Permission, Role

from .models import Case, CaseMember, EmergencyAccess, TimedAccess


class Why(StrEnum):
    """In the order of the predicate."""

    TEAM = "team"
    NAMED = "named"
    CASE_LENT = "case_lent"
    TEAM_LENT = "team_lent"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who may see the case. `roles`: those in its team; `until` None: as long as they work there.

    `access`: the row by which they see it for a time.
    """

    user: User
    why: Why
    may_change: bool
    roles: tuple[Role, ...] = ()
    until: datetime | None = None
    access: TimedAccess | EmergencyAccess | None = None


def viewers_of(case: Case, now: datetime) -> list[Viewer]:
    """Return everybody who may see the case now, in at most five queries. Who sees it for two reasons stands there twice."""
    viewers = _of_team(case, now)
    there = {each.user.pk for each in viewers}
    lent = [] if case.restricted else _for_a_time(case, now)
    return viewers + [each for each in lent if each.user.pk not in there] + _in_emergency(case, now)


def not_begun(case: Case, now: datetime) -> list[TimedAccess]:
    """Return the access for a time to this case that has been given for later."""
    if case.restricted:
        return []
    rows: Any = TimedAccess.objects.not_over(now).filter(Q(case=case) | Q(team=case.team), starts_at__gt=now)
    return list(rows.select_related("user__data_key").order_by("starts_at", "pk"))


def _of_team(case: Case, now: datetime) -> list[Viewer]:
    held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).filter(team=case.team)
    if case.restricted:
        held = held.filter(user__in=CaseMember.objects.filter(case=case).values("user"))
    roles: dict[UUID, list[Role]] = {}
    users: dict[UUID, User] = {}
    for each in held.select_related("user__data_key").order_by("starts_at", "pk"):
        users[each.user_id] = each.user
        roles.setdefault(each.user_id, []).append(Role(each.role))
    return [
        Viewer(
            user=user,
            why=Why.NAMED if case.restricted else Why.TEAM,
            may_change=not case.is_archived and any(_changes(role) for role in roles[pk]),
            roles=tuple(dict.fromkeys(roles[pk])),
        )
        for pk, user in users.items()
    ]


def _for_a_time(case: Case, now: datetime) -> list[Viewer]:
    rows: Any = TimedAccess.objects.running(now).filter(Q(case=case) | Q(team=case.team))
    found = list(rows.select_related("user__data_key", "given_by__data_key").order_by("ends_at", "pk"))
    held = _held_by({each.user_id for each in found}, now)
    return [
        Viewer(
            user=each.user,
            why=Why.CASE_LENT if each.case_id else Why.TEAM_LENT,
            may_change=each.may_change and not case.is_archived and Permission.CASE_CHANGE in held[each.user_id],
            until=each.ends_at,
            access=each,
        )
        for each in found
        if Permission.CASE_VIEW in held.get(each.user_id, ())
    ]


def _in_emergency(case: Case, now: datetime) -> list[Viewer]:
    rows: Any = EmergencyAccess.objects.running(now).filter(case=case)
    found = list(rows.select_related("user__data_key").order_by("ends_at", "pk"))
    held = _held_by({each.user_id for each in found}, now)
    return [
        Viewer(user=each.user, why=Why.EMERGENCY, may_change=False, until=each.ends_at, access=each)
        for each in found
        if Permission.CASE_VIEW in held.get(each.user_id, ())
    ]


def _held_by(users: set[UUID], now: datetime) -> dict[UUID, frozenset[Permission]]:
    """Return what each of these may do somewhere."""
    if not users:
        return {}
    held: dict[UUID, frozenset[Permission]] = {}
    rows = Membership.objects.active(now).filter(user__in=users).values_list("user", "role")
    for user, role in rows:
        held[user] = held.get(user, frozenset()) | DEFINITIONS[Role(role)].permissions
    return held


def _changes(role: Role) -> bool:
    return Permission.CASE_CHANGE in DEFINITIONS[role].permissions
