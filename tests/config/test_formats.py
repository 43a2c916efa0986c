"""Days that Django itself writes and reads, such as those of the admin."""

from datetime import date, datetime

import pytest
from django import forms
from django.utils import formats, translation

DAY = date(2026, 12, 5)
LANGUAGES = ["en", "ru", "ky", "kk", "mn"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "5 Dec 2026"),
        ("ru", "5 декабря 2026"),
        ("kk", "2026 ж. 5 Желтоқсан"),
        ("mn", "2026 оны 12-р сарын 5"),
    ],
)
def test_a_day_is_written_with_its_month_in_words(language: str, words: str) -> None:
    with translation.override(language):
        assert formats.date_format(DAY) == words
        assert formats.date_format(DAY, "SHORT_DATE_FORMAT") == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["DATE_FORMAT", "DATETIME_FORMAT", "MONTH_DAY_FORMAT", "YEAR_MONTH_FORMAT"])
def test_no_day_ends_with_a_point(name: str, language: str) -> None:
    with translation.override(language):
        words = [formats.date_format(datetime(2026, month, 5), name) for month in range(1, 13)]

    assert [it for it in words if it.endswith(".")] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["05/12/2026", "5/12/26", "12-05-2026", "05.12.26"])
def test_a_day_that_has_two_readings_is_refused(language: str, text: str) -> None:
    with translation.override(language), pytest.raises(forms.ValidationError):
        forms.DateField(localize=True).clean(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["2026-12-05", "05.12.2026"])
def test_a_day_that_has_one_reading_is_read(language: str, text: str) -> None:
    with translation.override(language):
        assert forms.DateField(localize=True).clean(text) == DAY


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_week_begins_on_monday(language: str) -> None:
    with translation.override(language):
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
