"""Who is asked when nobody answers a reminder: first whoever stands in, then those who give out the cases of the team.

Each rung speaks once for a date, at the earliest some hours after the first message, and to nobody who may not see the case.
It is quiet as soon as somebody said that they are on it, or the case has just been given to somebody else.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case as If
from django.db.models import Min, Q, When

from casework.accounts.models import Membership
from casework.accounts.roles import Permission
from casework.audit.models import Event
from casework.clients.audience import Audience
from casework.clients.models import Case, TimedAccess

from .schedule import DEPUTIES

# Somebody must have had the time to answer, or to look into a case that is new to them.
TIME_TO_ANSWER = timedelta(hours=4)
NEW_TO_THEM = timedelta(days=1)
GIVEN = ("clients.case_assigned", "clients.case_handed_over")


class StandIns:
    """Who stands in for teams while their people are away: for cases that are not restricted."""

    def __init__(self, cases: Sequence[Case], now: datetime) -> None:
        rows = TimedAccess.objects.running(now).filter(team__in={case.team_id for case in cases})
        held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).values("user")
        self._of_team: dict[UUID | None, set[UUID]] = {}
        for team, user in rows.filter(user__in=held).values_list("team_id", "user_id"):
            self._of_team.setdefault(team, set()).add(user)

    def of(self, case: Case) -> list[UUID]:
        return [] if case.restricted else sorted(self._of_team.get(case.team_id, set()))


class Ladder:
    """The rungs for the cases of one batch."""

    def __init__(self, cases: Sequence[Case], audience: Audience, now: datetime) -> None:
        self._audience, self._stand_ins = audience, StandIns(cases, now)
        given = Event.objects.filter(type__in=GIVEN, case_id__in={case.pk for case in cases}, at__gt=now - NEW_TO_THEM)
        self._given = set(given.values_list("case_id", flat=True))

    def has_just_been_given(self, case: Case) -> bool:
        return case.pk in self._given

    def of(self, case: Case, rung: int) -> list[UUID]:
        """Return whom a rung asks, beside those who are told anyway."""
        if rung == DEPUTIES:
            asked = [user for user in self._stand_ins.of(case) if user not in self._audience.away]
        else:
            asked = self._audience.coordinators_of(case)
        told = set(self._audience.of(case))
        return [user for user in asked if user not in told]


def reached(due_on: date, today: date, rungs: Mapping[int, int]) -> list[int]:
    """Return which rungs have come; `rungs`: how many days before the date each speaks."""
    return [rung for rung, lead in rungs.items() if (due_on - today).days <= lead]


def first_told(subjects: Collection[str]) -> Mapping[tuple[str, date], datetime]:
    """Return when somebody first heard of each, or is to, by subject and date. What failed or was stopped gives nobody more time."""
    from .models import Reminder  # they read what is decided about the ladder

    state = Reminder.State
    is_to_go = Q(state__in=(state.WAITING, state.SENDING), tries__lte=1)
    heard = If(When(state=state.SENT, then="settled_at"), When(is_to_go, then="send_at"), default="created_at")
    rows = Reminder.objects.filter(subject__in=subjects, rung=0).order_by().values_list("subject", "due_on")
    return {(subject, due_on): at for subject, due_on, at in rows.annotate(at=Min(heard))}
