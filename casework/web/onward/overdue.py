"""Deportation for overstaying is a way of being returned: deadlines to leave that are overdue or near, with what is recorded."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from casework.clients.models import Client
from casework.residency.models import Deadline
from casework.residency.rules.kinds import Duty
from casework.web.deadlines.rows import DeadlineRow, rows_of, with_people


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """An open deadline to leave that is overdue or due within days."""

    row: DeadlineRow

    @property
    def is_overdue(self) -> bool:
        return self.row.tag.severity == "overdue"


def to_leave(clients: Sequence[Client], now: dt.datetime) -> list[DeadlineRow]:
    """Return the open deadlines of these people to leave a country, in one query."""
    deadlines: Any = Deadline.objects
    rows = deadlines.open().computed().filter(client__in=[client.pk for client in clients], duty=Duty.LEAVE.value)
    return rows_of(with_people(rows, now))


def imposed_on(rows: Iterable[DeadlineRow]) -> dict[str, dt.date]:
    """Return the days that authorities have set, by country."""
    return {row.deadline.country: row.deadline.imposed_on for row in rows if row.deadline.imposed_on}


def pressing(rows: Iterable[DeadlineRow]) -> list[Leaving]:
    """Return those that are overdue, due today or within the days that a page calls soon or near."""
    near = ("overdue", "today", "soon", "near")
    asked = [row for row in rows if row.deadline.duty == Duty.LEAVE.value and row.tag.severity in near]
    return [Leaving(row=row) for row in asked if row.deadline.is_open]
