"""Working days: weekends of the country, holidays, swapped weekends, and our own overrides over all of them."""

import re
from datetime import date

import pytest

from casework.lib.working_days import EDITION, UnknownCalendar, WorkingDays


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


def test_days_that_a_country_swaps_may_move_in_years_of_which_none_is_known() -> None:
    kazakhstan = WorkingDays("KZ")

    assert not kazakhstan.may_move_days_in(2024)
    assert kazakhstan.may_move_days_in(2027)
    assert not WorkingDays("KZ", {date(2027, 1, 2): True}).may_move_days_in(2027)


def test_a_country_that_swaps_no_days_or_has_stopped_moves_none() -> None:
    assert not WorkingDays("RS").may_move_days_in(2027)
    assert not WorkingDays("AM").may_move_days_in(2027)


def test_days_of_the_weekend_are_such_whether_worked_or_not() -> None:
    kazakhstan = WorkingDays("KZ")

    assert kazakhstan.is_weekend(date(2024, 5, 4))
    assert not kazakhstan.is_weekend(date(2024, 5, 8))


def test_what_was_set_here_is_listed_in_order() -> None:
    days = {date(2024, 5, 5): True, date(2024, 5, 4): False, date(2024, 6, 1): True}

    assert WorkingDays("KZ", days).set_here_between(date(2024, 5, 1), date(2024, 5, 31)) == (
        date(2024, 5, 4),
        date(2024, 5, 5),
    )


def test_the_edition_of_the_holidays_is_named() -> None:
    assert re.fullmatch(r"holidays \d+(\.\d+)+", EDITION)
