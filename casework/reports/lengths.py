"""How long people stay: nights in a row of one person at places of one kind, whichever bed they sleep in. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """`[since, until)`; None: somebody is still there and no end is known. `is_over`: they have left."""

    person: Hashable
    kind: str
    since: date
    until: date | None
    is_over: bool

    def nights(self, today: date) -> int:
        """Return the nights that were spent there until today; of who has left, all of them."""
        end = self.until if self.is_over and self.until is not None else today
        return max((end - self.since).days, 0)


def joined(stays: Iterable[Stay]) -> list[Stay]:
    """Return stays in which a move from bed to bed is no end: the next begins on the day on which the one before ends."""
    of_person: defaultdict[Hashable, list[Stay]] = defaultdict(list)
    for stay in stays:
        of_person[stay.person].append(stay)
    found: list[Stay] = []
    for mine in of_person.values():
        whole: Stay | None = None
        for stay in sorted(mine, key=lambda stay: (stay.since, stay.until or date.max)):
            if whole is not None and stay.kind == whole.kind and whole.is_over and whole.until == stay.since:
                whole = replace(whole, until=stay.until, is_over=stay.is_over)
            else:
                if whole is not None:
                    found.append(whole)
                whole = stay
        if whole is not None:
            found.append(whole)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartiles:
    """A quarter of the numbers is not above `lower`, half not above `median`, three quarters not above `upper`."""

    lower: Fraction
    median: Fraction
    upper: Fraction


def quartiles(numbers: Sequence[int]) -> Quartiles | None:
    """Return them by linear interpolation, as spreadsheets do (QUARTILE.INC); None of no numbers."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    return Quartiles(
        lower=_at(ordered, Fraction(1, 4)), median=_at(ordered, Fraction(1, 2)), upper=_at(ordered, Fraction(3, 4))
    )


def _at(ordered: Sequence[int], part: Fraction) -> Fraction:
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
