"""What the components show on the style guide: obviously invented."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from casework.lib.dates import Birth, BoundedDay
from casework.web.components import CaseHeader, KeysetPage, Progress, SummaryRow, Tab, TimelineEntry
from casework.web.deadline_tag import DeadlineTag, deadline_tag

# Days from today of the deadlines shown, one for each severity.
DISTANCES = (-40, -3, -1, 0, 1, 5, 12, 42)


def all_examples(now: dt.datetime) -> dict[str, Any]:
    """Return the context of the page, as on the day of `now`."""
    today = now.date()
    return {
        "today": today,
        "header": case_header(today),
        "tags": deadline_tags(today),
        "rows": summary_rows(today),
        "tabs": example_tabs(),
        "entries": timeline_entries(now),
        "jobs": jobs(),
        "page": KeysetPage(rows=[], previous_url="?before=1", next_url="?after=2"),
        "lines": table_lines(today),
        "bounded": BoundedDay(today - dt.timedelta(days=20), today),
        "now": now,
    }


def deadline_tags(today: dt.date) -> list[DeadlineTag]:
    in_days = [today + dt.timedelta(days=days) for days in DISTANCES]
    return [
        *(deadline_tag(day, today, "open", "reviewed") for day in in_days),
        deadline_tag(None, today, "open", "reviewed"),
        deadline_tag(today, today, "done", "reviewed", decided_on=today - dt.timedelta(days=19)),
        deadline_tag(today, today, "waived", "reviewed", decided_on=today),
        deadline_tag(in_days[5], today, "open", "provisional"),
        deadline_tag(in_days[7], today, "open", "needs_review"),
    ]


def case_header(today: dt.date) -> CaseHeader:
    return CaseHeader(
        code="K7Q-3F9",
        url="#",
        applicant="Пример Примеров",
        status=_("Open"),
        team="Testville",
        deadline=deadline_tag(today + dt.timedelta(days=5), today, "open", "provisional"),
        deadline_label=_("Register by"),
        reach=_("Signal, evenings, in Russian"),
        is_restricted=True,
    )


def summary_rows(today: dt.date) -> list[SummaryRow]:
    return [
        SummaryRow(label=_("Name"), value="Пример Примеров / Primer Primerov", change_url="#"),
        SummaryRow(label=_("Date of birth"), value=Birth(year=1991), change_url="#"),
        SummaryRow(label=_("Nationalities"), value=["Exampleland", "Sampleland"], change_url="#"),
        SummaryRow(label=_("Entered"), value=today, change_url="#", change_of=_("day of entry")),
        SummaryRow(label=_("Left"), value=BoundedDay(today, None), change_url="#"),
        SummaryRow(label=_("Phone"), value=None, change_url="#"),
    ]


def example_tabs() -> list[Tab]:
    return [
        Tab(label=_("Overview"), url="#", is_current=True),
        Tab(label=_("Deadlines"), url="#", count=3),
        Tab(label=_("People"), url="#"),
        Tab(label=_("Papers"), url="#"),
        Tab(label=_("Notes"), url="#"),
    ]


def timeline_entries(now: dt.datetime) -> list[TimelineEntry]:
    return [
        TimelineEntry(at=now, title=_("Stay added"), by="Demo Caseworker", url="#"),
        TimelineEntry(
            at=now - dt.timedelta(days=2),
            title=_("Note"),
            by="Demo Coordinator",
            detail=_("Has an appointment at the migration office."),
        ),
        TimelineEntry(at=now - dt.timedelta(days=9), title=_("Case logged")),
    ]


def jobs() -> list[Progress]:
    title = _("Recompute deadlines")
    return [
        Progress(title=title, state="waiting", done=0, total=None),
        Progress(title=title, state="running", done=420, total=1200, stage=_("Reading stays")),
        Progress(title=title, state="done", done=1200, total=1200, result_url="#"),
        Progress(title=title, state="failed", done=420, total=1200, message=_("The database was not there.")),
    ]


def table_lines(today: dt.date) -> list[dict[str, Any]]:
    people = ["Anna Beispiel", "Пример Примеров", "Үлгү Мисалов"]
    return [
        {
            "code": f"K7Q-3F{number}",
            "name": name,
            "what": _("Register"),
            "tag": deadline_tag(today + dt.timedelta(days=4 * number - 5), today, "open", "reviewed"),
            "days": 30 + number,
        }
        for number, name in enumerate(people)
    ]
