"""Hiding small counts of people: 1 to 7 are not shown, and nothing beside them lets a reader work them out."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

SMALLEST_SHOWN = 8

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Suppressed(Generic[Key]):
    """None stands for a count that is hidden. The total is that of all counts, the hidden ones included."""

    counts: Mapping[Key, int | None]
    total: int | None


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_SHOWN


def suppressed(counts: Mapping[Key, int]) -> Suppressed[Key]:
    """Return the counts without the small ones, and without those that would give a small one away.

    The hidden counts together must be eight or more and at least two, because the total less what is shown is their
    sum; the smallest of the others is hidden until that is so. If nothing else can be hidden, the total is.
    """
    total = sum(counts.values())
    hidden = {key for key, count in counts.items() if is_small(count)}
    others = sorted((key for key, count in counts.items() if count >= SMALLEST_SHOWN), key=lambda key: counts[key])
    while hidden and not _is_safe(hidden, counts) and others:
        hidden.add(others.pop(0))
    shown = {key: None if key in hidden else count for key, count in counts.items()}
    return Suppressed(shown, total if not hidden or _is_safe(hidden, counts) else None)


def part_of(total: int, part: int) -> int | None:
    """Return how many of a shown total are of one kind, None where that, or how many are not, is a small number."""
    return None if is_small(total) or is_small(part) or is_small(total - part) else part


def _is_safe(hidden: set[Key], counts: Mapping[Key, int]) -> bool:
    return len(hidden) > 1 and not is_small(sum(counts[key] for key in hidden))
