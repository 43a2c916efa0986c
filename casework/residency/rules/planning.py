"""How long a stay may go on, and when somebody may enter: limits together with what is planned.

Each limit comes as a `Track`: its terms and the stays that it looks at. The questions suppose a
presence that is not recorded and ask whether every day of it is lawful under every limit, and whether
planned days that are lawful without it stay so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

from casework.lib.periods import Period

from .days import EVER, Span, clipped, difference, intersection, meet, union
from .kinds import Kind
from .limits import (
    Terms,
    anchored_periods,
    breaches,
    calendar_years,
    counted_days,
    excess_in_periods,
    is_never_reached,
    last_day_of_visit,
    rolling_excess,
    spans_of,
)
from .visits import Presence, Visit, joined, visits_of

HORIZON = Period(10, "years")

PER_VISIT = frozenset({Kind.CONSECUTIVE_DAYS, Kind.PERIOD_FROM_ENTRY, Kind.UNTIL_DATE})


@dataclass(frozen=True, slots=True)
class Track:
    """One limit and the stays it looks at. `member`: the days on which the supposed presence is where it holds."""

    terms: Terms
    stays: tuple[Presence, ...]
    member: Span = EVER


class Reach(NamedTuple):
    """How far a stay may go on: its last lawful day; None if its first is not, or `unlimited`."""

    last: int | None
    unlimited: bool = False


def _from_which(terms: Terms, on: int) -> int:
    """Return the day before which stays say nothing about days from `on` on."""
    if terms.kind in PER_VISIT:
        return on
    if terms.kind == Kind.ROLLING_WINDOW:
        return on - terms.window_days
    if terms.kind == Kind.CALENDAR_YEAR:
        return date(date.fromordinal(on).year, 1, 1).toordinal()
    return 0  # every anchored period depends on the one before it


def last_lawful_day(tracks: Sequence[Track], on: int) -> Reach:
    """Return the last day up to which every day from `on` is lawful, supposing presence without a break.

    The presence goes on with the visit that contains `on`, else it is a new visit entered on `on`.
    Nothing that is lawful for ten years is called limited.
    """
    horizon = _horizon(on)
    supposed = [_Supposition(track, on) for track in tracks]
    farthest = min([horizon, *(each.breaks_by() for each in supposed)])
    if farthest < on:
        return Reach(None)
    first_breach = farthest + 1
    for each in supposed:
        broken = clipped(each.breaches_if_present_to(farthest), on, farthest)
        if broken:
            first_breach = min(first_breach, broken[0][0])
    if not any(each.planned for each in supposed):
        last = first_breach - 1
    else:
        last = _last_that_spares_plans(supposed, on, first_breach, farthest)
    if last < on:
        return Reach(None)
    if last >= horizon:
        return Reach(None, unlimited=True)
    return Reach(last)


def earliest_entry(tracks: Sequence[Track], on: int) -> int | None:
    """Return the first day from `on` on which a day of presence, as a new visit, is lawful and spares what is planned.

    None where `on` lies in a stay, or no such day comes.
    """
    if any(stay.first <= on <= stay.last for track in tracks for stay in track.stays):
        return None
    entries = [_Entry(track, on) for track in tracks]
    has_plans = any(entry.planned for entry in entries)
    kept = _lawful_plans([(entry.planned, entry.base_breaches) for entry in entries])
    closed = union(span for entry in entries for span in entry.closed_days(kept))
    day = on
    for first, last in [*closed, (EVER[1] + 1, EVER[1] + 1)]:
        while day < first:
            if not has_plans or all(entry.is_possible_on(day, kept) for entry in entries):
                return day
            day += 1
        day = max(day, last + 1)
    return None


@lru_cache(maxsize=1024)
def _horizon(on: int) -> int:
    try:
        return HORIZON.after(date.fromordinal(on)).day.toordinal()
    except OverflowError:
        return EVER[1]


def _lawful_plans(tracks: Sequence[tuple[Sequence[Presence], Sequence[Span]]]) -> list[Span]:
    """Return the planned days that break no limit, given (planned stays, days that break the limit) of each."""
    planned = union((stay.first, stay.last) for stays, _ in tracks for stay in stays)
    return difference(planned, union(span for _, broken in tracks for span in broken))


@dataclass
class _Supposition:
    """One track, with presence from `on` supposed instead of what is recorded of it."""

    track: Track
    on: int

    def __post_init__(self) -> None:
        begun = joined(stay for stay in self.track.stays if stay.first <= self.on)
        self.planned = [stay for stay in self.track.stays if stay.first > self.on]
        going_on = bool(begun) and begun[-1].last >= self.on
        self.entered = begun[-1].first if going_on else self.on
        since = _from_which(self.track.terms, self.on)
        self.earlier = [stay for stay in (begun[:-1] if going_on else begun) if stay.last >= since]

    def breaks_by(self) -> int:
        """Return a day by which this limit is broken at the latest, cheaply; the end of time if unsure."""
        terms = self.track.terms
        speaks_always = terms.entered == EVER and terms.in_force == EVER and self.track.member == EVER
        speaks = speaks_always or self._speaks_to_all_of_it()
        if not speaks or terms.counts_from > self.on or is_never_reached(terms):
            return EVER[1]
        if terms.kind in PER_VISIT:
            return last_day_of_visit(Visit(self.entered, self.on, None), terms) + 1
        if terms.kind == Kind.ROLLING_WINDOW:
            return self.on + terms.days + 1
        if terms.kind == Kind.ANCHORED_WINDOW:
            return self.on + 2 * terms.window_days + 2
        if terms.days < 365:
            return date(date.fromordinal(self.on).year, 12, 31).toordinal() + terms.days + 2
        return EVER[1]

    def _speaks_to_all_of_it(self) -> bool:
        """Say whether the limit speaks to the supposed visit from `on` to the end of time."""
        terms, member = self.track.terms, self.track.member
        is_entered = terms.entered[0] <= self.entered <= terms.entered[1]
        first, last = max(terms.in_force[0], member[0]), min(terms.in_force[1], member[1])
        return is_entered and first <= self.entered and last == EVER[1]

    def visits_if_present_to(self, last: int) -> list[Visit]:
        first, last = max(self.entered, self.track.member[0]), min(last, self.track.member[1])
        supposed = [Presence(first, last, leaves=False)] if first <= last else []
        return visits_of([*self.earlier, *supposed, *self.planned])

    def breaches_if_present_to(self, last: int) -> list[Span]:
        return breaches(self.visits_if_present_to(last), self.track.terms)

    def breaches_without(self) -> list[Span]:
        """Return the days that break the limit without the supposed presence, `on` included."""
        before = self.on - 1
        left = [
            Presence(stay.first, min(stay.last, before), stay.leaves and stay.last <= before) for stay in self.earlier
        ]
        if self.entered <= before:
            left.append(Presence(self.entered, before, leaves=False))
        return breaches(
            visits_of([*(stay for stay in left if stay.first <= stay.last), *self.planned]), self.track.terms
        )

    def new_stretches(self, last: int) -> list[int]:
        """Return the days up to `last` on which an anchored period begins anew while the presence goes on."""
        if self.track.terms.kind != Kind.ANCHORED_WINDOW or is_never_reached(self.track.terms):
            return []
        periods = anchored_periods(spans_of(self.visits_if_present_to(last)), self.track.terms.window_days)
        return [first for first, _ in periods if self.on < first <= last]


def _last_that_spares_plans(supposed: Sequence[_Supposition], on: int, first_breach: int, farthest: int) -> int:
    """Return the last day of presence that also leaves lawful planned days lawful; on - 1 if there is none.

    More presence never makes a day lawful, so the answer is found by halving; except where an
    anchored period begins anew, which is why each stretch between such days is searched by itself.
    """
    kept = _lawful_plans([(each.planned, each.breaches_without()) for each in supposed])

    def is_lawful_to(last: int) -> bool:
        needed = union([(on, last), *kept])
        return not any(meet(each.breaches_if_present_to(last), needed) for each in supposed)

    # On the first day of a planned stay the presence may end in it: that day is day one of the planned visit.
    begins_planned = any(stay.first == first_breach for each in supposed for stay in each.planned)
    last = min(first_breach if begins_planned else first_breach - 1, farthest)
    if last < on:
        return on - 1
    starts = sorted({on, *(day for each in supposed for day in each.new_stretches(last))})
    ends = [*(day - 1 for day in starts[1:]), last]
    for start, end in zip(starts, ends, strict=True):
        reached = _last_true(is_lawful_to, start, end)
        if reached < end:
            return reached
    return last


def _last_true(holds: Callable[[int], bool], first: int, last: int) -> int:
    """Return the last day of first..last on which `holds`, which once false stays false; first - 1 if none."""
    if holds(last):
        return last
    low, high = first - 1, last
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


@dataclass
class _Entry:
    """One track, seen by somebody who is out and asks when to come."""

    track: Track
    on: int

    def __post_init__(self) -> None:
        since = _from_which(self.track.terms, self.on)
        self.stays = [stay for stay in self.track.stays if stay.last >= since]
        self.planned = [stay for stay in self.stays if stay.first > self.on]

    @cached_property
    def base(self) -> list[Visit]:
        return visits_of(self.stays)

    @cached_property
    def base_breaches(self) -> list[Span]:
        return breaches(self.base, self.track.terms)

    def is_possible_on(self, day: int, kept: Sequence[Span]) -> bool:
        """Say whether entering on `day` is lawful and breaks none of the planned days in `kept`."""
        terms = self.track.terms
        broken = breaches(visits_of([*self.stays, Presence(day, day, leaves=False)]), terms)
        if terms.kind in PER_VISIT:
            is_lawful = not breaches([Visit(day, day, None)], terms)
        else:
            is_lawful = not meet(broken, [(day, day)])
        others = difference(kept, [(day, day)]) if is_lawful else kept
        return is_lawful and not meet(broken, others)

    def closed_days(self, kept: Sequence[Span]) -> list[Span]:
        """Return days on which entering is not possible under this limit, found without trying each.

        Days of planned stays on which nothing is broken are missing from it, and so are days outside every
        anchored period, because an entry there moves the periods; `is_possible_on` decides about those.
        """
        terms = self.track.terms
        if terms.kind in PER_VISIT:
            return self._closed_by_date()
        counts = 1 if terms.count_entry_day else 0
        full = self._excess(terms.days - counts)
        closed = clipped(intersection(full, [terms.entered]), *terms.in_force)
        if counts and self.planned:
            closed = union([*closed, *self._closed_by_plans(intersection(full, kept))])
        if not self.planned:
            return closed
        closed = difference(closed, spans_of(self.base))
        each_day_counts = terms.count_entry_day and terms.count_exit_day
        return union([*closed, *self.base_breaches]) if each_day_counts else closed

    def _closed_by_date(self) -> list[Span]:
        terms = self.track.terms
        if terms.kind == Kind.UNTIL_DATE:
            closed = (terms.until + 1, EVER[1])
        elif terms.cohort_until + 1 < terms.cohort_entered_before:
            closed = (terms.cohort_until + 1, terms.cohort_entered_before - 1)
        else:
            return []
        return clipped(intersection([closed], [terms.entered]), *terms.in_force)

    def _excess(self, allowed: int) -> list[Span]:
        """Return the days, of presence or not, up to which more than `allowed` days are used."""
        if is_never_reached(self.track.terms):
            return []
        counted = counted_days(self.base, self.track.terms)
        if self.track.terms.kind == Kind.ROLLING_WINDOW:
            return rolling_excess(counted, self.track.terms.window_days, allowed)
        return excess_in_periods(counted, self._periods(), allowed)

    def _periods(self) -> list[Span]:
        present = spans_of(self.base)
        if self.track.terms.kind == Kind.ANCHORED_WINDOW:
            return anchored_periods(present, self.track.terms.window_days)
        return calendar_years(present)

    def _closed_by_plans(self, full_plans: Sequence[Span]) -> list[Span]:
        """Return the days on which one day more would break a planned day on which the limit is just used up."""
        terms = self.track.terms
        spoken_to = [visit.span for visit in self.base if terms.entered[0] <= visit.first <= terms.entered[1]]
        tight = clipped(intersection(full_plans, spoken_to), *terms.in_force)
        if terms.kind == Kind.ROLLING_WINDOW:
            return union((first - terms.window_days + 1, last) for first, last in tight)
        closed = []
        for first, last in self._periods():
            inside = clipped(tight, first, last)
            if inside:
                closed.append((first, inside[-1][1]))
        return closed


def stopping(tracks: Sequence[Track], on: int, last: int) -> list[int]:
    """Return which of the tracks forbid presence from `on` to the day after `last`."""
    day = last + 1
    supposed = [_Supposition(track, on) for track in tracks]
    kept = _lawful_plans([(each.planned, each.breaches_without()) for each in supposed])
    needed = union([(max(on, day), day), *kept])
    return [index for index, each in enumerate(supposed) if meet(each.breaches_if_present_to(max(on, day)), needed)]


def lawful_again(tracks: Sequence[Track], on: int) -> int | None:
    """Return the first day after `on` on which presence without a break would break no limit; None within ten years."""
    horizon = _horizon(on)
    supposed = [_Supposition(track, on) for track in tracks]
    broken = union(span for each in supposed for span in each.breaches_if_present_to(horizon))
    last = next((last for first, last in broken if first <= on <= last), on)
    return last + 1 if last < horizon else None
