"""Who is offered a bed first, and why: the order of those who wait, with the reasons that made it beside each rank.

Nobody chooses the order by hand. What counts, one after the other:

1. how soon they must leave where they are, in steps of days (`LEAVE_STEPS`): two days more or less of a month decide nothing;
2. how vulnerable they are, in quarters of what can be scored; who has not been scored yet counts as the second highest
   quarter, because what is not known is never taken for low;
3. the day itself by which they must leave;
4. how long they have waited;
5. how many of the places that are free now fit them;
6. the key of the request, so that the same people always stand in the same order.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Days until somebody must leave; whoever has more, or does not have to leave, comes after.
LEAVE_STEPS = (3, 7, 14, 30)
NOT_SCORED_COUNTS_AS = 2
FAR_AWAY = date.max


class Reason(StrEnum):
    MUST_HAVE_LEFT = "must_have_left"
    LEAVES_TODAY = "leaves_today"
    LEAVES_WITHIN = "leaves_within"
    LEAVES_LATER = "leaves_later"
    NEED_NOT_LEAVE = "need_not_leave"
    SCORED = "scored"
    NOT_SCORED = "not_scored"
    WAITS = "waits"
    FITS = "fits"
    NOTHING_FITS = "nothing_fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`score` is what was reached of what can be, from 0 to 100; None: nobody has scored the case."""

    key: Hashable
    leave_by: date | None
    score: int | None
    waiting_since: date
    fitting: int


@dataclass(frozen=True, slots=True)
class Because:
    """A reason and its number: days, points, places."""

    code: Reason
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    rank: int
    waiting: Waiting
    because: tuple[Because, ...]


def rank(waiting: Iterable[Waiting], today: date) -> list[Ranked]:
    """Return them in their order, each with the reasons that put it there. The first is number 1."""
    ordered = sorted(waiting, key=lambda each: _key(each, today))
    return [
        Ranked(rank=number, waiting=each, because=tuple(_because(each, today)))
        for number, each in enumerate(ordered, start=1)
    ]


def leave_step(leave_by: date | None, today: date) -> int:
    """Return the step of urgency: 0 the most urgent, the last one for whoever need not leave."""
    if leave_by is None:
        return len(LEAVE_STEPS) + 1
    days = (leave_by - today).days
    return next((number for number, most in enumerate(LEAVE_STEPS) if days <= most), len(LEAVE_STEPS))


def quarter(score: int | None) -> int:
    """Return the quarter of a score, 3 the highest."""
    return NOT_SCORED_COUNTS_AS if score is None else min(score // 25, 3)


def _key(each: Waiting, today: date) -> tuple[int, int, date, date, int, str]:
    leaves_soon = leave_step(each.leave_by, today)
    least_vulnerable_last = -quarter(each.score)
    leaves_on = each.leave_by or FAR_AWAY
    fits_more = -each.fitting
    return (leaves_soon, least_vulnerable_last, leaves_on, each.waiting_since, fits_more, str(each.key))


def _because(each: Waiting, today: date) -> Iterable[Because]:
    yield _of_leaving(each.leave_by, today)
    yield Because(Reason.NOT_SCORED) if each.score is None else Because(Reason.SCORED, each.score)
    yield Because(Reason.WAITS, max((today - each.waiting_since).days, 0))
    yield Because(Reason.FITS, each.fitting) if each.fitting else Because(Reason.NOTHING_FITS)


def _of_leaving(leave_by: date | None, today: date) -> Because:
    if leave_by is None:
        return Because(Reason.NEED_NOT_LEAVE)
    days = (leave_by - today).days
    if days < 0:
        return Because(Reason.MUST_HAVE_LEFT, -days)
    if days == 0:
        return Because(Reason.LEAVES_TODAY)
    code = Reason.LEAVES_WITHIN if days <= LEAVE_STEPS[-1] else Reason.LEAVES_LATER
    return Because(code, days)
