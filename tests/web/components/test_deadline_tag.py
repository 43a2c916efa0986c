"""The tag of a deadline: a word, a shape and a number."""

from datetime import date, timedelta

import pytest
from django.template import Context, Template
from django.utils.html import strip_tags

from casework.web.deadline_tag import SHAPES, deadline_tag

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days", "severity"),
    [
        (-40, "overdue"),
        (-1, "overdue"),
        (0, "today"),
        (1, "soon"),
        (7, "soon"),
        (8, "near"),
        (30, "near"),
        (31, "later"),
    ],
)
def test_severity_changes_at_the_groups_of_my_day(days: int, severity: str) -> None:
    tag = deadline_tag(TODAY + timedelta(days=days), TODAY, "open", "reviewed")

    assert (tag.severity, tag.days) == (severity, abs(days))


def test_a_decision_outweighs_the_date() -> None:
    long_ago = TODAY - timedelta(days=400)

    assert deadline_tag(long_ago, TODAY, "done", "reviewed").severity == "done"
    assert deadline_tag(long_ago, TODAY, "waived", "reviewed").severity == "waived"


def test_an_open_deadline_without_a_date_is_unknown() -> None:
    assert deadline_tag(None, TODAY, "open", "reviewed").severity == "unknown"


def test_every_severity_has_a_shape() -> None:
    assert all(SHAPES.values())


@pytest.mark.parametrize(
    ("due_on", "state", "words"),
    [
        (date(2026, 11, 19), "open", "✖ Overdue 3 days (19 Nov 2026)"),
        (date(2026, 11, 21), "open", "✖ Overdue 1 day (21 Nov 2026)"),
        (TODAY, "open", "▲ Due today"),
        (date(2026, 11, 27), "open", "▲ Due in 5 days (Fri 27 Nov)"),
        (date(2026, 12, 4), "open", "◆ 12 days (4 Dec 2026)"),
        (date(2027, 1, 3), "open", "● 42 days (3 Jan 2027)"),
        (None, "open", "? Date unknown"),
        (TODAY, "done", "✔ Done 3 Nov 2026"),
        (TODAY, "waived", "⊘ Waived 3 Nov 2026"),
    ],
)
def test_the_tag_says_it_in_words_a_shape_and_a_number(due_on: date | None, state: str, words: str) -> None:
    assert text_of(due_on, state, "reviewed") == words


@pytest.mark.parametrize(
    ("review", "marker"),
    [("provisional", "Not legally reviewed"), ("needs_review", "Sources disagree, not legally reviewed")],
)
def test_a_date_that_no_lawyer_has_reviewed_says_so(review: str, marker: str) -> None:
    assert text_of(TODAY, "open", review) == f"▲ Due today {marker}"


def text_of(due_on: date | None, state: str, review: str) -> str:
    template = Template("{% load components %}{% deadline_tag due_on today state review decided_on %}")
    html = template.render(
        Context({"due_on": due_on, "today": TODAY, "state": state, "review": review, "decided_on": date(2026, 11, 3)})
    )
    return " ".join(strip_tags(html).replace("\ufe0e", "").split())
