"""The engine and a plain count of days give the same answers to random cases of every kind."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from casework.residency.rules.examples import compute
from tests.residency.rules import cases, oracle

REFERENCE = Path(__file__).parents[3] / "casework/residency/reference/worked_cases.json"
WORKED_CASES = json.loads(REFERENCE.read_text(encoding="utf-8"))
ALL_KINDS = cases.LIMIT_KINDS + cases.DEADLINE_KINDS
# Readings that a rule may choose: counted by hand in the worked examples, and not by the day-by-day count.
READINGS = {"ends_on", "exceeding_days", "month_end"}


def is_counted(case: oracle.Case) -> bool:
    return "on" in case and all(
        rule["kind"] in ALL_KINDS and not READINGS & set(rule) and rule.get("day_one") != "unclear"
        for rule in case["rules"]
    )


def differences(case: oracle.Case) -> dict[str, Any]:
    """Return the keys on which the two differ, each with (engine, day by day)."""
    engine, counted = compute(case), oracle.answer(case)
    return {
        key: (engine.get(key, "no such key"), counted.get(key, "no such key"))
        for key in engine.keys() | counted.keys()
        if engine.get(key, "no such key") != counted.get(key, "no such key")
    }


@pytest.mark.parametrize("case", [*filter(is_counted, WORKED_CASES)], ids=lambda case: case["id"])
def test_the_day_by_day_count_answers_the_worked_examples(case: oracle.Case) -> None:
    counted = oracle.answer(case)

    assert {key: counted[key] for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("kind", cases.LIMIT_KINDS)
def test_judging_every_day_again_for_each_length_of_presence_changes_nothing(kind: str) -> None:
    for case in cases.seeded(11, 15, [kind]):
        counted = oracle.answer(case)
        if counted["max_stay"] is not None and counted["max_stay"] < 150:
            assert oracle.answer(case, thorough=True) == counted, case


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_engine_agrees_with_the_day_by_day_count(kind: str) -> None:
    @settings(max_examples=60, database=None)
    @given(cases.cases(kinds=[kind]))
    def agree(case: oracle.Case) -> None:
        assert differences(case) == {}

    agree()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_the_engine_agrees_over_twenty_thousand_cases(seed: int) -> None:
    for case in cases.seeded(seed, 1000, ALL_KINDS):
        assert differences(case) == {}, json.dumps(case)


@pytest.mark.parametrize("kind", cases.LIMIT_KINDS)
def test_both_refuse_an_open_stay_that_begins_after_the_day_asked_about(kind: str) -> None:
    case = next(cases.seeded(3, 1, [kind]))
    case |= {"on": "2024-05-01", "stays": [{"entry": "2024-05-02", "exit": None}]}

    for answer in (compute, oracle.answer):
        with pytest.raises(ValueError):
            answer(case)


@pytest.mark.parametrize("kind", cases.LIMIT_KINDS)
def test_both_refuse_a_stay_that_ends_before_it_begins(kind: str) -> None:
    case = next(cases.seeded(3, 1, [kind]))
    case |= {"on": "2024-05-01", "stays": [{"entry": "2024-04-02", "exit": "2024-04-01"}]}

    for answer in (compute, oracle.answer):
        with pytest.raises(ValueError):
            answer(case)
