"""Days in words."""

import datetime as dt
from collections.abc import Callable
from datetime import date

import pytest

from casework.lib import day_words
from casework.lib.dates import parse_pasted_day
from casework.lib.months import LANGUAGES

DAY = date(2026, 12, 5)
A_WEEK_OF_EACH_MONTH = [date(2026, month, day) for month in range(1, 13) for day in range(22, 29)]
FORMATS = [
    day_words.in_words,
    day_words.with_weekday,
    day_words.weekday_and_day,
    day_words.day_and_month,
    day_words.month,
    day_words.short_month,
    day_words.weekday,
    day_words.short_weekday,
]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "5 Dec 2026"),
        ("en-us", "5 Dec 2026"),
        ("ru", "5 дек. 2026"),
        ("ky", "2026-ж. 5-дек"),
        ("kk", "2026 ж. 5 жел"),
        ("mn", "2026 оны 12-р сарын 5"),
    ],
)
def test_a_day_names_its_month(language: str, words: str) -> None:
    assert day_words.in_words(DAY, language).replace("\u202f", " ") == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("in_format", FORMATS)
def test_no_day_ends_with_a_point(in_format: Callable[[date, str], str], language: str) -> None:
    """The sentence that it ends has one of its own. Nor is a word for the year left behind without its point."""
    words = [in_format(day, language) for day in A_WEEK_OF_EACH_MONTH]

    assert [it for it in words if it.endswith((".", " г", " р", "\u202fг", "\u202fр")) or not it.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("in_format", [day_words.in_words, day_words.with_weekday])
def test_what_is_written_is_read_again(in_format: Callable[[date, str], str], language: str) -> None:
    written = {day: in_format(day, language) for day in A_WEEK_OF_EACH_MONTH}

    assert {day: parse_pasted_day(words) for day, words in written.items()} == {day: day for day in written}


def test_a_day_may_name_its_weekday() -> None:
    assert day_words.with_weekday(DAY, "en") == "Saturday, 5 December 2026"
    assert day_words.weekday(DAY, "ru") == "суббота"
    assert day_words.weekday_and_day(DAY, "en") == "Sat 5 Dec"
    assert [day_words.short_weekday(DAY, language) for language in ("en", "ru", "ky")] == ["Sat", "сб", "ишм"]


@pytest.mark.parametrize(
    ("days", "language", "words"),
    [
        (1, "ru", "через 1 день"),
        (3, "ru", "через 3 дня"),
        (5, "ru", "через 5 дней"),
        (21, "ru", "через 21 день"),
        (-2, "ru", "2 дня назад"),
        (5, "en", "in 5 days"),
        (-400, "en", "400 days ago"),
    ],
)
def test_a_distance_is_in_whole_days_with_the_right_plural(days: int, language: str, words: str) -> None:
    assert day_words.distance(DAY + dt.timedelta(days=days), DAY, language) == words


def test_an_instant_has_its_time() -> None:
    instant = dt.datetime(2026, 12, 5, 14, 5, tzinfo=dt.UTC)

    assert day_words.instant_in_words(instant, "en") == "5 Dec 2026, 14:05"
