"""Days as people type, paste and half know them."""

import datetime as dt
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.lib import dates
from casework.lib.dates import Birth, BoundedDay, UnreadableDay, parse_day, parse_pasted_day, today_in
from casework.lib.day_words import in_words, with_weekday
from casework.lib.months import LANGUAGES, month_name

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@given(day=DAYS, language=st.sampled_from(LANGUAGES))
def test_every_day_that_we_show_can_be_pasted_back(day: date, language: str) -> None:
    assert parse_pasted_day(in_words(day, language)) == day
    assert parse_pasted_day(with_weekday(day, language)) == day


@given(day=DAYS, language=st.sampled_from(LANGUAGES), alone=st.booleans())
def test_every_day_is_read_from_three_boxes(day: date, language: str, alone: bool) -> None:
    month = month_name(day.month, language, alone=alone)

    assert parse_day(str(day.day), month, f"{day.year:04}") == day
    assert parse_day(f"{day.day:02}", str(day.month), f"{day.year:04}") == day


def test_three_blank_boxes_are_no_day() -> None:
    assert parse_day("", " ", "") is None


@pytest.mark.parametrize(
    "text",
    [
        "27 марта 2027",
        "27 марта 2027 г.",
        "27 марта 2027 года",
        "27.3.2027",
        "27.03.2027",
        "27-03-2027",
        "27/3/2027",
        "2027-03-27",
        "2027/03/27",
        "27 March 2027",
        "March 27, 2027",
        "the 27th of March 2027",
        "Saturday, 27 Mar 2027",
        "27.III.2027",
        "27 наурыз 2027",
        "2027 ж. 27 наурыз",
        "2027 оны 3-р сарын 27",
        "27 березня 2027 р.",
        "  27   mar   2027 ",
    ],
)
def test_a_whole_date_pasted_into_the_first_box_is_read(text: str) -> None:
    assert parse_day(text, "", "") == date(2027, 3, 27)


@pytest.mark.parametrize(
    ("typed", "message", "part"),
    [
        (("5", "", ""), dates.MISSING["month", "year"], "month"),
        (("5", "12", ""), dates.MISSING["year",], "year"),
        (("", "12", "2026"), dates.MISSING["day",], "day"),
        (("", "", "2026"), dates.MISSING["day", "month"], "day"),
        (("32", "1", "2026"), dates.DAY_NOT_A_NUMBER, "day"),
        (("0", "1", "2026"), dates.DAY_NOT_A_NUMBER, "day"),
        (("x", "1", "2026"), dates.DAY_NOT_A_NUMBER, "day"),
        (("9" * 5000, "1", "2026"), dates.DAY_NOT_A_NUMBER, "day"),
        (("5", "9" * 5000, "2026"), dates.MONTH_UNKNOWN, "month"),
        (("5", "12", "9" * 5000), dates.YEAR_NOT_FOUR_DIGITS, "year"),
        (("5", "13", "2026"), dates.MONTH_UNKNOWN, "month"),
        (("5", "foo", "2026"), dates.MONTH_UNKNOWN, "month"),
        (("5", "12", "26"), dates.YEAR_NOT_FOUR_DIGITS, "year"),
        (("5", "12", "20026"), dates.YEAR_NOT_FOUR_DIGITS, "year"),
        (("5", "12", "0000"), dates.YEAR_NOT_FOUR_DIGITS, "year"),
        (("30", "2", "2026"), dates.NO_SUCH_DAY, "day"),
        (("31", "April", "2026"), dates.NO_SUCH_DAY, "day"),
        (("29", "2", "2027"), dates.NO_SUCH_DAY_THAT_YEAR, "day"),
        (("05/12/2026", "", ""), dates.TWO_READINGS, "day"),
        (("12/05/2026", "", ""), dates.TWO_READINGS, "day"),
        (("3/27/2027", "", ""), dates.TWO_READINGS, "day"),
        (("tomorrow", "", ""), dates.UNREADABLE, "day"),
        (("March 2027", "", ""), dates.UNREADABLE, "day"),
        (("27 3 2027", "", ""), dates.UNREADABLE, "day"),
        (("27 March 2027 or 28 March 2027", "", ""), dates.UNREADABLE, "day"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(typed: tuple[str, str, str], message: str, part: str) -> None:
    with pytest.raises(UnreadableDay) as refusal:
        parse_day(*typed)

    assert (refusal.value.message, refusal.value.part) == (message, part)


def test_the_29th_of_february_exists_in_leap_years() -> None:
    assert parse_day("29", "2", "2028") == date(2028, 2, 29)


def test_digits_of_other_scripts_are_read() -> None:
    assert parse_day("٢٧", "٣", "٢٠٢٧") == date(2027, 3, 27)


@given(text=st.text(max_size=40))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    with suppress(UnreadableDay):
        parse_day(text, "", "")
    with suppress(UnreadableDay):
        parse_day(text, text, text)


def test_bounds_must_not_be_reversed() -> None:
    with pytest.raises(ValueError, match="before the earliest"):
        BoundedDay(date(2026, 5, 2), date(2026, 5, 1))


def test_a_bounded_day_knows_how_well_it_is_known() -> None:
    day = date(2026, 5, 1)

    assert BoundedDay.exactly(day).is_exact
    assert BoundedDay().is_unknown
    assert not BoundedDay(day, None).is_exact
    assert not BoundedDay(None, day).is_unknown


@pytest.mark.parametrize(
    ("birth", "bounds"),
    [
        (Birth(date(1991, 3, 27)), BoundedDay(date(1991, 3, 27), date(1991, 3, 27))),
        (Birth(year=1991), BoundedDay(date(1991, 1, 1), date(1991, 12, 31))),
        (Birth(), BoundedDay()),
    ],
)
def test_a_birth_has_bounds_and_comes_back_from_them(birth: Birth, bounds: BoundedDay) -> None:
    assert birth.bounds == bounds
    assert Birth.within(bounds.earliest, bounds.latest) == birth


def test_a_birth_day_brings_its_year_and_no_other() -> None:
    assert Birth(date(1991, 3, 27)).year == 1991
    with pytest.raises(ValueError, match="not the year"):
        Birth(date(1991, 3, 27), 1992)


def test_today_is_the_day_of_the_zone() -> None:
    instant = dt.datetime(2026, 11, 22, 20, 30, tzinfo=dt.UTC)

    assert today_in("Asia/Bishkek", instant) == date(2026, 11, 23)
    assert today_in("America/Argentina/Buenos_Aires", instant) == date(2026, 11, 22)
