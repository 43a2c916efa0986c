"""What the components show on the style guide: obviously invented."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.utils.translation import gettext as _

from casework.lib.dates import Birth, BoundedDay
from casework.web.components import CaseHeader, KeysetPage, NavItem, Progress, SummaryRow, Tab, TimelineEntry
from casework.web.conflicts import Difference
from casework.web.deadline_tag import DeadlineTag, deadline_tag
from casework.web.machine_lines import LinesPanel
from casework.web.machine_lines.wording import compare
from casework.web.templatetags.days import instant

from .forms import MeetingForm

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
        "said": said(),
        "links": [
            NavItem(label=_("My day"), url="#", is_current=True),
            NavItem(label=_("Cases"), url="#"),
            NavItem(label=_("Housing"), url="#"),
        ],
        "languages": [("ru", "Русский"), ("ky", "Кыргызча")],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleDraft:
    """A draft as its notice and its bar need it; it saves nothing."""

    saved_when: str
    is_resumed: bool
    saved_at: bool = True
    resume_url: str = "#"
    discard_url: str = ""
    save_url: str = "#"
    page: str = ""
    seen: str = ""


def states_of_forms(now: dt.datetime) -> dict[str, Any]:
    """Return forms in the states that a page of them can be in besides new and refused."""
    when = instant(now - dt.timedelta(hours=3))
    return {
        "waiting_draft": ExampleDraft(saved_when=when, is_resumed=False),
        "resumed_draft": ExampleDraft(saved_when=when, is_resumed=True),
        "changed": changed_by_two(),
        "side_by_side": side_by_side(),
        "lines": LinesPanel(said=_("Read: an example of a passport."), notes=(compare(),), was_read=True),
    }


def changed_by_two() -> MeetingForm:
    """Return a form of which one field was changed by both, one by the reader alone, and one by the other alone."""
    opened = {"place": _("Office"), "brings": _("Passport"), "note": "", "version": 1}
    stored = {**opened, "place": _("Library"), "note": _("Comes with a child."), "version": 2}
    typed = {**opened, "place": _("Town hall"), "brings": _("Passport and photographs")}
    typed["as_opened"] = MeetingForm(initial=opened)["as_opened"].value()
    form = MeetingForm(typed, initial=opened)
    form.is_valid()
    form.show_theirs(stored)
    return form


def side_by_side() -> list[Difference]:
    """Return two fields that differ, where there is nothing to choose but to correct what was typed."""
    return [
        Difference(label=_("Place"), theirs=_("Library"), mine=_("Town hall")),
        Difference(label=_("Note"), theirs=_("Comes with a child."), mine=""),
    ]


def said() -> list[Message]:
    way_back = json.dumps({"url": "", "fields": {}})
    return [
        Message(messages.SUCCESS, _("The stay was added."), way_back),
        Message(messages.INFO, _("The deadlines are being computed.")),
        Message(messages.WARNING, _("The stay overlaps another one.")),
        Message(messages.ERROR, _("The stay could not be added.")),
    ]


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
