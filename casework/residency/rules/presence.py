"""Stays in days. Where a day is not known, the reading that is worse for the person, and the better one.

A missing exit never means that somebody has left: who was not seen elsewhere since may still be there. A plan whose day
has come is nobody seen elsewhere: until somebody says that it began, they may be there, and may still be where they were.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from .facts import DayRange, Stay


@dataclass(frozen=True, slots=True)
class Sojourn:
    """A stay with definite days. `first` None: nothing bounds the entry. `leaves`: an exit is recorded.

    here: present on the day of the question, as far as anyone knows. planned: begins after it. unconfirmed: a plan
    whose day has come, of which nobody has said that it began.
    """

    stay: Stay
    first: int | None
    last: int
    leaves: bool
    here: bool
    planned: bool
    unconfirmed: bool = False


def sojourns_of(
    stays: Sequence[Stay], on: int, *, cautious: bool, unconfirmed: Collection[str] = ()
) -> tuple[Sojourn, ...]:
    """Return the stays in days, in order of their beginning, unknown beginnings first. A plan without a day is none.

    Of two of the same days the one that goes on comes last: who went out and came back that day is back.
    unconfirmed: the ids of plans whose day has come. Whether they began is another thing that is not known.
    """
    dated = [stay for stay in stays if not stay.planned or _begun(stay)]
    seen = [stay for stay in dated if stay.id not in unconfirmed] if cautious and unconfirmed else dated
    found = [_sojourn(stay, seen, on, cautious=cautious, unconfirmed=stay.id in unconfirmed) for stay in dated]
    return tuple(sorted(found, key=lambda one: (one.first or 0, one.last, not one.leaves, one.stay.id)))


def has_unknown_days(stay: Stay) -> bool:
    return not stay.entered.is_exact or (stay.left is not None and not stay.left.is_exact)


def unconfirmed_plans(stays: Sequence[Stay], by: int) -> frozenset[str]:
    """Return the ids of the plans that may have begun by that day, and of which nobody has said that they did."""
    begins = {stay.id: _ordinal(stay.entered.earliest or stay.entered.latest) for stay in stays if stay.planned}
    return frozenset(stay_id for stay_id, first in begins.items() if first is not None and first <= by)


def is_exit_missing(stay: Stay, stays: Sequence[Stay], on: int) -> bool:
    """Say whether the stay is open although a later one has begun."""
    return stay.left is None and _next_entry(stay, stays, by=on) is not None


def _sojourn(stay: Stay, stays: Sequence[Stay], on: int, *, cautious: bool, unconfirmed: bool) -> Sojourn:
    """Return the stay in days. stays: where else they were seen."""
    first = _first_day(stay, stays, on, cautious=cautious)
    starts = first if first is not None else _ordinal(stay.entered.latest)
    planned = starts is not None and starts > on
    last, here = _last_day(stay, stays, on, planned=planned, cautious=cautious)
    if starts is not None:
        last = max(last, starts)
    leaves, here = stay.left is not None, here and not planned
    return Sojourn(stay, first, last, leaves, here, planned, unconfirmed and not planned)


def _first_day(stay: Stay, stays: Sequence[Stay], on: int, *, cautious: bool) -> int | None:
    earliest, latest = stay.entered.earliest, stay.entered.latest
    is_plan_by_a_day = earliest is None and latest is not None and latest.toordinal() > on
    if not cautious or is_plan_by_a_day:
        return _ordinal(latest or earliest)
    if earliest is None and latest is not None:
        # They cannot have come before they left the place where they were last.
        ends = [
            other.left.latest
            for other in stays
            if other is not stay and other.left is not None and other.left.latest and other.left.latest <= latest
        ]
        earliest = max(ends, default=None)
    return _ordinal(earliest)


def _last_day(stay: Stay, stays: Sequence[Stay], on: int, *, planned: bool, cautious: bool) -> tuple[int, bool]:
    """Return the last day of the stay up to `on`, or as planned, and whether the person is there on `on`."""
    left = stay.left
    if planned:
        day = _either(left, cautious=cautious)
        return (day if day is not None else _begun(stay), False)
    seen_elsewhere = _next_entry(stay, stays, by=on)
    if left is None:
        if seen_elsewhere is None or (cautious and seen_elsewhere[1].country == stay.country):
            return on, True
        return seen_elsewhere[0], seen_elsewhere[0] >= on
    day = _either(left, cautious=cautious)
    if day is None:
        # Left, nobody knows when: at the latest when they were seen elsewhere, at the earliest on the first day.
        if not cautious:
            return _begun(stay), False
        day = seen_elsewhere[0] if seen_elsewhere else on
        return day, False
    return day, day >= on


def _either(left: DayRange | None, *, cautious: bool) -> int | None:
    if left is None:
        return None
    return _ordinal(left.latest if cautious else left.earliest or left.latest)


def _next_entry(stay: Stay, stays: Sequence[Stay], by: int) -> tuple[int, Stay] | None:
    """Return the latest day on which the next stay began, if by then, and that stay."""
    begun = _begun(stay)
    later = []
    for other in stays:
        if other is stay:
            continue
        entry = _ordinal(other.entered.latest or other.entered.earliest)
        if entry is not None and begun < entry <= by:
            later.append((entry, other))
    return min(later, key=lambda pair: pair[0], default=None)


def _begun(stay: Stay) -> int:
    return _ordinal(stay.entered.latest or stay.entered.earliest) or 0


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None
