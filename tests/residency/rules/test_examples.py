"""Worked examples: those with a source pass, and what cannot be read is answered with a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from casework.residency.management.commands.check_worked_examples import REFERENCE
from casework.residency.rules.examples import LIMIT_KEYS, check, compute

CASES = json.loads(Path(REFERENCE).read_text(encoding="utf-8"))

GOOD: dict[str, Any] = {
    "id": "case",
    "rules": [{"kind": "rolling_window", "days": 90, "window_days": 180}],
    "stays": [{"entry": "2014-08-15", "exit": "2014-09-30"}, {"entry": "2014-11-01", "exit": None}],
    "on": "2014-11-30",
}
REGISTER: dict[str, Any] = {
    "kind": "register_within",
    "n": 3,
    "unit": "working_days",
    "day_one": "entry_day",
    "calendar": "KZ",
}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_case_with_a_source_passes(case: dict[str, Any]) -> None:
    assert check(case).as_json() == {"id": case["id"], "ok": True, "computed": compute(case)}


def test_all_keys_of_the_kinds_are_always_there() -> None:
    renew = {"kind": "renewal_window", "closes": {"days": 30}}

    assert tuple(compute(GOOD)) == LIMIT_KEYS
    assert set(compute({"id": 1, "rules": [renew], "permit": {"valid_until": "2024-06-30"}})) == {
        "opens_on",
        "due_on",
        "alternative",
    }
    both = compute(GOOD | {"rules": [*GOOD["rules"], REGISTER]})
    assert set(both) == {*LIMIT_KEYS, "due_on", "alternative"}


def test_nothing_expected_is_neither_right_nor_wrong() -> None:
    assert check(GOOD).ok is None
    assert check(GOOD | {"expect": None}).ok is None
    assert check(GOOD | {"expect": {}}).ok is None


def test_an_expectation_is_compared_key_by_key() -> None:
    assert check(GOOD | {"expect": {"days_used": 77}}).ok is True
    assert check(GOOD | {"expect": {"days_used": 76}}).ok is False
    assert check(GOOD | {"expect": {"days_used": 77, "overstay": True}}).ok is False
    assert check(GOOD | {"expect": {"first_overstay_day": None}}).ok is True
    assert check(GOOD | {"expect": {"no_such_answer": None}}).ok is False
    assert check(GOOD | {"expect": {"overstay": 0}}).ok is False


def test_registration_is_due_for_the_visit_of_the_day_else_for_the_last_before_it() -> None:
    rule = {"kind": "register_within", "n": 3, "unit": "calendar_days", "day_one": "entry_day"}
    stays = [{"entry": "2024-01-01", "exit": "2024-01-05"}, {"entry": "2024-02-01", "exit": "2024-02-05"}]

    def due(on: str) -> object:
        return compute({"id": "case", "rules": [rule], "stays": stays, "on": on})["due_on"]

    assert due("2024-01-03") == "2024-01-03"
    assert due("2024-01-20") == "2024-01-03"
    assert due("2024-02-01") == "2024-02-03"
    assert due("2023-12-31") is None


def test_of_several_duties_the_first_due_is_shown_with_the_window_that_closes_first() -> None:
    rules = [
        {"kind": "register_within", "n": 2, "unit": "calendar_days", "day_one": "entry_day"},
        {"kind": "renewal_window", "opens": {"months": 5}, "closes": {"days": 92}},
    ]
    case = {
        "id": "case",
        "rules": rules,
        "stays": [{"entry": "2022-05-28", "exit": None}],
        "on": "2023-02-02",
        "permit": {"valid_until": "2023-11-03"},
    }

    assert compute(case) == {"opens_on": "2023-06-03", "due_on": "2022-05-29", "alternative": None}


EXTENSION = {"kind": "permit_extended_by_law", "valid_on": "2024-02-01", "extended_to": "2025-03-04"}


@pytest.mark.parametrize(
    ("rule", "facts", "keys"),
    [
        (EXTENSION, {"permit": {"valid_until": "2024-03-04"}}, {"effective_until"}),
        ({"kind": "document_validity", "days": 180}, {"document": {"valid_until": "2027-06-30"}},
         {"due_on", "alternative", "needed_until"}),
        ({"kind": "max_absence", "days": 30}, {"stays": [], "on": "2026-01-01"}, {"due_on", "alternative"}),
        ({"kind": "cooldown", "days": 30, "after": "exit"}, {"stays": [], "on": "2026-01-01"}, {"earliest_entry"}),
        ({"kind": "eligible_after", "years": 2, "of": "stay"}, {"stays": [], "on": "2026-01-01"}, {"eligible_on"}),
    ],
)  # fmt: skip
def test_every_key_that_a_kind_defines_is_always_printed(
    rule: dict[str, Any], facts: dict[str, Any], keys: set[str]
) -> None:
    assert set(compute({"id": "case", "rules": [rule], **facts})) == keys


def test_what_else_is_known_of_a_permit_or_a_document_does_no_harm() -> None:
    window = {"kind": "renewal_window", "closes": {"days": 30}, "optional": True}
    permit = {"valid_until": "2024-06-30", "country": "RS", "number": "invented"}

    assert compute({"id": 1, "rules": [window], "permit": permit})["due_on"] == "2024-05-31"


def test_of_a_window_and_a_time_to_stay_away_the_later_day_of_entry_is_shown() -> None:
    window = {"kind": "rolling_window", "days": 90, "window_days": 180}
    stays = [{"entry": "2026-01-01", "exit": "2026-03-31"}]

    def entry(*rules: dict[str, Any]) -> object:
        return compute({"id": "case", "rules": list(rules), "stays": stays, "on": "2026-04-10"})["earliest_entry"]

    away = {"kind": "cooldown", "days": 10, "after": "exit"}
    assert entry(away) == "2026-04-11"
    assert entry(window) == entry(window, away) == "2026-06-30"
    assert entry(window, away | {"days": 100}) == "2026-07-10"


def without(case: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name != key}


def with_rule(**changed: Any) -> dict[str, Any]:
    return GOOD | {"rules": [GOOD["rules"][0] | changed]}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ([], "the case must be an object"),
        ("SEM-1", "the case must be an object"),
        (without(GOOD, "id"), "id is missing"),
        (GOOD | {"id": True}, "id is missing or is neither"),
        (without(GOOD, "rules"), "rules must be a list in brackets, but it is missing"),
        (GOOD | {"rules": []}, "at least one rule"),
        (GOOD | {"rules": {}}, "rules must be a list"),
        (GOOD | {"rules": ["90/180"]}, "rule 1 must be an object"),
        (with_rule(kind="rolling"), "rule 1: kind must be one of"),
        (with_rule(kind=None), "rule 1: kind must be one of"),
        (with_rule(days="90"), "rule 1: days must be a whole number"),
        (with_rule(days=-90), "rule 1: days must be a whole number from 1"),
        (with_rule(days=90.5), "rule 1: days must be a whole number"),
        (with_rule(days=True), "rule 1: days must be a whole number"),
        (with_rule(window_days=0), "rule 1: window_days must be a whole number"),
        (with_rule(window_days=10**9), "rule 1: window_days must be a whole number"),
        (with_rule(window=180), "rule 1: 'window' is not known here"),
        (with_rule(count_entry_day="yes"), "rule 1: count_entry_day must be true or false"),
        (GOOD | {"rules": [*GOOD["rules"], {"kind": "calendar_year"}]}, "rule 2: days must be"),
        (without(GOOD, "on"), "on must be a day such as 2024-05-31, but it is missing"),
        (GOOD | {"on": "30.11.2014"}, "on must be a day"),
        (GOOD | {"on": "2014-02-30"}, "on must be a day"),
        (GOOD | {"on": 20141130}, "on must be a day"),
        (without(GOOD, "stays"), "stays must be a list in brackets, but it is missing"),
        (GOOD | {"stays": None}, "stays must be a list"),
        (GOOD | {"stays": ["2014"]}, "stay 1 must be an object"),
        (GOOD | {"stays": [{"exit": "2014-01-01"}]}, "stay 1: entry must be a day"),
        (GOOD | {"stays": [{"entry": "2014-01-02", "exit": "2014-01-01"}]}, "stay 1: the exit on 2014-01-01 is before"),
        (GOOD | {"stays": [{"entry": "2014-12-01", "exit": None}]}, "stay 1: is open and begins on 2014-12-01, after"),
        (GOOD | {"stays": [{"entry": "2014-01-01", "exti": None}]}, "stay 1: 'exti' is not known here"),
        (GOOD | {"expect": [1]}, "expect must be an object"),
        (GOOD | {"rules": [without(REGISTER, "calendar")]}, "calendar must be the code of a country"),
        (GOOD | {"rules": [REGISTER | {"calendar": "XX"}]}, "calendar must be the code of a country"),
        (GOOD | {"rules": [REGISTER | {"unit": "weeks"}]}, "unit must be one of"),
        (GOOD | {"rules": [REGISTER | {"day_one": "tomorrow"}]}, "day_one must be one of"),
        (GOOD | {"rules": [{"kind": "renew_every", "months": 6}]}, "from must be a day"),
        (GOOD | {"rules": [{"kind": "renew_every", "months": 0}], "from": "2024-01-01"}, "months must be 1 or more"),
        (GOOD | {"rules": [{"kind": "renew_every"}], "from": "2024-01-01"}, "exactly one of days, months and years"),
        (GOOD | {"rules": [{"kind": "renewal_window"}]}, "closes: a period is written as"),
        (GOOD | {"rules": [{"kind": "renewal_window", "closes": {"days": 1}}]}, "permit is missing"),
        (GOOD | {"rules": [{"kind": "renew_every", "years": 1}], "from": "9999-06-01"}, "outside the years 1 to 9999"),
        (GOOD | {"rules": [{"kind": "until_date", "until": "soon"}]}, "until must be a day"),
        ({"id": 1, "rules": [EXTENSION]}, "permit is missing"),
        ({"id": 1, "rules": [EXTENSION], "permit": {}}, "permit: valid_until must be a day"),
        ({"id": 1, "rules": [EXTENSION | {"extended_to": "2024-02-01"}]}, "extended_to must be after valid_on"),
        (
            {"id": 1, "rules": [EXTENSION], "permit": {"valid_from": "2025-01-02", "valid_until": "2025-01-01"}},
            "permit: valid_until, 2025-01-01, is before valid_from",
        ),
        ({"id": 1, "rules": [{"kind": "document_validity", "months": 3}]}, "document is missing"),
        ({"id": 1, "rules": [{"kind": "document_validity", "years": 1}]}, "'years' is not known here"),
        (
            {"id": 1, "rules": [{"kind": "document_validity", "months": 3, "month_end": "first"}]},
            "month_end must be one of",
        ),
        ({"id": 1, "rules": [{"kind": "max_absence", "days": 30}]}, "on must be a day"),
        (GOOD | {"rules": [{"kind": "max_absence", "days": 30, "travel_days": "both"}]}, "travel_days must be one of"),
        (
            GOOD | {"rules": [{"kind": "max_absence", "days": 30, "consecutive": 1}]},
            "consecutive must be true or false",
        ),
        (
            GOOD | {"rules": [{"kind": "cooldown", "days": 90, "after": "limit_used"}]},
            "limit_days must be a whole number",
        ),
        (GOOD | {"rules": [{"kind": "cooldown", "days": 90, "after": "entry"}]}, "after must be one of"),
        (GOOD | {"rules": [{"kind": "eligible_after", "years": 2, "of": "permit"}]}, "permit is missing"),
        (GOOD | {"rules": [{"kind": "eligible_after", "years": 2}], "permits": []}, "of must be one of"),
        (
            GOOD
            | {"rules": [{"kind": "eligible_after", "years": 2, "of": "permit"}], "permits": [{"valid_from": "2024"}]},
            "permit 1: valid_from must be a day",
        ),
    ],
)
def test_what_cannot_be_read_is_answered_with_where_and_why(case: Any, said: str) -> None:
    result = check(case)

    assert result.error is not None
    assert said in result.error
    assert set(result.as_json()) == {"id", "error"}
    assert not result.passes


def test_a_case_without_an_id_is_named_by_its_place() -> None:
    result = check(without(GOOD, "id"), place="case 7")

    assert result.id is None
    assert str(result.error).startswith("case 7: ")
