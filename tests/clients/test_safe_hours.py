"""When somebody may be called, on their own clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clients.safe_hours import SafeHours, is_safe_now, next_safe_time, safe_until

BISHKEK, BERLIN = "Asia/Bishkek", "Europe/Berlin"


def at(text: str, zone: str = BISHKEK, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def hours(since: str = "", until: str = "", *days: int, zone: str = BISHKEK) -> SafeHours:
    read = dt.time.fromisoformat
    return SafeHours(
        zone=zone,
        days=frozenset(days),
        since=read(since) if since else None,
        until=read(until) if until else None,
    )


@pytest.mark.parametrize(
    ("instant", "safe"),
    [("2026-11-27T17:59", False), ("2026-11-27T18:00", True), ("2026-11-27T20:59", True), ("2026-11-27T21:00", False)],
)
def test_hours_begin_with_their_first_minute_and_end_before_their_last(instant: str, safe: bool) -> None:
    assert is_safe_now(hours("18:00", "21:00"), at(instant)) is safe


def test_the_clock_that_counts_is_theirs() -> None:
    evening = dt.datetime(2026, 11, 27, 12, 30, tzinfo=dt.UTC)

    assert is_safe_now(hours("18:00", "21:00"), evening) is True
    assert is_safe_now(hours("18:00", "21:00", zone=BERLIN), evening) is False


def test_a_night_that_begins_on_friday_is_a_fridays_also_after_midnight() -> None:
    nights = hours("22:00", "02:00", 5)

    assert is_safe_now(nights, at("2026-11-27T23:00")) is True
    assert is_safe_now(nights, at("2026-11-28T01:59")) is True
    assert is_safe_now(nights, at("2026-11-28T02:00")) is False
    assert is_safe_now(nights, at("2026-11-27T01:00")) is False


def test_no_days_and_no_hours_are_always() -> None:
    assert is_safe_now(hours(), at("2026-11-27T03:00")) is True
    assert safe_until(hours(), at("2026-11-27T03:00")) is None


def test_days_without_hours_are_whole_days() -> None:
    weekend = hours("", "", 6, 7)

    assert is_safe_now(weekend, at("2026-11-27T23:59")) is False
    assert next_safe_time(weekend, at("2026-11-27T23:59")) == at("2026-11-28T00:00")
    assert safe_until(weekend, at("2026-11-28T10:00")) == at("2026-11-30T00:00")


def test_the_next_safe_time_may_be_a_week_away() -> None:
    assert next_safe_time(hours("18:00", "21:00", 5), at("2026-11-27T21:00")) == at("2026-12-04T18:00")


def test_it_is_now_where_now_is_safe() -> None:
    now = at("2026-11-27T18:30")

    assert next_safe_time(hours("18:00", "21:00"), now) == now
    assert safe_until(hours("18:00", "21:00"), now) == at("2026-11-27T21:00")


def test_hours_that_the_clock_skips_begin_where_it_goes_on() -> None:
    """On 29 March 2026 Berlin goes from 02:00 to 03:00."""
    early = hours("02:30", "05:00", zone=BERLIN)

    begin = next_safe_time(early, at("2026-03-29T01:00", BERLIN))

    assert (begin.hour, begin.minute, begin.utcoffset()) == (3, 0, dt.timedelta(hours=2))
    assert begin.astimezone(dt.UTC) == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)


def test_hours_that_are_skipped_as_a_whole_wait_for_the_next_day() -> None:
    assert next_safe_time(hours("02:10", "02:50", zone=BERLIN), at("2026-03-29T01:00", BERLIN)) == at(
        "2026-03-30T02:10", BERLIN
    )


def test_an_hour_that_comes_twice_is_read_off_the_clock_twice() -> None:
    """On 25 October 2026 Berlin goes from 03:00 back to 02:00."""
    early = hours("02:30", "04:00", zone=BERLIN)

    assert is_safe_now(early, at("2026-10-25T02:45", BERLIN, fold=0)) is True
    assert is_safe_now(early, at("2026-10-25T02:15", BERLIN, fold=1)) is False
    again = next_safe_time(early, at("2026-10-25T02:15", BERLIN, fold=1))
    assert again.astimezone(dt.UTC) == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


clocks = st.times().map(lambda time: time.replace(second=0, microsecond=0))


@st.composite
def some_hours(draw: st.DrawFn) -> SafeHours:
    since, until = draw(st.lists(clocks, min_size=2, max_size=2, unique=True))
    zone = draw(st.sampled_from([BISHKEK, BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"]))
    return SafeHours(zone=zone, days=draw(st.frozensets(st.integers(1, 7))), since=since, until=until)


@settings(max_examples=150)
@given(some_hours(), st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 1), timezones=st.just(dt.UTC)))
def test_the_next_safe_time_is_safe_and_nothing_before_it_is(safe: SafeHours, instant: dt.datetime) -> None:
    found = next_safe_time(safe, instant)

    assert is_safe_now(safe, found)
    step = (found - instant) / 40
    assert not any(is_safe_now(safe, instant + step * number) for number in range(40)) or found == instant
