"""Months end where the law lets them end: the earlier reading first, the other beside it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.lib.periods import Landing, Period, parse_period

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "day", "other"),
    [
        (date(2012, 10, 31), 6, date(2013, 4, 30), date(2013, 5, 1)),
        (date(2022, 8, 31), 6, date(2023, 2, 28), date(2023, 3, 1)),
        (date(2024, 1, 30), 1, date(2024, 2, 29), date(2024, 3, 1)),
        (date(2024, 1, 29), 1, date(2024, 2, 29), None),
        (date(2022, 8, 15), 6, date(2023, 2, 15), None),
    ],
)
def test_a_month_without_such_a_day_has_two_readings(start: date, months: int, day: date, other: date | None) -> None:
    assert Period(months, "months").after(start) == Landing(day, other)


def test_a_year_after_29_february_has_two_readings() -> None:
    assert Period(1, "years").after(date(2024, 2, 29)) == Landing(date(2025, 2, 28), date(2025, 3, 1))


def test_a_year_is_not_365_days() -> None:
    assert Period(1, "years").after(date(2024, 1, 1)).day == date(2025, 1, 1)
    assert Period(365, "days").after(date(2024, 1, 1)).day == date(2024, 12, 31)


def test_three_months_before_the_end_of_may_is_the_end_of_february() -> None:
    assert Period(3, "months").before(date(2024, 5, 31)) == Landing(date(2024, 2, 29), date(2024, 3, 1))


@given(day=DAYS, count=st.integers(min_value=0, max_value=600))
def test_the_other_reading_is_the_day_after_and_days_have_none(day: date, count: int) -> None:
    landed = Period(count, "months").after(day)

    assert Period(count, "days").after(day).other is None
    assert landed.other is None or (landed.other - landed.day).days == 1
    assert (landed.other is None) == (landed.day.day == day.day)


def test_the_end_of_the_calendar_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        Period(1, "years").after(date(9999, 6, 1))
    with pytest.raises(OverflowError):
        Period(1, "months").before(date(1, 1, 1))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "written as"),
        (30, "written as"),
        ({}, "exactly one"),
        ({"days": 1, "months": 1}, "exactly one"),
        ({"weeks": 2}, "exactly one"),
        ({"days": "30"}, "whole number"),
        ({"days": True}, "whole number"),
        ({"days": 1.5}, "whole number"),
        ({"days": -1}, "between 0"),
        ({"years": 1000}, "between 0"),
    ],
)
def test_what_is_no_period_is_refused_with_a_sentence(value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_period(value)


def test_a_period_is_read() -> None:
    assert parse_period({"months": 6}) == Period(6, "months")
