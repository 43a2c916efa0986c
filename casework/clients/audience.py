"""Who is told about a case: whoever looks after it, else those who give work out, and never who may not see it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from casework.accounts.models import Membership
from casework.accounts.roles import Permission

from .models import Case, CaseMember


class Audience:
    """Who is told about the cases of one batch, found in two queries.

    The caseworker; else those of the team who assign cases; on a restricted case only people named on it. Whoever
    may not see the case any more is never told.
    """

    def __init__(self, cases: Sequence[Case], now: datetime) -> None:
        teams = {case.team_id for case in cases}
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
        allowed = self.viewers.get(case.team_id, set())
        if case.restricted:
            allowed = allowed & self.named.get(case.pk, set())
        if case.caseworker_id in allowed:
            return [case.caseworker_id]
        return sorted(allowed & self.assigners.get(case.team_id, set())) or (sorted(allowed) if case.restricted else [])
