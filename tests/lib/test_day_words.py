"""Days in words."""

import datetime as dt
from datetime import date

import pytest

from casework.lib import day_words

DAY = date(2026, 12, 5)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "5 Dec 2026"),
        ("en-us", "5 Dec 2026"),
        ("ru", "5 дек. 2026 г."),
        ("ky", "2026-ж. 5-дек."),
        ("kk", "2026 ж. 5 жел."),
        ("mn", "2026 оны 12-р сарын 5"),
    ],
)
def test_a_day_names_its_month(language: str, words: str) -> None:
    assert day_words.in_words(DAY, language).replace("\u202f", " ") == words


def test_a_day_may_name_its_weekday() -> None:
    assert day_words.with_weekday(DAY, "en") == "Saturday, 5 December 2026"
    assert day_words.weekday(DAY, "ru") == "суббота"
    assert day_words.weekday_and_day(DAY, "en") == "Sat 5 Dec"


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
