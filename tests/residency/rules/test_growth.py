"""The cost of an answer grows with the number of stays, not with their length: steps are counted, not seconds."""

import random
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from casework.residency.rules.examples import compute

ON = date(2024, 6, 1)


def steps_of(work: Callable[[], object]) -> int:
    """Count the functions that are called, built-in ones too."""
    steps = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return steps


def case(rule: dict[str, Any], stays: int, *, longer: int = 1, planned: int = 0) -> dict[str, Any]:
    """So many stays one after the other up to `ON`, and planned ones after it. `longer`: each, and the limit, by so much."""
    source = random.Random(stays)
    made = []
    day = ON - timedelta(days=12 * stays * longer)
    for _ in range(stays):
        made.append((day, day + timedelta(days=source.randint(1, 9) * longer)))
        day += timedelta(days=12 * longer)
    day = ON + timedelta(days=100 * longer)
    for _ in range(planned):
        made.append((day, day + timedelta(days=source.randint(1, 9) * longer)))
        day += timedelta(days=12 * longer)
    return {
        "id": "growth",
        "rules": [{name: value * longer if name in ("days", "window_days") else value for name, value in rule.items()}],
        "stays": [{"entry": first.isoformat(), "exit": last.isoformat()} for first, last in made],
        "on": ON.isoformat(),
    }


RULES = [
    {"kind": "rolling_window", "days": 90, "window_days": 180},
    {"kind": "anchored_window", "days": 90, "window_days": 180},
    {"kind": "consecutive_days", "days": 60},
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["kind"])
@pytest.mark.parametrize("longer", [10, 30])
def test_longer_stays_take_the_same_steps(rule: dict[str, Any], longer: int) -> None:
    short, long = case(rule, 12), case(rule, 12, longer=longer)
    compute(short)

    assert steps_of(lambda: compute(long)) <= 1.05 * steps_of(lambda: compute(short))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["kind"])
def test_with_plans_longer_stays_take_a_few_halvings_more(rule: dict[str, Any]) -> None:
    short, long = case(rule, 12, planned=4), case(rule, 12, planned=4, longer=10)
    compute(short)

    assert steps_of(lambda: compute(long)) <= 2 * steps_of(lambda: compute(short))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["kind"])
def test_ten_times_the_stays_take_ten_times_the_steps(rule: dict[str, Any]) -> None:
    few, many = case(rule, 30), case(rule, 300)
    compute(few)

    assert steps_of(lambda: compute(many)) <= 12 * steps_of(lambda: compute(few))
