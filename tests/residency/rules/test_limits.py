"""Every kind of limit at its boundary: the last day that is lawful, and the first that is not."""

from datetime import date
from typing import Any

import pytest

from casework.residency.rules.examples import compute
from casework.residency.rules.limits import rolling_excess
from casework.residency.rules.visits import Presence, visits_of

SHORT = {"kind": "rolling_window", "days": 90, "window_days": 180}


def answers(
    rule: dict[str, Any] | list[dict[str, Any]], stays: list[tuple[str, str | None]], on: str, **more: Any
) -> dict[str, Any]:
    rules = rule if isinstance(rule, list) else [rule]
    case = {
        "id": "case",
        "rules": rules,
        "stays": [{"entry": entry, "exit": left} for entry, left in stays],
        "on": on,
    }
    return compute(case | more)


def over(answer: dict[str, Any]) -> tuple[bool, str | None, int]:
    return answer["overstay"], answer["first_overstay_day"], answer["days_over_limit"]


# Days in a row


def test_thirty_days_in_a_row_end_on_the_thirtieth() -> None:
    rule = {"kind": "consecutive_days", "days": 30}

    assert answers(rule, [("2023-05-01", None)], "2023-05-30")["last_lawful_day"] == "2023-05-30"
    assert answers(rule, [("2023-05-01", None)], "2023-05-31")["last_lawful_day"] is None
    assert over(answers(rule, [("2023-05-01", "2023-05-30")], "2023-06-30")) == (False, None, 0)
    assert over(answers(rule, [("2023-05-01", "2023-06-01")], "2023-06-30")) == (True, "2023-05-31", 2)


def test_an_exit_and_return_on_one_day_starts_the_days_anew() -> None:
    rule = {"kind": "consecutive_days", "days": 30}
    stays: list[tuple[str, str | None]] = [("2023-05-01", "2023-05-31"), ("2023-05-31", None)]

    answer = answers(rule, stays, "2023-06-10")

    assert answer["days_used"] == 11
    assert answer["last_lawful_day"] == "2023-06-29"
    assert over(answer) == (False, None, 0)


def test_days_of_entry_and_exit_can_be_left_out() -> None:
    rule = {"kind": "consecutive_days", "days": 30}

    without_entry = answers(rule | {"count_entry_day": False}, [("2023-05-01", None)], "2023-05-01")
    without_exit = answers(rule | {"count_exit_day": False}, [("2023-05-01", "2023-05-31")], "2023-05-31")

    assert (without_entry["days_used"], without_entry["last_lawful_day"]) == (0, "2023-05-31")
    assert (without_exit["days_used"], without_exit["overstay"]) == (30, False)


# Months and years


@pytest.mark.parametrize(
    ("period", "entry", "last"),
    [
        ({"years": 1}, "2023-05-01", "2024-04-30"),
        ({"years": 1}, "2024-02-29", "2025-02-27"),
        ({"months": 1}, "2023-01-31", "2023-02-27"),
        ({"months": 6}, "2022-08-31", "2023-02-27"),
        ({"days": 30}, "2023-05-01", "2023-05-30"),
        ({"days": 365}, "2024-01-01", "2024-12-30"),
        ({"years": 1}, "2024-01-01", "2024-12-31"),
    ],
)
def test_a_period_from_entry_counts_the_day_of_entry_and_takes_the_earlier_month_end(
    period: dict[str, int], entry: str, last: str
) -> None:
    answer = answers({"kind": "period_from_entry"} | period, [(entry, None)], entry)

    assert answer["last_lawful_day"] == last


def test_a_period_without_the_day_of_entry_is_one_day_longer() -> None:
    rule = {"kind": "period_from_entry", "years": 1, "count_entry_day": False}

    assert answers(rule, [("2023-05-01", None)], "2023-05-01")["last_lawful_day"] == "2024-05-01"


def test_people_who_were_there_before_may_stay_until_a_fixed_day() -> None:
    rule = {
        "kind": "period_from_entry",
        "years": 1,
        "cohort": {"entered_before": "2025-02-24", "until": "2026-02-24"},
    }

    assert answers(rule, [("2024-03-10", None)], "2025-06-01")["last_lawful_day"] == "2026-02-24"
    assert answers(rule, [("2025-02-24", None)], "2025-06-01")["last_lawful_day"] == "2026-02-23"


# Windows


def test_ninety_days_end_on_the_ninetieth_and_begin_again_after_ninety_away() -> None:
    stays: list[tuple[str, str | None]] = [("2026-06-10", "2026-09-07")]

    assert over(answers(SHORT, stays, "2026-09-08")) == (False, None, 0)
    assert answers(SHORT, stays, "2026-09-07")["max_stay"] == 1
    assert answers(SHORT, stays, "2026-09-08")["max_stay"] == 0
    assert answers(SHORT, stays, "2026-09-08")["earliest_entry"] == "2026-12-07"
    assert answers(SHORT, stays, "2026-12-07")["max_stay"] == 90


def test_the_ninety_first_day_is_over_the_limit() -> None:
    assert over(answers(SHORT, [("2026-06-10", "2026-09-08")], "2026-09-08")) == (True, "2026-09-08", 1)


def test_days_that_leave_the_window_come_back_while_one_stays() -> None:
    stays: list[tuple[str, str | None]] = [("2014-01-01", "2014-01-15"), ("2014-02-15", "2014-04-30")]

    answer = answers(SHORT, stays, "2014-06-30")

    assert (answer["days_used"], answer["max_stay"]) == (89, 15)


def test_a_past_overstay_does_not_block_planning() -> None:
    stays: list[tuple[str, str | None]] = [("2013-09-01", "2013-09-30"), ("2014-02-21", "2014-06-09")]

    answer = answers(SHORT, stays, "2014-12-06")

    assert answer["overstay"]
    assert answer["max_stay"] == 90


