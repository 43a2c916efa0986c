"""When a message may go, by the clock of an office."""

from datetime import UTC, datetime, time

import pytest

from casework.reminders.hours import Hours, end_of

BISHKEK = Hours(zone="Asia/Bishkek", quiet_from=time(21), quiet_until=time(7))
BERLIN = Hours(zone="Europe/Berlin", quiet_from=time(21), quiet_until=time(7), calendar="DE")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_by_day_a_message_goes_at_once() -> None:
    assert BISHKEK.first_allowed(at("2026-11-27 09:00")) == at("2026-11-27 09:00")


@pytest.mark.parametrize(
    ("ready", "goes"),
    [
        ("2026-11-27 14:59", "2026-11-27 14:59"),  # 20:59 in Bishkek
        ("2026-11-27 15:00", "2026-11-28 01:00"),  # 21:00: quiet until seven
        ("2026-11-27 23:00", "2026-11-28 01:00"),  # 05:00
        ("2026-11-28 00:59", "2026-11-28 01:00"),
        ("2026-11-28 01:00", "2026-11-28 01:00"),  # seven sharp
    ],
)
def test_in_quiet_hours_it_waits_until_they_end(ready: str, goes: str) -> None:
    assert BISHKEK.first_allowed(at(ready)) == at(goes)


def test_quiet_hours_that_do_not_span_midnight_end_on_the_same_day() -> None:
    noon = Hours(zone="UTC", quiet_from=time(12), quiet_until=time(14))

    assert noon.first_allowed(at("2026-11-27 12:30")) == at("2026-11-27 14:00")
    assert noon.first_allowed(at("2026-11-27 22:30")) == at("2026-11-27 22:30")


def test_without_quiet_hours_any_hour_will_do() -> None:
    assert Hours(zone="UTC").first_allowed(at("2026-11-27 03:00")) == at("2026-11-27 03:00")


def test_quiet_hours_end_by_the_clock_of_the_wall_when_clocks_change() -> None:
    winter = BERLIN.first_allowed(at("2026-10-24 22:00"))  # the night in which summer time ends
    summer = Hours(zone="Europe/Berlin", quiet_from=time(21), quiet_until=time(7)).first_allowed(at("2027-03-27 22:00"))

    assert winter == at("2026-10-26 06:00")  # Monday, seven by winter time
    assert summer == at("2027-03-28 05:00")  # Sunday, seven by summer time


def test_a_quiet_hour_that_ends_in_the_hour_that_is_skipped_ends_after_it() -> None:
    hours = Hours(zone="Europe/Berlin", quiet_from=time(21), quiet_until=time(2, 30))

    assert hours.first_allowed(at("2027-03-27 23:00")) == at("2027-03-28 01:30")  # 03:30, which 02:30 became


def test_almaty_after_its_change_of_2024_is_five_hours_ahead() -> None:
    almaty = Hours(zone="Asia/Almaty", quiet_from=time(21), quiet_until=time(7))

    assert almaty.first_allowed(at("2024-02-28 20:00")) == at("2024-02-29 01:00")
    assert almaty.first_allowed(at("2024-03-01 20:00")) == at("2024-03-02 02:00")


def test_on_days_off_it_waits_for_the_next_working_day() -> None:
    assert BERLIN.first_allowed(at("2026-11-28 10:00")) == at("2026-11-30 06:00")


def test_what_would_come_too_late_goes_on_the_day_off() -> None:
    assert BERLIN.first_allowed(at("2026-11-28 10:00"), at_latest=at("2026-11-29 23:00")) == at("2026-11-28 10:00")


def test_what_is_due_today_waits_for_the_morning_of_today_and_not_for_tomorrow() -> None:
    ends = end_of(datetime(2026, 11, 27, tzinfo=UTC).date(), "Asia/Bishkek")

    assert ends == at("2026-11-27 18:00")
    assert BISHKEK.first_allowed(at("2026-11-26 20:00"), at_latest=ends) == at("2026-11-27 01:00")
    assert BISHKEK.first_allowed(at("2026-11-27 16:00"), at_latest=ends) == at("2026-11-27 16:00")


def test_a_country_without_a_calendar_works_every_day() -> None:
    nowhere = Hours(zone="UTC", calendar="XX")

    assert nowhere.first_allowed(at("2026-11-28 10:00")) == at("2026-11-28 10:00")


def test_once_a_day_is_the_next_time_that_the_clock_shows_it() -> None:
    assert BISHKEK.next_at(time(8), at("2026-11-27 01:00")) == at("2026-11-27 02:00")
    assert BISHKEK.next_at(time(8), at("2026-11-27 02:01")) == at("2026-11-28 02:00")


def test_once_a_day_is_at_its_hour_after_days_off_too() -> None:
    """Else Monday had two: one early for what came up on Saturday, and its own."""
    assert BERLIN.next_at(time(17), at("2026-11-27 17:00")) == at("2026-11-30 16:00")
    assert BERLIN.next_at(time(17), at("2026-11-28 10:00")) == at("2026-11-30 16:00")


def test_once_a_day_is_too_late_for_what_is_due_before_it() -> None:
    assert BISHKEK.next_at(time(8), at("2026-11-27 09:00"), at_latest=at("2026-11-27 18:00")) == at("2026-11-27 09:00")
