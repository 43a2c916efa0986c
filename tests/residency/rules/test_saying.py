"""Every rule can be said in words."""

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation

from casework.residency import wording
from casework.residency.models import Rule
from casework.residency.rules.kinds import Kind
from casework.residency.rules.saying import _SAYINGS, saying

from ..test_reference import REFERENCE


def said(kind: str, **parameters: object) -> str:
    return wording.what_it_says(Rule(kind=kind, parameters=parameters))


@pytest.mark.parametrize(
    ("kind", "parameters", "words"),
    [
        ("rolling_window", {"days": 90, "window_days": 180}, "90 days in any 180 days; entry and exit day count"),
        (
            "consecutive_days",
            {"days": 1, "count_exit_day": False},
            "At most 1 day in a row; the entry day counts, the exit day does not",
        ),
        ("period_from_entry", {"years": 1}, "At most 1 year from the entry; entry and exit day count"),
        ("until_date", {"until": "2026-03-04"}, "Until 4 Mar 2026"),
        (
            "register_within",
            {"n": 3, "unit": "working_days", "day_one": "entry_day", "actor": "host"},
            "Within 3 working days; after the entry; the day of the event is day one; who must act: the host",
        ),
        (
            "area_restriction",
            {"max_foreigner_share": 0.2},
            "Closed where more than 20 % of the residents are foreigners",
        ),
        ("note", {"text": "100% of it."}, "100% of it."),
    ],
)
def test_a_rule_in_words(kind, parameters, words):
    assert said(kind, **parameters) == words


def test_every_kind_has_its_words():
    assert set(_SAYINGS) == set(Kind)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_rule_of_the_reference_data_is_said(language):
    with translation.override(language):
        sentences = [
            wording.what_it_says(Rule(kind=entry.rule.kind, parameters=dict(entry.rule.parameters)))
            for entry in REFERENCE.entries
        ]

    assert len(sentences) > 100
    assert all(sentences)
    assert not [sentence for sentence in sentences if "%(" in sentence or "{" in sentence or "Word(" in sentence]


def test_lengths_take_the_plural_of_the_language():
    with translation.override("ru"):
        assert [wording.length(count, "days") for count in (1, 3, 90)] == ["1 день", "3 дня", "90 дней"]


def test_days_in_words():
    from datetime import date

    first, end = date(2023, 1, 27), date(2024, 1, 1)
    words = [wording.days_of(DateRange(*days)) for days in ((first, end), (first, None), (None, end), (None, None))]

    assert words == [
        "27 Jan 2023 to 31 Dec 2023",
        "from 27 Jan 2023",
        "until 31 Dec 2023",
        "first and last day not recorded",
    ]


def test_saying_is_made_of_what_a_page_can_translate():
    (first, second) = saying(Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180})

    assert (first.template, second.template) == ("%(length)s in any %(window)s", "entry and exit day count")
