"""The one door through which counts of people leave the team: 1 to 7 are not shown, and nothing beside them tells them.

What a hidden count may be, as far as the shown numbers tell: anything from 1 to 7 at least. So no sum and no difference of
shown numbers gives a count from 1 to 7 either. `docs/figures.md` says which figures pass here, and what this does not do.

* `outgoing` and `outgoing_count`: figures that can be looked at again, on another day or under other conditions. What is left
  of them is rounded to tens, so that two of them differ by nothing or by ten and more.
* `outgoing_table`: counts by several properties with all their totals, exact, for reports of a period that is over.
"""

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Generic, TypeVar

SMALLEST_SHOWN = 8
LARGEST_HIDDEN = SMALLEST_SHOWN - 1
STEP = 10  # more than the largest hidden count: no two rounded numbers differ by one of those

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Suppressed(Generic[Key]):
    """None stands for a count that is hidden. The total is that of all counts, the hidden ones included."""

    counts: Mapping[Key, int | None]
    total: int | None


def outgoing(counts: Mapping[Key, int]) -> Suppressed[Key]:
    """Return counts of people of which each is in one only, and their total, as they may leave: without small ones, in tens."""
    found = suppressed(counts)
    return Suppressed({key: _rounded(count) for key, count in found.counts.items()}, _rounded(found.total))


def outgoing_count(count: int) -> int | None:
    """Return one number of people as it may leave, None where it is hidden."""
    return outgoing({"": count}).total


def outgoing_part(total: int, part: int) -> int | None:
    """Return how many of a number of people are of one kind; None where that, or how many are not, is a small number."""
    return None if is_small(total) else outgoing({"part": part, "rest": total - part}).counts["part"]


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_SHOWN


def suppressed(counts: Mapping[Key, int]) -> Suppressed[Key]:
    """Return the counts without the small ones, and without those that would give a small one away.

    The total less what is shown is the sum of what is hidden, and each of that is one at least. The smallest of the other
    counts is hidden until that sum lets each be seven; if nothing else can be hidden, the total is.
    """
    total = sum(counts.values())
    hidden = {key for key, count in counts.items() if is_small(count)}
    others = sorted((key for key, count in counts.items() if count >= SMALLEST_SHOWN), key=lambda key: counts[key])
    while hidden and not _is_safe(hidden, counts) and others:
        hidden.add(others.pop(0))
    shown = {key: None if key in hidden else count for key, count in counts.items()}
    return Suppressed(shown, total if not hidden or _is_safe(hidden, counts) else None)


def _is_safe(hidden: set[Key], counts: Mapping[Key, int]) -> bool:
    return len(hidden) > 1 and sum(counts[key] for key in hidden) >= LARGEST_HIDDEN + len(hidden) - 1


def _rounded(count: int | None) -> int | None:
    return None if count is None else (count + STEP // 2) // STEP * STEP


# --- Counts by several properties ---


class Total(Enum):
    ALL = "all"


ALL = Total.ALL  # in the place of a property: the total over all that it may be
Place = tuple[Hashable, ...]


def outgoing_table(cells: Mapping[Place, int]) -> dict[Place, int | None]:
    """Return the cells and all totals over one property or more, None where hidden. Cells that are not given are empty.

    Each small cell stands at one corner of a box whose corners are all hidden: two places for each property, one of
    which may be the total. What is moved from corner to corner of a box changes no line, so nothing that is shown tells
    it from the truth; and each box has room enough for its small cell to be anything from 1 to 7. Of the boxes, that is
    taken which hides the least. The box of the cell and all of its own totals always has room, so there is one. A small
    total of several cells may then be eight or more, since each of its cells may be seven beside the others.

    This is the hypercube method of official statistics. It may hide a little more than the least there is, and needs
    no solver: 1,500 cells with all totals take seconds.
    """
    numbers = _with_totals(cells)
    hidden = {place for place, number in numbers.items() if is_small(number)}
    search = _Search(numbers, hidden)
    small_cells = [place for place in hidden if ALL not in place]
    for place in sorted(small_cells, key=lambda place: (-numbers[place], search.rank(place))):
        hidden |= search.cheapest_box(place)
    return {place: None if place in hidden else number for place, number in numbers.items()}


def _with_totals(cells: Mapping[Place, int]) -> dict[Place, int]:
    numbers: dict[Place, int] = {}
    for cell, count in cells.items():
        for place in product(*((value, ALL) for value in cell)):
            numbers[place] = numbers.get(place, 0) + count
    return numbers


class _Search:
    """Finds the box around a place that hides the least of what is not hidden yet."""

    def __init__(self, numbers: Mapping[Place, int], hidden: set[Place]) -> None:
        self.numbers, self.hidden = numbers, hidden
        properties = zip(*numbers, strict=True)
        self.values = [sorted(set(found), key=lambda value: (value is ALL, str(value))) for found in properties]
        self._ranks = [{value: rank for rank, value in enumerate(found)} for found in self.values]

    def rank(self, place: Place) -> tuple[int, ...]:
        return tuple(ranks[value] for ranks, value in zip(self._ranks, place, strict=True))

    def cheapest_box(self, place: Place) -> frozenset[Place]:
        """Return the corners of the cheapest box with room for the cell at `place` to be anything from 1 to 7."""
        self._least: tuple[float, frozenset[Place]] = math.inf, frozenset()
        self._extend(place, [(place, True)], 0, 0)
        return self._least[1]  # there is one: that of all its totals has room

    def _extend(self, place: Place, corners: list[tuple[Place, bool]], number: int, cost: int) -> None:
        """Choose the other value of property `number`, which doubles the corners, and go on with the next one."""
        if number == len(place):
            self._least = cost, frozenset(corner for corner, _rises in corners)
            return
        steps = sorted(self._steps(place, corners, number), key=lambda step: step[0])
        for more, added in steps:
            if cost + more >= self._least[0]:
                return
            self._extend(place, corners + added, number + 1, cost + more)

    def _steps(
        self, place: Place, corners: list[tuple[Place, bool]], number: int
    ) -> Iterator[tuple[int, list[tuple[Place, bool]]]]:
        for other in self.values[number]:
            if other == place[number]:
                continue
            # Along a line, a cell and its total rise together; of two cells one rises as the other falls.
            together = other is ALL
            added = [((*corner[:number], other, *corner[number + 1 :]), rises == together) for corner, rises in corners]
            if all(self._has_room(corner, rises=rises, small=self.numbers[place]) for corner, rises in added):
                yield self._cost(corner for corner, _rises in added), added

    def _has_room(self, corner: Place, *, rises: bool, small: int) -> bool:
        """Whether a corner stays at one at least while the small number goes down to 1, or up to 7 where it falls then."""
        return self.numbers.get(corner, 0) >= (small if rises else SMALLEST_SHOWN - small)

    def _cost(self, corners: Iterable[Place]) -> int:
        return sum(STEP + self.numbers[corner] for corner in corners if corner not in self.hidden)
