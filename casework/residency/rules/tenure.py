"""How long a status lasts and what time brings: extensions by law, absence, days to stay away, time served.

Days are ordinals, as in `days`. `evaluate` and the worked examples both count with these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from casework.lib.periods import Period

from .days import Span, size, union
from .duties import Due, read


@dataclass(frozen=True, slots=True)
class Extension:
    """A law that extends permits valid on a day to another day."""

    valid_on: date
    extended_to: date


def extensions_of(since: date | None, until: date, extensions: Sequence[Extension]) -> list[int]:
    """Return the positions of the extensions that reach a permit valid from `since` to `until`, each resting on those before.

    The permit ends on the `extended_to` of the last of them.
    """
    found = []
    for position in sorted(range(len(extensions)), key=lambda each: extensions[each].valid_on):
        extension = extensions[position]
        holds = (since is None or since <= extension.valid_on) and until >= extension.valid_on
        if holds and extension.extended_to > until:
            found.append(position)
            until = extension.extended_to
    return found


def return_by(left: int, days: int, *, absences: Sequence[Span] = (), travel_days: str | None = None) -> Due:
    """Return the last day of return for somebody who left on `left` and may be away for so many days.

    absences: from exit to entry, those before that are added up.
    travel_days: whether the days of exit and entry are days of absence (`absent`) or not (`present`); None if the
    text does not say: then the earlier reading calls both absent, the later neither.
    """
    absent_at_worst = size(absences)
    absent_at_best = sum(max(0, last - first - 1) for first, last in absences)
    earlier = date.fromordinal(max(left, left + days - absent_at_worst - 1))
    later = date.fromordinal(max(left, left + days - absent_at_best + 1))
    if travel_days == "absent":
        return Due(earlier)
    return Due(later) if travel_days == "present" else Due(earlier, later if later > earlier else None)


def absences_between(stays: Sequence[Span], since: int, until: int) -> list[Span]:
    """Return the absences, from exit to entry, that began since the day `since` and were over by `until`."""
    present = union((first, last) for first, last in stays if first <= until)
    return [(before[1], after[0]) for before, after in pairwise(present) if before[1] >= since]


def may_return_from(left: int, days: int) -> int:
    """Return the first day of lawful entry after so many full days away."""
    return left + days + 1


def must_stay_away(after: str, limit_days: int | None, stayed: int) -> bool:
    """Say whether a stay of so many days sets off the time to stay away."""
    return after == "exit" or stayed >= (limit_days or 1)


@dataclass(frozen=True, slots=True)
class Served:
    """From when time counts towards a right. `begun`: when the permits that run now began.

    by_presence: from the entry, which was later than the permit.
    with_breaks: earlier permits are added up, so that `since` is a day on which nothing need have begun.
    """

    since: int
    begun: int
    by_presence: bool = False
    with_breaks: bool = False


def served_since(permits: Sequence[Span], entered: int | None, *, on: int, continuity: bool) -> Served | None:
    """Return from when the time with a permit counts; None where none runs on `on`, or the person must be there and is not.

    entered: the first day of the stay in which they are, None where they are in none.
    continuity: whether it starts again with a break or with an exit; else the time with permits is added up.
    """
    begun = union(span for span in permits if span[0] <= on)
    if not begun or begun[-1][1] < on:
        return None
    begins = begun[-1][0]
    if not continuity:
        return Served(begins - size(begun[:-1]), begins, with_breaks=len(begun) > 1)
    if entered is None:
        return None
    return Served(max(begins, entered), begins, by_presence=entered > begins)


def eligible_on(since: int, period: Period, *, month_end: str | None = None) -> date:
    """Return when the time is served. Whoever comes a day later is in time under both readings."""
    due = read(period.after(date.fromordinal(since)), month_end)
    return due.alternative or due.on
