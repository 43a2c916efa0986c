"""Trips tried out: what would hold if somebody went where they plan to go. Nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from .coming import first_entry
from .days import clipped, union
from .evaluate import current_sojourn, evaluate
from .facts import DayRange, Facts, Stay
from .glance import StayGlance, glances, never_lawful
from .inquiry import Inquiry
from .leave import leaving
from .leaving import day_or_none
from .limits import days_used
from .outcome import breaches_of, limits_for
from .position import Deadline, SubjectKind
from .presence import Sojourn
from .prospects import cooldowns
from .register import EVENT_DUTIES
from .rulebook import RuleBook
from .stay_limits import StayLimit, places_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A stay that is thought of. The document is that of the latest stay on record."""

    id: str
    country: str
    entered: date
    left: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TripAnswer:
    """What would hold of one trip.

    is_lawful: None where no rule is recorded. broken_on: its first day that breaks a limit; broken_rules: which.
    last: last lawful day of a stay that goes on from its entry (`is_unlimited`: nothing ends it).
    days_left: what the tightest limit leaves on the day of exit, by subtraction; None where none counts days.
    later_entry: the first day after the exit on which they may enter again, days to stay away included.
    registers: what the entry sets off, with the last day to do it.
    """

    trip: Trip
    is_lawful: bool | None
    broken_on: date | None
    broken_rules: tuple[str, ...]
    last: date | None
    is_unlimited: bool
    days_left: int | None
    later_entry: date | None
    registers: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A deadline on record that the trips would move; `after` None: it would not be computed any more."""

    before: Deadline
    after: Deadline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    answers: tuple[TripAnswer, ...]
    changes: tuple[Change, ...]
    glances: tuple[StayGlance, ...]


def try_trips(
    facts: Facts, book: RuleBook, now: datetime, trips: Sequence[Trip], *, on: date, leaves_on: date | None = None
) -> Tried:
    """Return what these trips, all of them together, would do.

    leaves_on: when the person leaves the country where they are; without it, when the first trip begins.
    """
    supposed = with_trips(facts, book, now, trips, on=on, leaves_on=leaves_on)
    inquiry = Inquiry(facts=supposed, book=book, on=on, known_at=now)
    by_id = {sojourn.stay.id: sojourn for sojourn in inquiry.cautious}
    before = evaluate(facts, book, now, on=on).deadlines
    after = {_identity(it): it for it in evaluate(supposed, book, now, on=on).deadlines}
    changes = [Change(before=it, after=after.get(_identity(it))) for it in before]
    return Tried(
        answers=tuple(_answer(inquiry, by_id[trip.id], trip, now) for trip in trips),
        changes=tuple(it for it in changes if it.after is None or it.after.due_on != it.before.due_on),
        glances=tuple(glances(supposed, book, now, on=on, countries=dict.fromkeys(trip.country for trip in trips))),
    )


def with_trips(
    facts: Facts, book: RuleBook, now: datetime, trips: Sequence[Trip], *, on: date, leaves_on: date | None
) -> Facts:
    """Return the facts with the trips as planned stays, and the current stay ended before them.

    An open stay counts up to the day of the question only. Who says nothing of leaving is there until the
    first trip begins, so that the days between are not forgotten.
    """
    inquiry = Inquiry(facts=facts, book=book, on=on, known_at=now)
    current = current_sojourn(inquiry.cautious)
    ends = leaves_on or min((trip.entered for trip in trips), default=None)
    stays = [
        replace(stay, left=DayRange.exactly(max(ends, on)))
        if ends is not None and current is not None and stay is current.stay and stay.left is None
        else stay
        for stay in facts.stays
        if stay.id not in {trip.id for trip in trips}  # saved meanwhile, and sent once more
    ]
    used = document_of_latest(facts.stays)
    stays += [
        Stay(
            id=trip.id,
            country=trip.country,
            entered=DayRange.exactly(trip.entered),
            left=DayRange.exactly(trip.left),
            document_kind=used.document_kind if used else "",
            nationality=used.nationality if used else "",
        )
        for trip in trips
    ]
    return replace(facts, stays=tuple(stays))


def document_of_latest(stays: Iterable[Stay]) -> Stay | None:
    """Return the latest stay whose document is on record."""
    known = [stay for stay in stays if stay.document_kind]
    return max(known, key=lambda stay: stay.entered.latest or stay.entered.earliest or date.min, default=None)


def _answer(inquiry: Inquiry, sojourn: Sojourn, trip: Trip, now: datetime) -> TripAnswer:
    assert sojourn.first is not None  # noqa: S101 - both days of a trip are known
    limits = limits_for(inquiry, sojourn, inquiry.cautious, until=sojourn.last)
    broken = {limit.rule.id: clipped(breaches_of(limit), sojourn.first, sojourn.last) for limit in limits}
    days = union(span for spans in broken.values() for span in spans)
    first = days[0][0] if days else None
    result = leaving(inquiry, sojourn)
    rests_elsewhere = not places_of(inquiry, trip.country, sojourn.first) or (not limits and result.last is not None)
    arriving = evaluate(inquiry.facts, inquiry.book, now, on=trip.entered)
    return TripAnswer(
        trip=trip,
        is_lawful=not days if limits or rests_elsewhere else None,
        broken_on=day_or_none(first),
        broken_rules=tuple(rule_id for rule_id, spans in broken.items() if first and clipped(spans, first, first)),
        last=None if never_lawful(result, sojourn) else day_or_none(result.last),
        is_unlimited=result.unlimited,
        days_left=min(_left_on(limits, sojourn.last), default=None),
        later_entry=_later_entry(inquiry, sojourn),
        registers=tuple(
            it
            for it in arriving.deadlines
            if it.duty in EVENT_DUTIES and it.subject.kind == SubjectKind.STAY and it.subject.id == trip.id
        ),
    )


def _left_on(limits: Sequence[StayLimit], day: int) -> list[int]:
    return [
        max(0, limit.track.terms.days - days_used(limit.visits, limit.track.terms, day))
        for limit in limits
        if limit.track.terms.days
    ]


def _later_entry(inquiry: Inquiry, sojourn: Sojourn) -> date | None:
    waits = [day for day, _ in cooldowns(inquiry, sojourn)]
    entrant, country = inquiry.entrant(sojourn.stay), sojourn.stay.country
    return day_or_none(first_entry(inquiry, entrant, country, max([sojourn.last + 1, *waits])).day)


def _identity(deadline: Deadline) -> tuple[str, str, str, int]:
    return (deadline.duty.value, deadline.subject.kind.value, deadline.subject.id, deadline.occurrence)
