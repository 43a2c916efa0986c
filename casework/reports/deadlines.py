"""What became of the deadlines of some months: met by their day or later, missed, waived, or still to come.

A deadline counts in the month of the date that drives it: computed, or set by an authority or by staff in its place. Only
duties count, and not what is possible from a day on. What is not computed any more, because facts or the law changed,
counts only if somebody answered it. Each is one thing on the day of the report:

* waived: somebody said, with a reason, that it does not have to be met;
* met by the day, or later: a fact on record shows it, on its day, or somebody said "done", on the day where the team works;
* met, the day not known: a fact shows it whose day nobody knows;
* missed: open, and its day is over where the team works;
* to come: open, and its day is today or ahead.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db.models import Case as CaseWhen
from django.db.models import CharField, Count, DateField, DateTimeField, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, TruncMonth

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.local_day import today_of_team
from casework.residency.models import Deadline, Decision

from .readers import Reader, Whose

TEAM = "client__case__team"


class Outcome(StrEnum):
    IN_TIME = "in_time"
    LATE = "late"
    DAY_UNKNOWN = "day_unknown"
    WAIVED = "waived"
    MISSED = "missed"
    TO_COME = "to_come"


class Place(NamedTuple):
    """What deadlines are counted by."""

    month: date
    duty: str
    country: str
    worker: UUID | None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many deadlines came out how, in each place."""

    counts: Counter[tuple[Place, Outcome]]

    def by(self, name: str) -> dict[Any, Counter[Outcome]]:
        """Return the counts by one property."""
        found: dict[Any, Counter[Outcome]] = {}
        for (place, outcome), number in self.counts.items():
            found.setdefault(getattr(place, name), Counter())[outcome] += number
        return found

    @property
    def total(self) -> Counter[Outcome]:
        found: Counter[Outcome] = Counter()
        for (_place, outcome), number in self.counts.items():
            found[outcome] += number
        return found


def outcomes_of(user: User, *, first: date, after: date, now: datetime) -> Outcomes:
    """Return what became of the deadlines of somebody's teams from `first` to the day before `after`. One query."""
    seen = cases_visible_to(user, now, permission=Permission.REPORTS_VIEW, prefix="client__case__", archived=True)
    rows: Iterable[Any] = (
        _among(seen, first, after, now)
        .order_by()
        .values_list("month", "duty", "country", "client__case__caseworker", "outcome")
        .annotate(number=Count("pk"))
    )
    counts: Counter[tuple[Place, Outcome]] = Counter()
    for month, duty, country, worker, outcome, number in rows:
        counts[Place(month, duty, country, worker), Outcome(outcome)] += number
    return Outcomes(counts)


class People(NamedTuple):
    """How many people had a deadline, and how many of them missed one."""

    all: int
    missed: int


def people_of_others(
    reader: Reader, *, by: Literal["month", "duty", "country"], first: date, after: date
) -> dict[Any, People]:
    """Return the people of teams that are not the reader's by the month, kind or country of their deadlines. One query.

    Somebody counts once in each. Nobody of a restricted case counts.
    """
    others = reader.of_teams(Whose.OTHERS, TEAM) & Q(client__case__restricted=False)
    rows: Iterable[Any] = (
        _among(others, first, after, reader.now)
        .order_by()
        .values_list(by)
        .annotate(
            people=Count("client", distinct=True),
            missed=Count("client", distinct=True, filter=Q(outcome=Outcome.MISSED.value)),
        )
    )
    return {key: People(people, missed) for key, people, missed in rows}


def _among(whose: Q, first: date, after: date, now: datetime) -> Any:
    """Return the deadlines that count, with `month` and `outcome`."""
    counted = ~Q(state=Deadline.State.OPEN) | Q(gone_at__isnull=True)
    found: Any = Deadline.objects.filter(whose, counted, optional=False, drives_on__gte=first, drives_on__lt=after)
    return found.annotate(month=TruncMonth("drives_on"), met=_met_on(), today=today_of_team(TEAM, now)).annotate(
        outcome=_outcome()
    )


def _met_on() -> Coalesce:
    """The day of the fact; where somebody answered instead, the day on which they did."""
    decisions: Any = Decision.objects
    answered = decisions.filter(deadline=OuterRef("pk"), kind=Decision.Kind.DONE).order_by("-number")
    local = Func(
        F(f"{TEAM}__time_zone"),
        Subquery(answered.values("decided_at")[:1]),
        function="timezone",
        output_field=DateTimeField(),
    )
    by_answer = CaseWhen(When(met_by_id__isnull=True, then=Cast(local, DateField())), output_field=DateField())
    return Coalesce("met_on", by_answer)


def _outcome() -> CaseWhen:
    done = Q(state=Deadline.State.DONE)
    return CaseWhen(
        When(state=Deadline.State.WAIVED, then=Value(Outcome.WAIVED.value)),
        When(done & Q(met__isnull=True), then=Value(Outcome.DAY_UNKNOWN.value)),
        When(done & Q(met__lte=F("drives_on")), then=Value(Outcome.IN_TIME.value)),
        When(done, then=Value(Outcome.LATE.value)),
        When(drives_on__lt=F("today"), then=Value(Outcome.MISSED.value)),
        default=Value(Outcome.TO_COME.value),
        output_field=CharField(),
    )
