"""Who is told about a case: whoever looks after it, else those who give work out, and never who may not see it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from casework.accounts.absences import Away, oneself_and_those_one_stands_in_for
from casework.accounts.access import memberships
from casework.accounts.models import Absence, Membership, User
from casework.accounts.roles import Permission

from .access import cases_visible_to
from .models import Case, CaseMember


class Audience:
    """Who is told about the cases of one batch, found in a few queries.

    The caseworker, or who stands in while they are away; else those of the team who assign cases; on a restricted case only
    people named on it. Whoever may not see the case any more is never told.
    """

    def __init__(self, cases: Sequence[Case], now: datetime) -> None:
        teams = {case.team_id for case in cases}
        self.away = Away(now)
        self.viewers: dict[UUID, set[UUID]] = {}
        self.assigners: dict[UUID, set[UUID]] = {}
        held = Membership.objects.active(now).filter(team__in=teams)
        for group, permission in ((self.viewers, Permission.CASE_VIEW), (self.assigners, Permission.CASE_ASSIGN)):
            for team, user in held.carrying(permission).values_list("team_id", "user_id"):
                group.setdefault(team, set()).add(user)
        self.named: dict[UUID, set[UUID]] = {}
        restricted = {case.pk for case in cases if case.restricted}
        for case_id, user in CaseMember.objects.filter(case__in=restricted).values_list("case_id", "user_id"):
            self.named.setdefault(case_id, set()).add(user)

    def of(self, case: Case) -> list[UUID]:
        worker = case.caseworker_id
        if worker is not None and self.may_be_told(worker, case):
            if worker not in self.away:
                return [worker]
            deputy = self.away.deputy_of(worker)
            if deputy is not None and self.may_be_told(deputy, case):
                return [deputy]
        if coordinators := self.coordinators_of(case):
            return coordinators
        named = sorted(self.named.get(case.pk, set())) if case.restricted else []
        told = [user for user in named if self.may_be_told(user, case)]
        if not told and worker is not None and self.may_be_told(worker, case):
            return [worker]  # away, and there is nobody else
        return self.away.here(told)

    def coordinators_of(self, case: Case) -> list[UUID]:
        """Return who gives out the cases of its team and is here; of a restricted case, those of them who are named on it."""
        told = [user for user in sorted(self.assigners.get(case.team_id, set())) if self.may_be_told(user, case)]
        return self.away.here(told)

    def may_be_told(self, user: UUID, case: Case) -> bool:
        """Say whether somebody of the team may see the case."""
        is_viewer = user in self.viewers.get(case.team_id, set())
        return is_viewer and (not case.restricted or user in self.named.get(case.pk, set()))


def told_of_cases(user: User, now: datetime, *, prefix: str) -> Q:
    """Return the condition that somebody is told about a case, as `Audience` says it of one person. They may see it, and

    1. they look after it, or stand in for whoever does; or
    2. nobody who looks after it may see it and is here, and they give out the cases of its team; or
    3. nobody who looks after it may see it and is here, and it is restricted: then everybody named on it.

    Whoever is away still finds what is theirs; coordinators who are away find what others are told of meanwhile.
    """
    held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).filter(team=OuterRef(f"{prefix}team"))
    away = Absence.objects.running(now)
    is_here = Q(user=OuterRef(f"{prefix}caseworker")) & ~Exists(away.filter(user=OuterRef("user")))
    stands_in = Exists(
        away.filter(user=OuterRef(OuterRef(f"{prefix}caseworker")), deputy=OuterRef("user")).exclude(
            deputy__in=away.values("user")
        )
    )
    looked_after = held.filter(is_here | Q(stands_in))
    assigns = memberships(user, Permission.CASE_ASSIGN, now).values("team")
    instead = Q(**{f"{prefix}team__in": assigns}) | Q(**{f"{prefix}restricted": True})
    return cases_visible_to(user, now, prefix=prefix) & (
        Q(**{f"{prefix}caseworker__in": oneself_and_those_one_stands_in_for(user, now)})
        | (~Exists(looked_after) & instead)
    )
