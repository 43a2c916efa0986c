"""How urgent a deadline looks: one severity, one shape, one number. Words are the template's."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

# The groups of "My day".
SOON_DAYS = 7
NEAR_DAYS = 30

DECIDED = frozenset(["done", "waived"])
REVIEWED = "reviewed"

# With the selector that asks for a plain glyph; phones would draw some of them as coloured pictures.
SHAPES = {
    "overdue": "✖\ufe0e",
    "today": "▲\ufe0e",
    "soon": "▲\ufe0e",
    "near": "◆\ufe0e",
    "later": "●\ufe0e",
    "done": "✔\ufe0e",
    "waived": "⊘\ufe0e",
    "unknown": "?",
}


@dataclass(frozen=True, slots=True)
class DeadlineTag:
    """What a tag shows.

    `days` to the due day, positive also when overdue, None if the date is unknown or decided.
    `review` is that of the rule: anything but "reviewed" is marked.
    """

    severity: str
    days: int | None
    due_on: dt.date | None
    decided_on: dt.date | None
    review: str
    order: str = ""  # authority | staff: who set the date; waits: a later date waits for a second person

    @property
    def shape(self) -> str:
        return SHAPES[self.severity]

    @property
    def is_reviewed(self) -> bool:
        return self.review == REVIEWED


def deadline_tag(
    due_on: dt.date | None,
    today: dt.date,
    state: str,
    review: str,
    *,
    decided_on: dt.date | None = None,
    order: str = "",
) -> DeadlineTag:
    """Return the tag of a deadline in `state`: "done", "waived" or anything that is still open."""
    if state in DECIDED:
        return DeadlineTag(state, None, due_on, decided_on, review, order)
    if due_on is None:
        return DeadlineTag("unknown", None, None, None, review, order)
    days = (due_on - today).days
    return DeadlineTag(_severity(days), abs(days), due_on, None, review, order)


def order_of(deadline: Any) -> str:
    """Return what a tag says of the orders about a deadline: one that waits, else who set the date that drives."""
    return "waits" if deadline.waiting_on else str(deadline.set_by)


def _severity(days: int) -> str:
    if days < 0:
        return "overdue"
    if days == 0:
        return "today"
    if days <= SOON_DAYS:
        return "soon"
    return "near" if days <= NEAR_DAYS else "later"
