"""What pages weigh on the line, as a table to read."""

from collections.abc import Iterable
from dataclasses import dataclass

PAGE_BYTES = 20 * 1024
FIRST_VISIT_BYTES = 60 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """How many compressed bytes something has, of those that it may have."""

    name: str
    weight: int
    budget: int = PAGE_BYTES

    @property
    def is_kept(self) -> bool:
        return self.weight <= self.budget


def table(weights: Iterable[Weight], *, title: str, most: int | None = None) -> str:
    """Return the weights as lines, the heaviest first, at most `most` of them."""
    rows = sorted(weights, key=lambda each: (-each.weight, each.name))
    shown = rows[:most]
    width = max((len(each.name) for each in shown), default=0)
    lines = [f"{title}: {len(rows)}, heaviest first, in KB compressed"]
    lines += [
        f"  {each.name:<{width}}  {each.weight / 1024:6.1f} of {each.budget / 1024:.0f}{'' if each.is_kept else '  TOO HEAVY'}"
        for each in shown
    ]
    if len(shown) < len(rows):
        lines.append(f"  and {len(rows) - len(shown)} lighter ones")
    return "\n".join(lines)
