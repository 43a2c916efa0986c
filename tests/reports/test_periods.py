"""Months and quarters for which reports are kept."""

from datetime import date

import pytest

from casework.reports.periods import Period, month_of, parse_period, periods_to_keep, quarter_of


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_key_names_a_period_and_the_period_its_key(key: str, first: date, last: date) -> None:
    period = parse_period(key)

    assert (period.first, period.last, period.key) == (first, last, key)


@pytest.mark.parametrize("key", ["", "2026", "2026-13", "2026-00", "2026-q5", "2026-1", "0000-01", "2026-10-01", "x"])
def test_other_keys_name_none(key: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_period(key)


@pytest.mark.parametrize(("first", "months"), [(date(2026, 10, 2), 1), (date(2026, 10, 1), 2), (date(2026, 11, 1), 3)])
def test_a_part_of_a_month_or_of_the_year_is_no_period(first: date, months: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Period(first, months)


def test_a_period_is_settled_five_days_after_its_last_day() -> None:
    october = month_of(date(2026, 10, 14))

    assert not october.is_settled(date(2026, 11, 5))
    assert october.is_settled(date(2026, 11, 6))


def test_a_month_overlaps_its_quarter_and_no_other_month() -> None:
    october, november = month_of(date(2026, 10, 1)), month_of(date(2026, 11, 1))

    assert october.overlaps(quarter_of(date(2026, 12, 31)))
    assert not october.overlaps(november)
    assert not october.overlaps(quarter_of(date(2026, 9, 30)))


def test_two_years_of_settled_months_and_quarters_are_there_to_keep() -> None:
    found = list(periods_to_keep(date(2026, 11, 27)))

    assert [period.key for period in found[:3]] == ["2026-10", "2026-q3", "2026-09"]
    assert {period.key for period in found if not period.is_quarter} >= {"2024-11", "2026-10"}
    assert len(found) == 24 + 7
    assert min(period.first for period in found) == date(2024, 11, 1)
    assert "2026-10" not in {period.key for period in periods_to_keep(date(2026, 11, 5))}
