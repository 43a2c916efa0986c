"""Sets of days as spans of ordinals, so that a stay of ten years costs what a stay of a day costs.

A day is `date.toordinal()`. A span is (first, last), both included. Spans are sorted and disjoint.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

Span = tuple[int, int]
Spans = Sequence[Span]

# Ends of time, for spans without one.
EVER = (1, 3_652_059)


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the days in any of `spans`, which may overlap and come in any order."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        elif first <= last:
            merged.append((first, last))
    return merged


def intersection(one: Spans, other: Spans) -> list[Span]:
    """Return the days in both."""
    common = []
    i = j = 0
    while i < len(one) and j < len(other):
        first = max(one[i][0], other[j][0])
        last = min(one[i][1], other[j][1])
        if first <= last:
            common.append((first, last))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return common


def difference(one: Spans, other: Spans) -> list[Span]:
    """Return the days in `one` that are not in `other`."""
    left = []
    j = 0
    for first, last in one:
        while j < len(other) and other[j][1] < first:
            j += 1
        begins, k = first, j
        while k < len(other) and other[k][0] <= last:
            if begins < other[k][0]:
                left.append((begins, other[k][0] - 1))
            begins = other[k][1] + 1
            k += 1
        if begins <= last:
            left.append((begins, last))
    return left


def clipped(spans: Spans, first: int, last: int) -> list[Span]:
    """Return the days of `spans` from `first` to `last`; none if `last` is before."""
    return [(max(a, first), min(b, last)) for a, b in spans if a <= last and b >= first] if first <= last else []


def size(spans: Spans) -> int:
    return sum(last - first + 1 for first, last in spans)


def meet(one: Spans, other: Spans) -> bool:
    """Say whether the two have a day in common."""
    i = j = 0
    while i < len(one) and j < len(other):
        if one[i][0] <= other[j][1] and other[j][0] <= one[i][1]:
            return True
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return False


class Tally:
    """Counts the days of a set up to a day, in logarithmic time."""

    __slots__ = ("_before", "_firsts", "_lasts")

    def __init__(self, spans: Spans) -> None:
        self._firsts = [first for first, _ in spans]
        self._lasts = [last for _, last in spans]
        self._before = [0, *accumulate(last - first + 1 for first, last in spans)]

    def up_to(self, day: int) -> int:
        """Return how many days of the set lie on or before `day`."""
        i = bisect_right(self._firsts, day)
        if not i:
            return 0
        return self._before[i - 1] + min(day, self._lasts[i - 1]) - self._firsts[i - 1] + 1

    def between(self, first: int, last: int) -> int:
        return self.up_to(last) - self.up_to(first - 1)

    def nth(self, n: int, since: int) -> int | None:
        """Return the n-th day of the set on or after `since`, counted from 1; None if there are fewer."""
        rank = self.up_to(since - 1) + n
        i = bisect_right(self._before, rank - 1)
        if i > len(self._firsts):
            return None
        return self._firsts[i - 1] + rank - 1 - self._before[i - 1]
