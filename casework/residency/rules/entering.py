"""When somebody who is out may enter: a day of presence that is lawful and spares what is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .days import EVER, Span, clipped, difference, intersection, meet, union
from .kinds import Kind
from .limits import (
    anchored_periods,
    breaches,
    calendar_years,
    counted_days,
    excess_in_periods,
    is_never_reached,
    rolling_excess,
    spans_of,
)
from .supposition import PER_VISIT, Scene, Track, from_which, lawful_plans, scenes_of, since
from .visits import Visit


def earliest_entry(tracks: Sequence[Track], on: int) -> int | None:
    """Return the first day from `on` on which a day of presence, as a new visit, is lawful and spares what is planned.

    None where `on` lies in a stay, or no such day comes.
    """
    if any(stay.first <= on <= stay.last for track in tracks for stay in track.stays):
        return None
    entries = [_Entry(track, scene) for track, scene in zip(tracks, scenes_of(tracks, on), strict=True)]
    has_plans = any(entry.planned for entry in entries)
    kept = lawful_plans([(entry.planned, entry.base_breaches) for entry in entries])
    closed = union(span for entry in entries for span in entry.closed_days(kept))
    day = on
    for first, last in [*closed, (EVER[1] + 1, EVER[1] + 1)]:
        while day < first:
            if not has_plans or all(entry.is_possible_on(day, kept) for entry in entries):
                return day
            day += 1
        day = max(day, last + 1)
    return None


@dataclass
class _Entry:
    """One track, seen by somebody who is out and asks when to come."""

    track: Track
    scene: Scene

    def __post_init__(self) -> None:
        self.since = from_which(self.track.terms, self.scene.on)
        self.planned = self.scene.planned
        self.base = since(self.scene.visits, self.since)

    @cached_property
    def base_breaches(self) -> list[Span]:
        return breaches(self.base, self.track.terms)

    def is_possible_on(self, day: int, kept: Sequence[Span]) -> bool:
        """Say whether entering on `day` is lawful and breaks none of the planned days in `kept`."""
        terms = self.track.terms
        broken = breaches(since(self.scene.visits_with_entry(day), self.since), terms)
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
