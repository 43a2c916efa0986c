"""Visits: the stays of a person as the limits see them.

A visit is one stay. Stays that share more than one day are one visit, and a one-day stay inside
another is part of it. Where a stay begins on the day on which another ends, somebody left and came
back: that day belongs to the new visit, as its day one. So every day belongs to one visit at most.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .days import Span


class Presence(NamedTuple):
    """A stay in days. `leaves`: whether the last day is a day of exit (False while it is open)."""

    first: int
    last: int
    leaves: bool = True


class Visit(NamedTuple):
    """Days that belong to one visit. `exit_day` is None where the last day is none, or the next visit's day one."""

    first: int
    last: int
    exit_day: int | None

    @property
    def span(self) -> Span:
        return (self.first, self.last)


def visits_of(presences: Iterable[Presence]) -> list[Visit]:
    """Return the visits that these stays make, in order, none sharing a day with another."""
    return _each_day_once(joined(presences))


def visit_on(visits: Sequence[Visit], day: int) -> Visit | None:
    """Return the visit to which `day` belongs."""
    for visit in reversed(visits):
        if visit.first <= day:
            return visit if day <= visit.last else None
    return None


def latest_begun_by(visits: Sequence[Visit], day: int) -> Visit | None:
    """Return the last visit that began on or before `day`, ended or not."""
    return next((visit for visit in reversed(visits) if visit.first <= day), None)


def joined(presences: Iterable[Presence]) -> list[Presence]:
    """Return the stays with those that are one visit joined, in order; two of them share one day at most."""
    # The longer of two that begin on one day comes first; of equal ones the one that goes on.
    ordered = sorted(presences, key=lambda stay: (stay.first, -stay.last, stay.leaves))
    result: list[Presence] = []
    for stay in ordered:
        if not result:
            result.append(stay)
            continue
        current = result[-1]
        shares_more_than_a_day = min(stay.last, current.last) > stay.first
        is_a_day_inside = current.first < stay.first == stay.last < current.last
        if shares_more_than_a_day:
            result[-1] = _both(current, stay)
        elif stay.first > current.first and not is_a_day_inside:
            result.append(stay)
    return result


def _both(one: Presence, other: Presence) -> Presence:
    if one.last == other.last:
        return Presence(one.first, one.last, one.leaves and other.leaves)
    longer = max(one, other, key=lambda stay: stay.last)
    return Presence(one.first, longer.last, longer.leaves)


def _each_day_once(stays: Sequence[Presence]) -> list[Visit]:
    visits = []
    for index, stay in enumerate(stays):
        if index + 1 < len(stays) and stays[index + 1].first == stay.last:
            visits.append(Visit(stay.first, stay.last - 1, None))
        else:
            visits.append(Visit(stay.first, stay.last, stay.last if stay.leaves else None))
    return visits
