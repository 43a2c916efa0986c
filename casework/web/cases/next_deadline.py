"""The deadline that comes next: of a case, or of each case in a list, in one query."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from casework.residency.models import Deadline
from casework.residency.models.position import today_of
from casework.web.deadline_tag import DeadlineTag, deadline_tag, order_of
from casework.web.deadlines.panel import DeadlinesOfClient


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDeadline:
    """What must be done next, and how urgent it looks where the person is."""

    label: str
    tag: DeadlineTag


def next_deadlines(case_ids: Collection[UUID], now: dt.datetime) -> dict[UUID, NextDeadline]:
    """Return the first open deadline of each case that has one; a date that is not known comes first."""
    # distinct, so that the database sends one row a case however many deadlines there are
    rows: Any = (
        Deadline.objects.open()
        .filter(client__case__in=case_ids, optional=False)
        .annotate(case_id=F("client__case_id"), today=today_of("client__", now))
        .order_by("client__case_id", F("drives_on").asc(nulls_first=True), "id")
        .distinct("client__case_id")
        .defer("because", "rule_ids")
    )
    return {
        row.case_id: NextDeadline(
            label=row.get_duty_display(),
            tag=deadline_tag(row.drives_on, row.today, row.state, row.review, order=order_of(row)),
        )
        for row in rows
    }


def first_of(people: Iterable[DeadlinesOfClient]) -> NextDeadline | None:
    """Return the same from what a page shows of the people of one case already."""
    rows = [row for person in people for row in person.open if not row.deadline.optional]
    if not rows:
        return None
    first = min(rows, key=lambda row: row.deadline.drives_on or dt.date.min)
    return NextDeadline(label=first.duty, tag=first.tag)
