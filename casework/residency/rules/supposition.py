"""What is supposed of a person: presence that goes on from a day, beside what is recorded and what is planned.

Each limit comes as a `Track`: its terms and the stays that it looks at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from .days import EVER, Span, clipped, difference, union
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


def since(visits: list[Visit], day: int) -> list[Visit]:
    """Return the visits that do not end before `day`."""
    return visits if not visits or visits[0].last >= day else [visit for visit in visits if visit.last >= day]


def lawful_plans(tracks: Sequence[tuple[Sequence[Presence], Sequence[Span]]]) -> list[Span]:
    """Return the planned days that break no limit, given (planned stays, days that break the limit) of each."""
    planned = union((stay.first, stay.last) for stays, _ in tracks for stay in stays)
    return difference(planned, union(span for _, broken in tracks for span in broken))


class Scene:
    """The stays that some limits look at, as seen on a day; what is made of them is made once for all these limits."""

    def __init__(self, stays: Sequence[Presence], on: int) -> None:
        self.stays, self.on = stays, on
        begun = joined(stay for stay in stays if stay.first <= on)
        self.planned = [stay for stay in stays if stay.first > on]
        going_on = bool(begun) and begun[-1].last >= on
        self.entered = begun[-1].first if going_on else on
        self.earlier = begun[:-1] if going_on else begun
        self._supposed: dict[Span, list[Visit]] = {}
        self._entered: dict[int, list[Visit]] = {}

    @cached_property
    def visits(self) -> list[Visit]:
        return visits_of(self.stays)

    def visits_if_present(self, span: Span) -> list[Visit]:
        """Return the visits with presence on these days in place of what is recorded from the entry on."""
        if span not in self._supposed:
            supposed = [Presence(*span, leaves=False)] if span[0] <= span[1] else []
            self._supposed[span] = visits_of([*self.earlier, *supposed, *self.planned])
        return self._supposed[span]

    @cached_property
    def visits_without(self) -> list[Visit]:
        """The visits without any presence from `on` on that is not planned."""
        before = self.on - 1
        left = [
            Presence(stay.first, min(stay.last, before), stay.leaves and stay.last <= before) for stay in self.earlier
        ]
        if self.entered <= before:
            left.append(Presence(self.entered, before, leaves=False))
        return visits_of([*(stay for stay in left if stay.first <= stay.last), *self.planned])

    def visits_with_entry(self, day: int) -> list[Visit]:
        """Return the visits with one day of presence more."""
        if day not in self._entered:
            self._entered[day] = visits_of([*self.stays, Presence(day, day, leaves=False)])
        return self._entered[day]


def scenes_of(tracks: Sequence[Track], on: int) -> list[Scene]:
    """Return the scene of each track; tracks with the very same stays share one."""
    scenes: dict[int, Scene] = {}
    for track in tracks:
        if id(track.stays) not in scenes:
            scenes[id(track.stays)] = Scene(track.stays, on)
    return [scenes[id(track.stays)] for track in tracks]


def suppositions(tracks: Sequence[Track], on: int) -> "list[Supposition]":
    return [Supposition(track, scene) for track, scene in zip(tracks, scenes_of(tracks, on), strict=True)]


@dataclass
class Supposition:
    """One track, with presence from a day supposed instead of what is recorded of it."""

    track: Track
    scene: Scene

    def __post_init__(self) -> None:
        self.on, self.entered, self.planned = self.scene.on, self.scene.entered, self.scene.planned
        self.since = from_which(self.track.terms, self.on)

    @cached_property
    def breaks_by(self) -> int:
        """A day by which this limit is broken at the latest, found cheaply; the end of time if unsure."""
        terms = self.track.terms
        if not self._speaks_to_all_of_it() or terms.counts_from > self.on or is_never_reached(terms):
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

    def first_breach_by(self, last: int) -> int:
        """Return the first day from `on` that breaks the limit if the presence lasts to `last`; a later one if none does."""
        if self.breaks_by < EVER[1] and self.track.terms.kind in PER_VISIT:
            return self.breaks_by  # no other stay matters, so it is that very day
        broken = clipped(self.breaches_if_present_to(last), self.on, last)
        return broken[0][0] if broken else last + 1

    def _speaks_to_all_of_it(self) -> bool:
        """Say whether the limit speaks to the supposed visit from `on` to the end of time."""
        terms, member = self.track.terms, self.track.member
        if terms.entered == EVER and terms.in_force == EVER and member == EVER:
            return True
        is_entered = terms.entered[0] <= self.entered <= terms.entered[1]
        first, last = max(terms.in_force[0], member[0]), min(terms.in_force[1], member[1])
        return is_entered and first <= self.entered and last == EVER[1]

    def visits_if_present_to(self, last: int) -> list[Visit]:
        span = max(self.entered, self.track.member[0]), min(last, self.track.member[1])
        return since(self.scene.visits_if_present(span), self.since)

    def breaches_if_present_to(self, last: int) -> list[Span]:
        return breaches(self.visits_if_present_to(last), self.track.terms)

    def breaches_without(self) -> list[Span]:
        """Return the days that break the limit without the supposed presence, `on` included."""
        return breaches(since(self.scene.visits_without, self.since), self.track.terms)

    def new_stretches(self, last: int) -> list[int]:
        """Return the days up to `last` on which an anchored period begins anew while the presence goes on."""
        if self.track.terms.kind != Kind.ANCHORED_WINDOW or is_never_reached(self.track.terms):
            return []
        periods = anchored_periods(spans_of(self.visits_if_present_to(last)), self.track.terms.window_days)
        return [first for first, _ in periods if self.on < first <= last]
