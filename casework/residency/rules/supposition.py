"""What is supposed of a person: presence that goes on from a day, beside what is recorded and what is planned.

Each limit comes as a `Track`: its terms and the stays that it looks at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .days import EVER, Span, difference, union
from .kinds import Kind
from .limits import Terms, anchored_periods, breaches, is_never_reached, last_day_of_visit, spans_of
from .visits import Presence, Visit, joined, visits_of

PER_VISIT = frozenset({Kind.CONSECUTIVE_DAYS, Kind.PERIOD_FROM_ENTRY, Kind.UNTIL_DATE})


@dataclass(frozen=True, slots=True)
class Track:
    """One limit and the stays it looks at. `member`: the days on which the supposed presence is where it holds."""

    terms: Terms
    stays: tuple[Presence, ...]
    member: Span = EVER


def from_which(terms: Terms, on: int) -> int:
    """Return the day before which stays say nothing about days from `on` on."""
    if terms.kind in PER_VISIT:
        return on
    if terms.kind == Kind.ROLLING_WINDOW:
        return on - terms.window_days
    if terms.kind == Kind.CALENDAR_YEAR:
        return date(date.fromordinal(on).year, 1, 1).toordinal()
    return 0  # every anchored period depends on the one before it


def lawful_plans(tracks: Sequence[tuple[Sequence[Presence], Sequence[Span]]]) -> list[Span]:
    """Return the planned days that break no limit, given (planned stays, days that break the limit) of each."""
    planned = union((stay.first, stay.last) for stays, _ in tracks for stay in stays)
    return difference(planned, union(span for _, broken in tracks for span in broken))


@dataclass
class Supposition:
    """One track, with presence from `on` supposed instead of what is recorded of it."""

    track: Track
    on: int

    def __post_init__(self) -> None:
        begun = joined(stay for stay in self.track.stays if stay.first <= self.on)
        self.planned = [stay for stay in self.track.stays if stay.first > self.on]
        going_on = bool(begun) and begun[-1].last >= self.on
        self.entered = begun[-1].first if going_on else self.on
        since = from_which(self.track.terms, self.on)
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
