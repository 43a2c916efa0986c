"""Extensions, absence, days away and time served, on the day before, the day, and the day after."""

from datetime import date

import pytest

from casework.lib.periods import Period
from casework.residency.rules.duties import Due, document_needed_until, document_serves_until
from casework.residency.rules.tenure import (
    Extension,
    absences_between,
    eligible_on,
    extensions_of,
    may_return_from,
    must_stay_away,
    return_by,
    served_since,
)

from .making import day

ORDINANCE = Extension(day("2024-02-01"), day("2025-03-04"))


def n(text: str) -> int:
    return day(text).toordinal()


@pytest.mark.parametrize(
    ("since", "until", "reached"),
    [
        ("2022-05-01", "2024-01-31", []),
        ("2022-05-01", "2024-02-01", [0]),
        ("2022-05-01", "2024-02-02", [0]),
        ("2024-01-31", "2024-12-31", [0]),
        ("2024-02-01", "2024-12-31", [0]),
        ("2024-02-02", "2024-12-31", []),
        ("2022-05-01", "2025-03-03", [0]),
        ("2022-05-01", "2025-03-04", []),
        ("2022-05-01", "2025-03-05", []),
    ],
)
def test_a_permit_is_extended_that_was_valid_on_the_day_and_would_end_before(
    since: str, until: str, reached: list[int]
) -> None:
    assert extensions_of(day(since), day(until), [ORDINANCE]) == reached


def test_a_permit_whose_first_day_is_not_known_is_extended() -> None:
    assert extensions_of(None, day("2024-03-04"), [ORDINANCE]) == [0]


@pytest.mark.parametrize(
    ("travel_days", "due"),
    [
        (None, Due(day("2026-11-30"), day("2026-12-02"))),
        ("absent", Due(day("2026-11-30"))),
        ("present", Due(day("2026-12-02"))),
    ],
)
def test_thirty_days_of_absence_by_each_reading_of_the_days_of_travel(travel_days: str | None, due: Due) -> None:
    assert return_by(n("2026-11-01"), 30, travel_days=travel_days) == due


def test_nobody_must_be_back_before_they_left() -> None:
    used_up = [(n("2026-01-01"), n("2026-10-01"))]

    assert return_by(n("2026-11-01"), 30, absences=used_up) == Due(day("2026-11-01"))


def test_absences_are_those_between_stays_since_the_permit_began() -> None:
    stays = [(n("2026-01-01"), n("2026-01-10")), (n("2026-02-01"), n("2026-02-10")), (n("2026-03-01"), n("2026-03-10"))]

    assert absences_between(stays, 0, n("2026-03-10")) == [
        (n("2026-01-10"), n("2026-02-01")),
        (n("2026-02-10"), n("2026-03-01")),
    ]
    assert absences_between(stays, n("2026-01-11"), n("2026-03-10")) == [(n("2026-02-10"), n("2026-03-01"))]
    assert absences_between(stays, 0, n("2026-02-20")) == [(n("2026-01-10"), n("2026-02-01"))]
    # Who leaves on one day and is back on the next was never away for a day.
    assert absences_between([(n("2026-01-01"), n("2026-01-10")), (n("2026-01-11"), n("2026-01-20"))], 0, 10**6) == []


@pytest.mark.parametrize(("stayed", "away"), [(89, False), (90, True), (91, True)])
def test_the_time_away_is_set_off_on_the_day_on_which_the_limit_is_used_up(stayed: int, away: bool) -> None:
    assert must_stay_away("limit_used", 90, stayed) is away
    assert must_stay_away("exit", None, stayed)


def test_so_many_full_days_lie_between_exit_and_entry() -> None:
    assert date.fromordinal(may_return_from(n("2026-05-10"), 30)) == day("2026-06-10")
    assert date.fromordinal(may_return_from(n("2026-05-10"), 1)) == day("2026-05-12")


@pytest.mark.parametrize(
    ("on", "serves"), [("2025-05-31", False), ("2025-06-01", True), ("2027-05-31", True), ("2027-06-01", False)]
)
def test_time_is_served_while_the_permit_runs(on: str, serves: bool) -> None:
    permits = [(n("2025-06-01"), n("2027-05-31"))]

    assert (served_since(permits, n("2025-01-01"), on=n(on), continuity=True) is not None) is serves


def test_time_is_counted_from_the_later_of_permit_and_entry() -> None:
    permits = [(n("2025-06-01"), n("2027-05-31"))]

    def since(entered: str) -> tuple[date, bool]:
        served = served_since(permits, n(entered), on=n("2026-11-22"), continuity=True)
        assert served is not None
        return date.fromordinal(served.since), served.by_presence

    assert since("2025-05-31") == (day("2025-06-01"), False)
    assert since("2025-06-01") == (day("2025-06-01"), False)
    assert since("2025-06-02") == (day("2025-06-02"), True)
    assert served_since(permits, None, on=n("2026-11-22"), continuity=True) is None


def test_permits_that_touch_are_one_and_a_break_of_a_day_is_a_break() -> None:
    def since(second: str) -> tuple[date, bool]:
        permits = [(n("2024-01-01"), n("2024-12-31")), (n(second), n("2027-12-31"))]
        served = served_since(permits, None, on=n("2026-11-22"), continuity=False)
        assert served is not None
        return date.fromordinal(served.since), served.with_breaks

    assert since("2025-01-01") == (day("2024-01-01"), False)
    assert since("2025-01-02") == (day("2024-01-02"), True)


def test_a_permit_that_has_not_begun_serves_no_time() -> None:
    assert (
        served_since([(n("2027-01-01"), n("2028-01-01"))], n("2026-01-01"), on=n("2026-11-22"), continuity=True) is None
    )


def test_time_is_served_on_the_day_that_both_readings_allow() -> None:
    year = Period(1, "years")

    assert eligible_on(n("2024-02-28"), year) == day("2025-02-28")
    assert eligible_on(n("2024-02-29"), year) == day("2025-03-01")
    assert eligible_on(n("2024-02-29"), year, month_end="last_day") == day("2025-02-28")
    assert eligible_on(n("2024-03-01"), year) == day("2025-03-01")


@pytest.mark.parametrize(
    ("valid_until", "serves", "other"),
    [
        ("2027-05-28", "2027-02-28", None),
        ("2027-05-29", "2027-02-28", "2027-03-01"),
        ("2027-05-31", "2027-02-28", "2027-03-01"),
        ("2027-06-01", "2027-03-01", None),
    ],
)
def test_a_document_serves_until_the_day_from_which_its_validity_is_too_short(
    valid_until: str, serves: str, other: str | None
) -> None:
    due = document_serves_until(day(valid_until), Period(3, "months"))

    assert due == Due(day(serves), day(other) if other else None)


def test_who_enters_on_the_last_day_that_a_document_serves_is_never_turned_away() -> None:
    for months in (1, 3, 6):
        for ordinal in range(n("2027-01-25"), n("2027-03-10")):
            valid_until, period = date.fromordinal(ordinal), Period(months, "months")
            last = document_serves_until(valid_until, period).on
            assert document_needed_until(last, period) <= valid_until
            assert document_needed_until(date.fromordinal(last.toordinal() + 1), period) > valid_until
