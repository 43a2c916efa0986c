"""Duties that run from one day, at the boundaries of weekends, holidays and hours."""

from datetime import date

import pytest

from casework.lib.periods import Period
from casework.lib.working_days import WorkingDays
from casework.residency.rules.duties import Due, Window, register_within, renew_every, window_before

KAZAKHSTAN = WorkingDays("KZ")
FRIDAY, SATURDAY, SUNDAY = date(2023, 2, 10), date(2023, 2, 11), date(2023, 2, 12)
MONDAY, TUESDAY, WEDNESDAY = date(2023, 2, 13), date(2023, 2, 14), date(2023, 2, 15)


def test_calendar_days_from_the_day_of_entry_or_the_day_after() -> None:
    assert register_within(date(2023, 6, 1), n=15, unit="calendar_days", day_one="entry_day") == Due(date(2023, 6, 15))
    assert register_within(date(2023, 6, 1), n=15, unit="calendar_days", day_one="day_after_entry") == Due(
        date(2023, 6, 16)
    )


def test_arrival_on_a_friday_is_day_one() -> None:
    due = register_within(FRIDAY, n=3, unit="working_days", day_one="entry_day", working_days=KAZAKHSTAN)

    assert due == Due(TUESDAY)


def test_counted_from_the_day_after_a_friday_the_third_working_day_is_wednesday() -> None:
    due = register_within(FRIDAY, n=3, unit="working_days", day_one="day_after_entry", working_days=KAZAKHSTAN)

    assert due == Due(WEDNESDAY)


@pytest.mark.parametrize("arrival", [SATURDAY, SUNDAY])
def test_arrival_on_a_day_off_is_day_one_and_the_later_reading_is_shown(arrival: date) -> None:
    due = register_within(arrival, n=3, unit="working_days", day_one="entry_day", working_days=KAZAKHSTAN)

    assert due == Due(TUESDAY, alternative=WEDNESDAY)


def test_one_working_day_on_a_day_off_is_that_day_or_the_next_working_day() -> None:
    due = register_within(SATURDAY, n=1, unit="working_days", day_one="entry_day", working_days=KAZAKHSTAN)

    assert due == Due(SATURDAY, alternative=MONDAY)


def test_a_due_date_on_a_holiday_does_not_move() -> None:
    assert register_within(date(2024, 5, 1), n=8, unit="calendar_days", day_one="entry_day") == Due(date(2024, 5, 8))


def test_hours_run_from_the_first_or_the_last_hour_of_the_day() -> None:
    def within(n: int) -> Due:
        return register_within(FRIDAY, n=n, unit="hours", day_one="entry_day")

    assert within(24) == Due(FRIDAY, alternative=SATURDAY)
    assert within(25) == Due(SATURDAY, alternative=SUNDAY)
    assert within(72) == Due(SUNDAY, alternative=MONDAY)
    assert register_within(FRIDAY, n=24, unit="hours", day_one="day_after_entry") == Due(SATURDAY)


def test_renewal_every_six_months_from_the_end_of_august() -> None:
    assert renew_every(date(2022, 8, 31), Period(6, "months")) == Due(date(2023, 2, 28), date(2023, 3, 1))


def test_a_window_before_the_end() -> None:
    window = window_before(date(2024, 6, 30), opens=Period(3, "months"), closes=Period(30, "days"))

    assert window == Window(date(2024, 3, 30), Due(date(2024, 5, 31)))
    assert window_before(date(2024, 6, 30), opens=None, closes=Period(0, "days")).due == Due(date(2024, 6, 30))
    closing_in_february = window_before(date(2024, 5, 31), opens=None, closes=Period(3, "months"))
    assert closing_in_february.due == Due(date(2024, 2, 29), date(2024, 3, 1))
