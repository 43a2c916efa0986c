"""How long a stay may go on: every day of it lawful under every limit, and planned days kept lawful."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from casework.lib.periods import Period

from .days import EVER, meet, union
from .supposition import Supposition, Track, lawful_plans, suppositions

__all__ = ["Reach", "Track", "last_lawful_day", "lawful_again", "stopping"]

HORIZON = Period(10, "years")


class Reach(NamedTuple):
    """How far a stay may go on: its last lawful day; None if its first is not, or `unlimited`."""

    last: int | None
    unlimited: bool = False


def last_lawful_day(tracks: Sequence[Track], on: int) -> Reach:
    """Return the last day up to which every day from `on` is lawful, supposing presence without a break.

    The presence goes on with the visit that contains `on`, else it is a new visit entered on `on`.
    Nothing that is lawful for ten years is called limited.
    """
    horizon = _horizon(on)
    supposed = suppositions(tracks, on)
    farthest = min([horizon, *(each.breaks_by for each in supposed)])
    if farthest < on:
        return Reach(None)
    first_breach = min([farthest + 1, *(each.first_breach_by(farthest) for each in supposed)])
    if not any(each.planned for each in supposed):
        last = first_breach - 1
    else:
        last = _last_that_spares_plans(supposed, on, first_breach, farthest)
    if last < on:
        return Reach(None)
    if last >= horizon:
        return Reach(None, unlimited=True)
    return Reach(last)


def stopping(tracks: Sequence[Track], on: int, last: int) -> list[int]:
    """Return which of the tracks forbid presence from `on` to the day after `last`."""
    day = last + 1
    supposed = suppositions(tracks, on)
    kept = lawful_plans([(each.planned, each.breaches_without()) for each in supposed])
    needed = union([(max(on, day), day), *kept])
    return [index for index, each in enumerate(supposed) if meet(each.breaches_if_present_to(max(on, day)), needed)]


def lawful_again(tracks: Sequence[Track], on: int) -> int | None:
    """Return the first day after `on` on which presence without a break would break no limit; None within ten years."""
    horizon = _horizon(on)
    supposed = suppositions(tracks, on)
    broken = union(span for each in supposed for span in each.breaches_if_present_to(horizon))
    last = next((last for first, last in broken if first <= on <= last), on)
    return last + 1 if last < horizon else None


@lru_cache(maxsize=1024)
def _horizon(on: int) -> int:
    try:
        return HORIZON.after(date.fromordinal(on)).day.toordinal()
    except OverflowError:
        return EVER[1]


def _last_that_spares_plans(supposed: Sequence[Supposition], on: int, first_breach: int, farthest: int) -> int:
    """Return the last day of presence that also leaves lawful planned days lawful; on - 1 if there is none.

    More presence never makes a day lawful, so the answer is found by halving; except where an
    anchored period begins anew, which is why each stretch between such days is searched by itself.
    """
    kept = lawful_plans([(each.planned, each.breaches_without()) for each in supposed])

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