def test_an_anchored_window_begins_anew_with_the_first_day_after_it() -> None:
    rule = {"kind": "anchored_window", "days": 90, "window_days": 180}
    stays: list[tuple[str, str | None]] = [("2024-01-01", "2024-01-10"), ("2024-04-10", "2024-06-28")]

    assert answers(rule, stays, "2024-06-28")["days_used"] == 90
    assert answers(rule, stays, "2024-06-28")["last_lawful_day"] == "2024-09-26"
    assert answers(rule, stays, "2024-06-29")["max_stay"] == 90
    assert answers(SHORT, stays, "2024-06-29")["max_stay"] == 10


def test_a_calendar_year_begins_anew_in_january() -> None:
    rule = {"kind": "calendar_year", "days": 90}

    spent = answers(rule, [("2025-01-01", "2025-03-31")], "2025-06-01")
    crossing = answers(rule, [("2025-12-01", None)], "2025-12-01")

    assert (spent["max_stay"], spent["earliest_entry"]) == (0, "2026-01-01")
    assert crossing["last_lawful_day"] == "2026-03-31"
    assert answers(rule, [("2022-12-25", "2023-01-05")], "2023-12-31")["days_used"] == 5


def test_a_fixed_day_is_the_last_lawful_one() -> None:
    rule = {"kind": "until_date", "until": "2027-03-04"}

    assert answers(rule, [("2026-01-01", None)], "2027-03-04")["max_stay"] == 1
    assert answers(rule, [("2026-01-01", None)], "2027-03-05")["max_stay"] == 0
    assert answers(rule, [], "2027-03-05")["earliest_entry"] is None


def test_what_limits_nothing_for_ten_years_limits_nothing() -> None:
    answer = answers({"kind": "calendar_year", "days": 366}, [("2026-01-01", None)], "2026-01-01")

    assert (answer["last_lawful_day"], answer["max_stay"]) == (None, None)


# Conjunctions


def test_under_two_limits_the_earlier_ends_the_stay() -> None:
    both = [SHORT, {"kind": "consecutive_days", "days": 60}]

    assert answers(both, [("2025-05-01", "2025-05-15"), ("2025-08-10", "2025-09-25")], "2025-10-18")["max_stay"] == 43
    assert answers(both, [("2025-05-01", None)], "2025-05-01")["last_lawful_day"] == "2025-06-29"


def test_days_used_speak_of_the_first_limit() -> None:
    stays: list[tuple[str, str | None]] = [("2025-01-01", "2025-01-10"), ("2025-02-01", None)]
    per_visit = {"kind": "consecutive_days", "days": 60}

    assert answers([SHORT, per_visit], stays, "2025-02-05")["days_used"] == 15
    assert answers([per_visit, SHORT], stays, "2025-02-05")["days_used"] == 5


def test_outside_every_visit_no_day_of_a_visit_is_used() -> None:
    assert answers({"kind": "consecutive_days", "days": 60}, [("2025-01-01", "2025-01-10")], "2025-02-05") | {
        "last_lawful_day": None
    } == {
        "days_used": 0,
        "last_lawful_day": None,
        "max_stay": 60,
        "overstay": False,
        "first_overstay_day": None,
        "days_over_limit": 0,
        "earliest_entry": "2025-02-05",
    }


# What is planned


def test_a_planned_stay_limits_the_current_one() -> None:
    stays: list[tuple[str, str | None]] = [("2026-01-01", None), ("2026-03-01", "2026-04-29")]

    answer = answers(SHORT, stays, "2026-01-10")

    # 60 planned days leave 30: the current stay may last to 30 January.
    assert answer["last_lawful_day"] == "2026-01-30"


def test_of_a_plan_that_is_too_long_the_days_that_are_lawful_must_stay_so() -> None:
    stays: list[tuple[str, str | None]] = [("2026-01-01", "2026-01-05"), ("2026-05-01", "2026-08-10")]

    answer = answers(SHORT, stays, "2026-02-01")

    # The ninetieth planned day, 29 July, looks back to 31 January; the days after it break the limit anyway.
    assert answer["max_stay"] == 0
    assert answer["earliest_entry"] == "2026-05-01"
    assert answers(SHORT, stays, "2026-01-30")["max_stay"] == 1


def test_presence_may_run_into_the_day_on_which_a_planned_stay_begins() -> None:
    rule = {"kind": "consecutive_days", "days": 20}
    stays: list[tuple[str, str | None]] = [("2026-01-01", None), ("2026-01-21", "2026-02-05")]

    answer = answers(rule, stays, "2026-01-10")

    # On 21 January they leave and come back: that day is day one of the planned visit.
    assert answer["last_lawful_day"] == "2026-01-21"


def test_an_entry_must_spare_what_is_planned() -> None:
    rule = {"kind": "rolling_window", "days": 10, "window_days": 30}
    plan: list[tuple[str, str | None]] = [("2026-02-01", "2026-02-10")]

    # The last planned day looks back to 12 January.
    assert answers(rule, plan, "2026-01-10")["last_lawful_day"] == "2026-01-11"
    assert answers(rule, plan, "2026-01-11")["earliest_entry"] == "2026-01-11"
    assert answers(rule, plan, "2026-01-12")["earliest_entry"] == "2026-02-01"


# Cost


def test_a_stay_of_ten_years_costs_what_a_stay_of_a_day_costs() -> None:
    first = date(2010, 1, 1).toordinal()
    visits = visits_of([Presence(first, first + 3650)])

    assert len(rolling_excess([visit.span for visit in visits], 180, 90)) == 1
