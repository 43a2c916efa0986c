"""The definitions of the residency engine, a test for each sentence, asked of the engine and of the plain count.

All dates were worked out by hand.
"""

from collections.abc import Callable
from typing import Any

import pytest

from casework.residency.rules.examples import compute
from tests.residency.rules import oracle

Answer = Callable[..., dict[str, Any]]


@pytest.fixture(params=[compute, oracle.answer], ids=["engine", "day by day"])
def answer(request: pytest.FixtureRequest) -> Answer:
    def ask(on: str, *stays: tuple[str, str | None], rules: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        given = [{"entry": entry, "exit": exit_} for entry, exit_ in stays]
        answers: dict[str, Any] = request.param({"id": "x", "rules": rules, "stays": given, "on": on, **more})
        return answers

    return ask


def consecutive(days: int, **flags: bool) -> dict[str, Any]:
    return {"kind": "consecutive_days", "days": days, **flags}


def rolling(days: int, window: int, **flags: bool) -> dict[str, Any]:
    return {"kind": "rolling_window", "days": days, "window_days": window, **flags}


def anchored(days: int, window: int, **flags: bool) -> dict[str, Any]:
    return {"kind": "anchored_window", "days": days, "window_days": window, **flags}


def year(days: int) -> dict[str, Any]:
    return {"kind": "calendar_year", "days": days}


def until(day: str) -> dict[str, Any]:
    return {"kind": "until_date", "until": day}


def period(**length: Any) -> dict[str, Any]:
    return {"kind": "period_from_entry", **length}


def register(n: int, unit: str, day_one: str, calendar: str | None = None) -> dict[str, Any]:
    where = {"calendar": calendar} if calendar else {}
    return {"kind": "register_within", "n": n, "unit": unit, "day_one": day_one, **where}


# --- which days count ------------------------------------------------------------------------------------------------


def test_entry_and_exit_days_count(answer: Answer) -> None:
    assert answer("2024-01-10", ("2024-01-01", "2024-01-10"), rules=[rolling(90, 180)])["days_used"] == 10


def test_the_entry_day_does_not_count_where_the_rule_says_so(answer: Answer) -> None:
    rules = [consecutive(5, count_entry_day=False)]

    answers = answer("2024-01-01", ("2024-01-01", None), rules=rules)

    assert (answers["days_used"], answers["last_lawful_day"]) == (0, "2024-01-06")


def test_the_exit_day_does_not_count_where_the_rule_says_so(answer: Answer) -> None:
    rules = [rolling(90, 180, count_exit_day=False)]
    stay = ("2024-01-01", "2024-01-10")

    assert answer("2024-01-10", stay, rules=rules)["days_used"] == 9
    assert answer("2024-01-09", stay, rules=rules)["days_used"] == 9


def test_who_has_not_left_has_no_exit_day(answer: Answer) -> None:
    rules = [consecutive(5, count_exit_day=False)]

    answers = answer("2024-01-03", ("2024-01-01", None), rules=rules)

    assert (answers["days_used"], answers["last_lawful_day"]) == (3, "2024-01-05")


def test_a_day_counts_once(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-05"), ("2024-01-05", "2024-01-08"), ("2024-01-03", "2024-01-04")]

    assert answer("2024-01-08", *stays, rules=[rolling(90, 180)])["days_used"] == 8


# --- visits ----------------------------------------------------------------------------------------------------------


def test_a_visit_is_one_stay(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-05"), ("2024-01-06", "2024-01-08")]

    assert answer("2024-01-08", *stays, rules=[consecutive(30)])["days_used"] == 3


def test_stays_that_share_more_than_one_day_are_one_visit(answer: Answer) -> None:
    stays = [("2024-01-09", "2024-01-15"), ("2024-01-01", "2024-01-10")]

    assert answer("2024-01-15", *stays, rules=[consecutive(30)])["days_used"] == 15


def test_a_one_day_stay_inside_another_is_part_of_it(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-10"), ("2024-01-05", "2024-01-05")]

    assert answer("2024-01-05", *stays, rules=[consecutive(30)])["days_used"] == 5
    assert answer("2024-01-07", *stays, rules=[consecutive(30)])["days_used"] == 7


def test_a_day_on_which_a_stay_begins_and_another_ends_is_day_one_of_the_new_visit(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-11"), ("2024-01-11", "2024-01-15")]

    on_that_day = answer("2024-01-11", *stays, rules=[consecutive(10)])

    assert (on_that_day["days_used"], on_that_day["overstay"]) == (1, False)
    assert answer("2024-01-13", *stays, rules=[consecutive(10)])["days_used"] == 3


def test_a_one_day_stay_on_the_exit_day_of_another_is_a_new_visit(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-10"), ("2024-01-10", "2024-01-10")]

    assert answer("2024-01-10", *stays, rules=[consecutive(30)])["days_used"] == 1


def test_the_day_two_visits_share_is_an_entry_day(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-05"), ("2024-01-05", "2024-01-08")]

    assert answer("2024-01-06", *stays, rules=[rolling(90, 180, count_exit_day=False)])["days_used"] == 6
    assert answer("2024-01-06", *stays, rules=[rolling(90, 180, count_entry_day=False)])["days_used"] == 4


def test_an_open_stay_lasts_to_the_day_asked_about(answer: Answer) -> None:
    assert answer("2024-01-07", ("2024-01-01", None), rules=[rolling(90, 180)])["days_used"] == 7


# --- days used -------------------------------------------------------------------------------------------------------


def test_days_after_the_day_asked_about_are_not_used(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-10"), ("2024-01-20", "2024-01-22")]

    assert answer("2024-01-04", *stays, rules=[year(90)])["days_used"] == 4


def test_a_rolling_window_ends_on_the_day_asked_about(answer: Answer) -> None:
    stay = ("2024-01-01", "2024-01-04")

    assert answer("2024-01-10", stay, rules=[rolling(5, 10)])["days_used"] == 4
    assert answer("2024-01-11", stay, rules=[rolling(5, 10)])["days_used"] == 3


def test_a_calendar_year_begins_anew_on_new_years_day(answer: Answer) -> None:
    assert answer("2024-01-02", ("2023-12-30", None), rules=[year(90)])["days_used"] == 2


def test_an_anchored_period_begins_with_the_first_presence_and_the_next_with_the_first_after_it(
    answer: Answer,
) -> None:
    stays = [("2024-01-01", "2024-01-02"), ("2024-01-09", "2024-01-12"), ("2024-01-30", "2024-01-31")]
    rules = [anchored(5, 10)]

    assert answer("2024-01-10", *stays, rules=rules)["days_used"] == 4
    assert answer("2024-01-12", *stays, rules=rules)["days_used"] == 2
    assert answer("2024-01-25", *stays, rules=rules)["days_used"] == 0
    assert answer("2024-01-31", *stays, rules=rules)["days_used"] == 2


def test_an_anchored_period_begins_on_an_entry_day_that_does_not_count(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-02"), ("2024-01-09", "2024-01-12")]

    answers = answer("2024-01-12", *stays, rules=[anchored(5, 10, count_entry_day=False)])

    assert answers["days_used"] == 2


@pytest.mark.parametrize(
    "rule", [consecutive(30), period(months=1), until("2024-12-31")], ids=lambda rule: rule["kind"]
)
def test_outside_every_visit_no_day_of_a_visit_is_used(answer: Answer, rule: dict[str, Any]) -> None:
    stay = ("2024-01-01", "2024-01-04")

    assert answer("2024-01-04", stay, rules=[rule])["days_used"] == 4
    assert answer("2024-01-05", stay, rules=[rule])["days_used"] == 0


def test_days_used_are_those_of_the_first_limit(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-04"), ("2024-01-10", "2024-01-11")]

    assert answer("2024-01-11", *stays, rules=[consecutive(30), rolling(90, 180)])["days_used"] == 2
    assert answer("2024-01-11", *stays, rules=[rolling(90, 180), consecutive(30)])["days_used"] == 6


# --- last lawful day -------------------------------------------------------------------------------------------------


def test_the_earliest_limit_of_a_conjunction_wins(answer: Answer) -> None:
    rules = [consecutive(30), until("2024-01-20"), rolling(25, 60)]

    answers = answer("2024-01-05", ("2024-01-01", None), rules=rules)

    assert (answers["last_lawful_day"], answers["max_stay"]) == ("2024-01-20", 16)


def test_the_visit_goes_on_whatever_its_recorded_exit(answer: Answer) -> None:
    answers = answer("2024-01-05", ("2024-01-01", "2024-01-06"), rules=[consecutive(30)])

    assert answers["last_lawful_day"] == "2024-01-30"


def test_of_several_visits_the_latest_begun_goes_on(answer: Answer) -> None:
    stays = [("2024-01-10", "2024-01-10"), ("2024-01-10", "2024-01-12"), ("2024-01-01", "2024-01-10")]

    assert answer("2024-01-10", *stays, rules=[consecutive(5)])["last_lawful_day"] == "2024-01-14"


def test_outside_a_stay_a_new_visit_is_supposed(answer: Answer) -> None:
    answers = answer("2024-01-05", ("2024-01-01", "2024-01-04"), rules=[consecutive(5)])

    assert (answers["last_lawful_day"], answers["max_stay"]) == ("2024-01-09", 5)


def test_old_days_leave_the_window_while_the_presence_goes_on(answer: Answer) -> None:
    answers = answer("2024-01-10", ("2024-01-01", "2024-01-03"), rules=[rolling(5, 10)])

    # On the 11th the 2nd and 3rd are left, on the 13th none: five days from the 10th.
    assert answers["last_lawful_day"] == "2024-01-14"


def test_a_planned_stay_counts_in_full_even_where_it_overlaps_the_visit(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-01-10"), ("2024-01-08", "2024-01-12")]

    # Five days to 5 January and five planned ones are ten; a sixth makes 12 January the eleventh.
    assert answer("2024-01-05", *stays, rules=[rolling(10, 30)])["last_lawful_day"] == "2024-01-05"


def test_planned_days_that_are_lawful_without_this_presence_stay_so(answer: Answer) -> None:
    answers = answer("2024-02-01", ("2024-02-10", "2024-02-15"), rules=[rolling(10, 30)])

    assert (answers["last_lawful_day"], answers["max_stay"]) == ("2024-02-04", 4)


def test_planned_days_that_are_unlawful_anyway_bind_nothing(answer: Answer) -> None:
    rules = [rolling(5, 30), until("2024-02-04")]

    answers = answer("2024-02-01", ("2024-02-10", "2024-02-12"), rules=rules)

    assert answers["last_lawful_day"] == "2024-02-04"


def test_without_this_presence_means_without_the_day_asked_about_too(answer: Answer) -> None:
    stays = [("2024-02-01", None), ("2024-02-10", "2024-02-12")]

    # Two days before the 3rd and three planned ones are five; the 3rd itself is one too many.
    answers = answer("2024-02-03", *stays, rules=[rolling(5, 30)])

    assert (answers["last_lawful_day"], answers["max_stay"]) == (None, 0)


def test_a_presence_that_grows_into_a_planned_stay_makes_one_visit_with_it(answer: Answer) -> None:
    stays = [("2024-01-01", None), ("2024-01-11", "2024-01-15")]

    # To 11 January the planned stay is a visit of five days; from the 12th on it is one of fifteen.
    assert answer("2024-01-05", *stays, rules=[consecutive(12)])["last_lawful_day"] == "2024-01-11"
    assert answer("2024-01-05", *stays, rules=[consecutive(15)])["last_lawful_day"] == "2024-01-15"


def test_there_is_no_last_lawful_day_where_the_day_asked_about_fails(answer: Answer) -> None:
    answers = answer("2024-02-06", ("2024-02-01", None), rules=[rolling(5, 30)])

    assert (answers["last_lawful_day"], answers["max_stay"]) == (None, 0)


def test_a_past_overstay_does_not_block_a_new_visit(answer: Answer) -> None:
    answers = answer("2024-03-01", ("2024-02-01", "2024-02-09"), rules=[consecutive(5)])

    assert (answers["overstay"], answers["last_lawful_day"]) == (True, "2024-03-05")


def test_a_stay_that_stays_lawful_for_ten_years_is_not_limited(answer: Answer) -> None:
    within = answer("2024-02-01", rules=[until("2034-01-31")])
    beyond = answer("2024-02-01", rules=[until("2034-02-01")])
    never = answer("2024-02-01", rules=[rolling(30, 30)])

    assert (within["last_lawful_day"], within["max_stay"]) == ("2034-01-31", 3653)
    assert (beyond["last_lawful_day"], beyond["max_stay"]) == (None, None)
    assert (never["last_lawful_day"], never["max_stay"]) == (None, None)


@pytest.mark.parametrize(
    ("length", "entry", "last"),
    [
        ({"years": 1}, "2024-03-10", "2025-03-09"),
        ({"years": 1}, "2024-02-29", "2025-02-27"),
        ({"months": 1}, "2023-01-31", "2023-02-27"),
        ({"months": 6}, "2022-08-30", "2023-02-27"),
        ({"months": 6}, "2022-08-28", "2023-02-27"),
        ({"years": 1, "count_entry_day": False}, "2024-03-10", "2025-03-10"),
        ({"months": 1, "count_entry_day": False}, "2023-01-31", "2023-02-28"),
    ],
)
def test_a_period_ends_on_the_day_before_the_corresponding_date_because_its_entry_day_counts(
    answer: Answer, length: dict[str, Any], entry: str, last: str
) -> None:
    answers = answer(entry, (entry, None), rules=[period(**length)])

    assert answers["last_lawful_day"] == last


def test_a_period_begins_anew_with_each_visit(answer: Answer) -> None:
    stays = [("2024-01-01", "2024-02-05"), ("2024-02-05", "2024-02-10")]

    answers = answer("2024-02-10", *stays, rules=[period(months=1)])

    # February 1 to 4; the 5th is day one of the second visit.
    assert (answers["days_over_limit"], answers["first_overstay_day"]) == (4, "2024-02-01")
    assert answers["last_lawful_day"] == "2024-03-04"


# --- overstay --------------------------------------------------------------------------------------------------------


def test_an_overstay_has_a_first_day_and_a_number_of_days(answer: Answer) -> None:
    answers = answer("2024-02-20", ("2024-02-01", "2024-02-07"), rules=[rolling(5, 30)])

    assert (answers["overstay"], answers["first_overstay_day"], answers["days_over_limit"]) == (True, "2024-02-06", 2)


def test_an_overstay_looks_no_further_than_the_day_asked_about(answer: Answer) -> None:
    stays = [("2024-02-01", "2024-02-07"), ("2024-02-10", "2024-02-20")]

    before, during = (answer(on, *stays, rules=[rolling(5, 30)]) for on in ("2024-02-05", "2024-02-06"))

    assert (before["overstay"], before["first_overstay_day"], before["days_over_limit"]) == (False, None, 0)
    assert (during["overstay"], during["first_overstay_day"], during["days_over_limit"]) == (True, "2024-02-06", 1)


def test_a_day_that_breaks_two_limits_is_one_day_over_the_limit(answer: Answer) -> None:
    rules = [consecutive(5), rolling(6, 30), until("2024-02-07")]

    answers = answer("2024-02-08", ("2024-02-01", None), rules=rules)

    assert (answers["first_overstay_day"], answers["days_over_limit"]) == ("2024-02-06", 3)


@pytest.mark.parametrize("limit", [consecutive, lambda days, **flags: period(days=days, **flags)])
def test_leaving_on_a_day_that_does_not_count_is_no_overstay(answer: Answer, limit: Callable[..., Any]) -> None:
    rules = [limit(5, count_exit_day=False)]

    assert answer("2024-02-06", ("2024-02-01", "2024-02-06"), rules=rules)["overstay"] is False
    assert answer("2024-02-07", ("2024-02-01", "2024-02-07"), rules=rules)["days_over_limit"] == 2


# --- earliest entry --------------------------------------------------------------------------------------------------


def test_inside_a_stay_there_is_no_earliest_entry(answer: Answer) -> None:
    assert answer("2024-02-05", ("2024-02-01", "2024-02-05"), rules=[consecutive(5)])["earliest_entry"] is None


def test_the_earliest_entry_is_the_first_day_on_which_one_day_is_lawful(answer: Answer) -> None:
    stay = ("2024-02-01", "2024-02-05")

    assert answer("2024-02-06", stay, rules=[consecutive(5)])["earliest_entry"] == "2024-02-06"
    # 2 March is the first day whose 30 days no longer hold 1 February.
    assert answer("2024-02-06", stay, rules=[rolling(5, 30)])["earliest_entry"] == "2024-03-02"
    assert answer("2024-02-06", stay, rules=[anchored(5, 30)])["earliest_entry"] == "2024-03-02"
    assert answer("2024-02-06", stay, rules=[year(5)])["earliest_entry"] == "2025-01-01"


def test_the_earliest_entry_leaves_planned_days_lawful(answer: Answer) -> None:
    answers = answer("2024-02-01", ("2024-02-10", "2024-02-14"), rules=[rolling(5, 30)])

    assert answers["earliest_entry"] == "2024-02-10"


def test_an_entry_during_a_planned_stay_is_judged_as_a_new_visit(answer: Answer) -> None:
    rules = [consecutive(2), year(3)]
    stays = [("2023-12-01", "2023-12-03"), ("2023-12-28", "2024-01-10")]

    # The year is used up to its end; 1 January is the fifth day of the planned visit, but day one of a new one.
    assert answer("2023-12-20", *stays, rules=rules)["earliest_entry"] == "2024-01-01"


def test_there_is_no_earliest_entry_where_none_will_be_lawful(answer: Answer) -> None:
    assert answer("2024-02-02", rules=[until("2024-02-01")])["earliest_entry"] is None


# --- registration ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "due_on"), [("2024-01-12", "2024-01-14"), ("2024-01-09", "2024-01-07"), ("2024-01-10", "2024-01-14")]
)
def test_registration_is_due_for_the_visit_of_the_day_or_the_last_before_it(
    answer: Answer, on: str, due_on: str
) -> None:
    stays = [("2024-01-10", "2024-01-20"), ("2024-01-03", "2024-01-08"), ("2024-01-03", "2024-01-04")]

    answers = answer(on, *stays, rules=[register(5, "calendar_days", "entry_day")])

    assert (answers["due_on"], answers["alternative"]) == (due_on, None)


def test_nothing_is_to_be_registered_before_the_first_visit(answer: Answer) -> None:
    answers = answer("2024-01-01", ("2024-01-10", "2024-01-20"), rules=[register(5, "calendar_days", "entry_day")])

    assert (answers["due_on"], answers["alternative"]) == (None, None)


def test_calendar_days_are_counted_from_day_one(answer: Answer) -> None:
    stay = ("2023-06-01", None)

    from_entry, from_next = (
        answer("2023-06-01", stay, rules=[register(15, "calendar_days", day_one)])["due_on"]
        for day_one in ("entry_day", "day_after_entry")
    )

    assert (from_entry, from_next) == ("2023-06-15", "2023-06-16")


def test_an_entry_day_that_is_no_working_day_is_day_one_and_the_other_reading_is_shown(answer: Answer) -> None:
    # 15 July 2023 is a Saturday.
    answers = answer("2023-07-15", ("2023-07-15", None), rules=[register(3, "working_days", "entry_day", "RS")])

    assert (answers["due_on"], answers["alternative"]) == ("2023-07-18", "2023-07-19")


def test_an_entry_day_that_is_a_working_day_has_one_reading(answer: Answer) -> None:
    answers = answer("2023-07-14", ("2023-07-14", None), rules=[register(3, "working_days", "entry_day", "RS")])

    assert (answers["due_on"], answers["alternative"]) == ("2023-07-18", None)


def test_from_the_day_after_entry_day_one_is_the_first_working_day(answer: Answer) -> None:
    answers = answer("2023-07-14", ("2023-07-14", None), rules=[register(3, "working_days", "day_after_entry", "RS")])

    assert (answers["due_on"], answers["alternative"]) == ("2023-07-19", None)


def test_a_due_date_on_a_holiday_does_not_move(answer: Answer) -> None:
    on_new_year = answer("2023-12-30", ("2023-12-30", None), rules=[register(3, "calendar_days", "entry_day")])
    on_a_saturday = answer("2023-07-15", ("2023-07-15", None), rules=[register(1, "working_days", "entry_day", "RS")])

    assert on_new_year["due_on"] == "2024-01-01"
    assert (on_a_saturday["due_on"], on_a_saturday["alternative"]) == ("2023-07-15", "2023-07-17")


def test_a_saturday_worked_in_exchange_for_a_holiday_is_a_working_day(answer: Answer) -> None:
    answers = answer("2024-05-03", ("2024-05-03", None), rules=[register(3, "working_days", "entry_day", "KZ")])

    assert (answers["due_on"], answers["alternative"]) == ("2024-05-06", None)


# --- renewal ---------------------------------------------------------------------------------------------------------


def test_a_renewal_is_due_once_after_the_period(answer: Answer) -> None:
    answers = answer("2025-08-01", rules=[{"kind": "renew_every", "months": 6}], **{"from": "2022-08-15"})

    assert answers == {"due_on": "2023-02-15", "alternative": None}


@pytest.mark.parametrize(
    ("length", "start", "due_on", "alternative"),
    [
        ({"months": 6}, "2022-08-31", "2023-02-28", "2023-03-01"),
        ({"years": 1}, "2024-02-29", "2025-02-28", "2025-03-01"),
        ({"months": 1}, "2023-02-28", "2023-03-28", None),
        ({"days": 30}, "2023-01-31", "2023-03-02", None),
    ],
)
def test_months_land_on_the_last_day_of_a_shorter_month_and_the_day_after_is_the_alternative(
    answer: Answer, length: dict[str, int], start: str, due_on: str, alternative: str | None
) -> None:
    answers = answer(start, rules=[{"kind": "renew_every", **length}], **{"from": start})

    assert answers == {"due_on": due_on, "alternative": alternative}


def test_a_renewal_window_opens_and_closes_before_the_permit_ends(answer: Answer) -> None:
    rule = {"kind": "renewal_window", "opens": {"months": 3}, "closes": {"days": 30}}

    answers = answer("2024-06-01", rules=[rule], permit={"valid_until": "2024-05-31"})

    # 31 February is no day: the window opens on the 29th, and only the due date has an alternative.
    assert answers == {"opens_on": "2024-02-29", "due_on": "2024-05-01", "alternative": None}


def test_a_closing_day_in_a_shorter_month_has_an_alternative(answer: Answer) -> None:
    rule = {"kind": "renewal_window", "opens": {"days": 120}, "closes": {"months": 1}}

    answers = answer("2024-06-01", rules=[rule], permit={"valid_until": "2023-03-31"})

    assert answers == {"opens_on": "2022-12-01", "due_on": "2023-02-28", "alternative": "2023-03-01"}


# --- which keys ------------------------------------------------------------------------------------------------------

LIMIT_KEYS = {
    "days_used",
    "last_lawful_day",
    "max_stay",
    "overstay",
    "first_overstay_day",
    "days_over_limit",
    "earliest_entry",
}


@pytest.mark.parametrize(
    "rule",
    [consecutive(5), rolling(5, 10), anchored(5, 10), year(5), until("2024-01-01"), period(months=1)],
    ids=lambda rule: rule["kind"],
)
def test_every_limit_answers_the_same_keys(answer: Answer, rule: dict[str, Any]) -> None:
    assert answer("2024-01-01", rules=[rule]).keys() == LIMIT_KEYS


def test_a_case_answers_the_keys_of_all_its_kinds(answer: Answer) -> None:
    rules = [
        consecutive(5),
        register(1, "calendar_days", "entry_day"),
        {"kind": "renewal_window", "opens": {"days": 2}, "closes": {"days": 1}},
    ]

    answers = answer("2024-01-01", rules=rules, permit={"valid_until": "2024-01-31"})

    assert answers.keys() == LIMIT_KEYS | {"due_on", "alternative", "opens_on"}
