"""What is due on My day, taken along."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import team_ids_in_sight
from casework.clients.looked_after import does_look_after_some
from casework.reports.table import Column, Kind
from casework.web.exports.listing import BATCH, Batch, Listing, Question, freshened
from casework.web.exports.words import about_row, days_left, joined
from casework.web.templatetags.countries import country

from .day import groups_of_day, people_of, whose_of
from .rows import DeadlineRow, rows_of


def columns() -> list[Column]:
    return [
        Column(key="group", label=_("When"), width=14),
        Column(key="due_on", label=_("Due on"), kind=Kind.DAY, width=13, hxl="#date+due"),
        Column(key="days_left", label=_("Days left"), kind=Kind.NUMBER, width=8),
        Column(key="duty", label=_("Duty"), width=26),
        Column(key="country", label=_("Country"), width=16, hxl="#country+name"),
        Column(key="person", label=_("Person"), width=32),
        Column(key="case", label=_("Case"), width=18),
        Column(key="about_date", label=_("To know about the date"), width=36),
    ]


def ask(user: User, query: QueryDict, now: datetime) -> Question:
    """Return what is due; a batch holds rows of one group."""
    whose = whose_of(query, has_cases=does_look_after_some(user, now))
    teams = team_ids_in_sight(user, now)
    freshened(people_of(user, whose, now, teams).values("pk"), now, user)
    groups = groups_of_day(user, whose, now, teams)
    return Question(
        count=sum(found.count() for _title, found in groups),
        batches=(_batch(title, rows) for title, found in groups for rows in _batches(found)),
        filters=["whose"],
    )


def _batches(found: Any) -> Iterator[list[DeadlineRow]]:
    """Yield the rows in the order of the page. Dates may be unknown, so a place is a number here."""
    place = 0
    while rows := rows_of(found.soonest_first()[place : place + BATCH]):
        yield rows
        place += BATCH


def _batch(title: str, rows: list[DeadlineRow]) -> Batch:
    return Batch(rows=[_cells(title, row) for row in rows], case_ids=[row.deadline.client.case_id for row in rows])


def _cells(title: str, row: DeadlineRow) -> list[Any]:
    it = row.deadline
    return [
        title,
        it.drives_on,
        days_left(row.tag),
        row.duty,
        country(it.country) if it.country else "",
        it.client.full_name,
        it.client.case.code,
        joined(about_row(row)),
    ]


LISTING = Listing(
    key="deadlines",
    title=gettext_lazy("Deadlines"),
    permission=Permission.CASE_VIEW,
    url_name="my_day",
    columns=columns,
    ask=ask,
)
