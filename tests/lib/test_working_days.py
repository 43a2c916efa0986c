"""Working days: weekends of the country, holidays, swapped weekends, and our own overrides over all of them."""

from datetime import date

import pytest

from casework.lib.working_days import UnknownCalendar, WorkingDays


def test_a_saturday_that_was_swapped_is_a_working_day() -> None:
    kazakhstan = WorkingDays("KZ")

    assert kazakhstan.is_working_day(date(2024, 5, 4))
    assert not kazakhstan.is_working_day(date(2024, 5, 8))
    assert not kazakhstan.is_working_day(date(2024, 5, 5))


def test_weekends_differ_by_country() -> None:
    friday = date(2026, 11, 20)

    assert WorkingDays("KZ").is_working_day(friday)
    assert not WorkingDays("IL").is_working_day(friday)


def test_our_own_overrides_stand_over_the_package() -> None:
    overridden = WorkingDays("KZ", {date(2024, 5, 4): False, date(2024, 5, 5): True})

    assert not overridden.is_working_day(date(2024, 5, 4))
    assert overridden.is_working_day(date(2024, 5, 5))


def test_the_third_working_day_after_a_friday_is_a_wednesday() -> None:
    assert WorkingDays("KZ").nth_after(date(2023, 2, 10), 3) == date(2023, 2, 15)
    assert WorkingDays("KZ").nth_after(date(2023, 2, 10), 0) == date(2023, 2, 10)


def test_the_first_working_day_from_a_sunday_is_monday() -> None:
    assert WorkingDays("KZ").first_from(date(2023, 2, 12)) == date(2023, 2, 13)
    assert WorkingDays("KZ").first_from(date(2023, 2, 13)) == date(2023, 2, 13)


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(UnknownCalendar, match="SCHENGEN"):
        WorkingDays("SCHENGEN")


def test_it_says_which_years_it_does_not_know() -> None:
    assert WorkingDays("KZ").covers(date(2026, 1, 1))
    assert not WorkingDays("KZ").covers(date(1980, 1, 1))


def test_it_says_which_holidays_are_estimates() -> None:
    assert WorkingDays("UZ").estimated_between(date(2027, 3, 1), date(2027, 3, 31)) == (date(2027, 3, 9),)
    assert WorkingDays("UZ").estimated_between(date(2027, 3, 10), date(2027, 3, 31)) == ()
