"""Wall times: which instant they mean, and when they do not say it."""

import datetime as dt

import pytest

from casework.lib.wall_time import NoSuchTime, TwoSuchTimes, instant_of, is_zone, likeliest_instant

BERLIN = "Europe/Berlin"


def test_a_plain_hour_is_one_instant() -> None:
    assert instant_of(dt.date(2026, 11, 27), dt.time(10), "Asia/Almaty") == dt.datetime(2026, 11, 27, 5, tzinfo=dt.UTC)


def test_an_hour_that_comes_twice_is_asked_about_and_the_answer_counts() -> None:
    day, time = dt.date(2026, 10, 25), dt.time(2, 30)

    with pytest.raises(TwoSuchTimes):
        instant_of(day, time, BERLIN)

    assert instant_of(day, time, BERLIN, fold=0) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert instant_of(day, time, BERLIN, fold=1) == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


def test_an_hour_that_does_not_exist_is_refused_with_its_neighbours() -> None:
    with pytest.raises(NoSuchTime) as gap:
        instant_of(dt.date(2026, 3, 29), dt.time(2, 30), BERLIN, fold=0)

    assert f"{gap.value.before:%H:%M} {gap.value.after:%H:%M}" == "01:30 03:30"


def test_an_answer_that_is_not_needed_changes_nothing() -> None:
    assert instant_of(dt.date(2026, 7, 1), dt.time(9), BERLIN, fold=1) == dt.datetime(2026, 7, 1, 7, tzinfo=dt.UTC)


def test_almaty_moved_its_clocks_on_1_march_2024() -> None:
    before = instant_of(dt.date(2024, 2, 28), dt.time(10), "Asia/Almaty")
    after = instant_of(dt.date(2024, 3, 2), dt.time(10), "Asia/Almaty")

    assert (before.hour, after.hour) == (4, 5)


def test_what_is_gone_since_the_clocks_changed_is_placed_behind_the_gap_and_said() -> None:
    instant, is_unclear = likeliest_instant(dt.date(2026, 3, 29), dt.time(2, 30), BERLIN, fold=0)

    assert (instant, is_unclear) == (dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC), True)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "a\0b"])
def test_what_is_no_zone_is_told(name: str) -> None:
    assert not is_zone(name)
    assert is_zone("Asia/Bishkek")
