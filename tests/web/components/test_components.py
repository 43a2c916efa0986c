"""What the other components say."""

import datetime as dt
import re
from datetime import date
from html import unescape
from typing import Any

from django.template import Context, Template
from django.utils import timezone, translation

from casework.lib.dates import Birth, BoundedDay
from casework.web.components import CaseHeader, Chip, KeysetPage, Progress, SummaryRow, Tab, TimelineEntry
from casework.web.deadline_tag import deadline_tag
from casework.web.styleguide.forms import ExampleFilterForm

DAY = date(2026, 12, 5)


def render(tag: str, **context: Any) -> str:
    return Template("{% load components days %}" + tag).render(Context(context))


def text(html: str) -> str:
    """Return what is read, the words of neighbouring elements apart."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\ufe0e", "").split())


def test_the_case_header_tells_code_applicant_status_team_deadline_and_reach() -> None:
    header = CaseHeader(
        code="K7Q-3F9",
        url="/cases/x/",
        applicant="Пример Примеров",
        status="Open",
        team="Testville",
        deadline=deadline_tag(DAY, date(2026, 11, 30), "open", "reviewed"),
        deadline_label="Register by",
        reach="Signal, evenings",
    )

    words = text(render("{% case_header header %}", header=header))

    assert words == (
        "K7Q-3F9 Пример Примеров Status Open Team Testville Next deadline Register by "
        "▲ Due in 5 days (Sat 5 Dec) Safe way to reach Signal, evenings"
    )


def test_the_case_header_says_what_is_missing_and_what_is_restricted() -> None:
    header = CaseHeader(code="A", url="/", applicant="B", status="C", team="D", is_restricted=True)

    words = text(render("{% case_header header %}", header=header))

    assert words == "A B Restricted Status C Team D Next deadline None Safe way to reach Not provided"


def test_a_summary_list_shows_days_in_words_and_blanks_as_not_provided() -> None:
    rows = [
        SummaryRow(label="Entered", value=DAY),
        SummaryRow(label="Left", value=BoundedDay(None, DAY)),
        SummaryRow(label="Born", value=Birth(year=1991)),
        SummaryRow(label="Nationalities", value=["Exampleland", "Sampleland"]),
        SummaryRow(label="Days", value=0),
        SummaryRow(label="Phone", value=None),
        SummaryRow(label="Mail", value=""),
        SummaryRow(label="Names", value=[]),
    ]

    assert text(render("{% summary_list rows %}", rows=rows)) == (
        "Entered 5 Dec 2026 Left 5 Dec 2026 or earlier Born 1991 Nationalities Exampleland Sampleland Days 0 "
        "Phone Not provided Mail Not provided Names Not provided"
    )


def test_a_change_link_says_what_it_changes_to_those_who_hear_it() -> None:
    rows = [SummaryRow(label="Entered", value=DAY, change_url="/x/", change_of="day of entry")]

    html = render("{% summary_list rows %}", rows=rows)

    assert '<a href="/x/">Change<span class="visually-hidden"> day of entry</span></a>' in html


def test_values_are_escaped() -> None:
    rows = [SummaryRow(label="<b>", value="<script>alert(1)</script>")]

    html = render("{% summary_list rows %}", rows=rows)

    assert "<script>" not in html
    assert "<b>" not in html


def test_tabs_are_links_of_which_one_is_current() -> None:
    items = [Tab(label="Notes", url="/n/", is_current=True), Tab(label="Deadlines", url="/d/", count=0)]

    html = render('{% tabs items "Parts" %}', items=items)

    assert html.count('aria-current="page"') == 1
    assert text(html) == "Notes Deadlines 0"


def test_there_is_no_pagination_for_a_single_page() -> None:
    assert text(render("{% pagination page %}", page=KeysetPage(rows=[]))) == ""


def test_pagination_leads_to_both_neighbours() -> None:
    html = render("{% pagination page %}", page=KeysetPage(rows=[], previous_url="?before=1", next_url="?after=2"))

    assert text(html) == "← Previous Next →"
    assert 'href="?before=1"' in html
    assert 'href="?after=2"' in html


def test_an_empty_state_offers_the_next_step_if_there_is_one() -> None:
    assert text(render('{% empty_state "Nothing yet" "Because." "Add" "/add/" %}')) == "Nothing yet Because. Add"
    assert text(render('{% empty_state "Nothing matches" %}')) == "Nothing matches"


def test_a_timeline_tells_what_when_and_by_whom() -> None:
    at = dt.datetime(2026, 12, 5, 9, 5, tzinfo=dt.UTC)
    entries = [TimelineEntry(at=at, title="Stay added", by="A. Demo", detail="one\ntwo")]

    with timezone.override("Asia/Bishkek"):
        html = render("{% timeline entries %}", entries=entries)

    assert text(html) == "Stay added 5 Dec 2026, 15:05 · A. Demo one two"


def test_a_running_job_shows_stage_and_counts() -> None:
    job = Progress(title="Import", state="running", done=420, total=1200, stage="Reading")

    html = render("{% job_progress job %}", job=job)

    assert text(html) == "Reading 420 of 1200"
    assert '<progress max="1200" value="420"' in html
    assert "data-running" in html


def test_a_finished_job_stands_still_and_leads_to_its_result() -> None:
    job = Progress(title="Import", state="done", done=3, total=3, result_url="/r/")

    html = render("{% job_progress job %}", job=job)

    assert text(html) == "✔ Finished 3 of 3 See the result"
    assert "data-running" not in html


def test_a_chip_removes_its_filter() -> None:
    chips = [Chip(label="Status", value="Open", remove_url="/cases/")]

    html = render("{% filter_bar form chips '/cases/' %}", chips=chips, form=ExampleFilterForm())

    assert text(html).endswith("Apply filters Clear all Remove filter Status: Open ✕")
    assert '<form method="get"' in html


def test_days_near_today_have_their_own_words() -> None:
    words = [
        text(render("{{ day|day_relative:today }}", day=DAY + dt.timedelta(n), today=DAY)) for n in (-3, -1, 0, 1, 5)
    ]

    assert words == ["3 days ago", "yesterday", "today", "tomorrow", "in 5 days"]


def test_days_follow_the_language_of_the_page() -> None:
    with translation.override("ru"):
        words = text(render("{{ day|day }}", day=DAY)).replace("\u202f", " ")

    assert words == "5 дек. 2026"


def test_a_bounded_day_is_told_as_it_is_known() -> None:
    known = [BoundedDay.exactly(DAY), BoundedDay(DAY, date(2026, 12, 9)), BoundedDay(DAY, None), BoundedDay()]

    assert [text(render("{{ value|bounded_day }}", value=value)) for value in known] == [
        "5 Dec 2026",
        "between 5 Dec 2026 and 9 Dec 2026",
        "5 Dec 2026 or later",
        "Not known",
    ]


def test_nothing_is_shown_as_nothing() -> None:
    assert render("{{ none|day }}{{ none|day_long }}{{ none|day_short }}{{ none|weekday }}{{ none|instant }}") == ""
