"""The list of cases, taken along."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.models import Case, Client
from casework.lib.countries import country_name
from casework.lib.dates import today_in
from casework.reports.table import Column, Kind
from casework.web.exports.listing import Batch, Listing, Question, freshened, question_of
from casework.web.exports.words import about_tag, days_left, joined

from .columns import columns_in_file
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


# Only where somebody has chosen them.
def more_columns() -> list[Column]:
    return [
        Column(key="team", label=_("Team"), width=16, hxl="#org+team+name"),
        Column(key="opened_on", label=_("Opened"), kind=Kind.DAY, width=13, hxl="#date+start"),
    ]


def ask(user: User, query: QueryDict, now: datetime) -> Question:
    asked = asked_by(user, query, now)

    def freshen() -> None:
        freshened(Client.objects.filter(case__in=asked.found.order_by().values("pk")).values("pk"), now, user)

    def batch_of(cases: list[Case]) -> Batch:
        cells = [_cells(row) for row in rows_of(cases, now)]
        return Batch(rows=[[it[key] for key in keys] for it in cells], case_ids=[case.pk for case in cases])

    known = {column.key: column for column in columns()}
    chosen = columns_in_file(user)
    keys = chosen or list(known)
    question = question_of(asked.found, asked.keys, batch_of, form=asked.form, first=freshen)
    if chosen is None:
        return question
    known |= {column.key: column for column in more_columns()}
    return replace(question, columns=[known[key] for key in chosen])


def _cells(row: Row) -> dict[str, Any]:
    case, tag = row.case, row.deadline.tag if row.deadline else None
    return {
        "code": case.code,
        "status": case.get_status_display(),
        "priority": case.get_priority_display(),
        "restricted": _("yes") if case.restricted else "",
        "applicant": row.applicant,
        "others": row.others,
        "programmes": joined(each["name"] for each in row.programmes),
        "country": country_name(row.country, get_language() or "en") if row.country else "",
        "duty": row.deadline.label if row.deadline else "",
        "due_on": tag.due_on if tag else None,
        "days_left": days_left(tag) if tag else None,
        "about_date": joined(about_tag(tag)) if tag else "",
        "caseworker": row.caseworker,
        "team": case.team.name,
        "opened_on": today_in(case.team.time_zone, case.opened_at),
    }


LISTING = Listing(
    key="cases",
    title=gettext_lazy("Cases"),
    permission=Permission.CASE_VIEW,
    url_name="cases",
    columns=columns,
    ask=ask,
)
