"""The list of cases, taken along."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.models import Case, Client
from casework.lib.countries import country_name
from casework.reports.table import Column, Kind
from casework.web.exports.listing import Batch, Listing, Question, freshened, question_of
from casework.web.exports.words import about_tag, days_left, joined

from .listing import Row, asked_by, rows_of


def columns() -> list[Column]:
    return [
        Column(key="code", label=_("Case"), width=18),
        Column(key="status", label=_("Status"), width=10, hxl="#status"),
        Column(key="priority", label=_("Priority"), width=10),
        Column(key="restricted", label=_("Restricted"), width=12),
        Column(key="applicant", label=_("Principal applicant"), width=28),
        Column(key="others", label=_("Others in the case"), kind=Kind.NUMBER, width=9, hxl="#affected+others"),
        Column(key="programmes", label=_("Programmes"), width=14),
        Column(key="country", label=_("Where they are"), width=16, hxl="#country+name"),
        Column(key="duty", label=_("Next deadline"), width=24),
        Column(key="due_on", label=_("Due on"), kind=Kind.DAY, width=13, hxl="#date+due"),
        Column(key="days_left", label=_("Days left"), kind=Kind.NUMBER, width=8),
        Column(key="about_date", label=_("To know about the date"), width=22),
        Column(key="caseworker", label=_("Caseworker"), width=18),
    ]


def ask(user: User, query: QueryDict, now: datetime) -> Question:
    asked = asked_by(user, query, now)

    def freshen() -> None:
        freshened(Client.objects.filter(case__in=asked.found.order_by().values("pk")).values("pk"), now, user)

    def batch_of(cases: list[Case]) -> Batch:
        return Batch(rows=[_cells(row) for row in rows_of(cases, now)], case_ids=[case.pk for case in cases])

    return question_of(asked.found, asked.keys, batch_of, form=asked.form, first=freshen)


def _cells(row: Row) -> list[Any]:
    case, tag = row.case, row.deadline.tag if row.deadline else None
    return [
        case.code,
        case.get_status_display(),
        case.get_priority_display(),
        _("yes") if case.restricted else "",
        row.applicant,
        row.others,
        joined(each["name"] for each in row.programmes),
        country_name(row.country, get_language() or "en") if row.country else "",
        row.deadline.label if row.deadline else "",
        tag.due_on if tag else None,
        days_left(tag) if tag else None,
        joined(about_tag(tag)) if tag else "",
        row.caseworker,
    ]


LISTING = Listing(
    key="cases",
    title=gettext_lazy("Cases"),
    permission=Permission.CASE_VIEW,
    url_name="cases",
    columns=columns,
    ask=ask,
)
