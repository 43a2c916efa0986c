"""The engine against a day-by-day count on the same cases, with equal answers; and how its cost grows."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from casework.residency.rules.examples import compute
from tests.residency.rules import oracle
from tests.residency.rules.cases import REAL, seeded

from ..frame import Figure, Settings, measure
from ..timing import compare

Case = dict[str, Any]

SEED = 20261127


@measure("engine")
def engine(settings: Settings) -> Iterator[Figure]:
    """Ratios of the day-by-day count to the engine; and the time of stays ten times as long to that of short ones."""
    few = settings.quick
    mixes = (
        ("small", small_mix(12 if few else 200), 50),
        ("heavy", heavy_mix(2 if few else 40), 50),
        ("any_size", any_size_mix(12 if few else 200), None),
    )
    for name, cases, aim in mixes:
        expect_equal_answers(cases)
        taken = compare(lambda: _computed(cases), lambda: _counted(cases), quick=few)  # noqa: B023 - called at once
        yield Figure(f"engine.{name}", 1 / taken.ratio, "x the day-by-day count", at_least=aim)
    short, long = heavy_mix(20 if few else 200), heavy_mix(20 if few else 200, longer=10)
    taken = compare(lambda: _computed(long), lambda: _computed(short), quick=few)
    yield Figure("engine.growth", taken.ratio, "x, stays 10 x as long", at_most=1.5)


def small_mix(count: int) -> list[Case]:
    """Cases of every kind of limit, as the tests make them in the sizes of real rules: up to six stays."""
    return list(seeded(SEED, count, sizes=[REAL]))


def any_size_mix(count: int) -> list[Case]:
    """The same with limits of a few days too, of which there is little to count: what is left are the fixed costs."""
    return list(seeded(SEED, count))


def heavy_mix(count: int, *, longer: int = 1) -> list[Case]:
    """Conjunctions of limits over 4 to 16 stays, most with plans. `longer`: every day and length times so much."""
    source = random.Random(SEED)
    return [_heavy_case(source, longer) | {"id": number} for number in range(count)]


def _heavy_case(source: random.Random, longer: int) -> Case:
    on = date(2024, 6, 1)
    planned = source.choice((0, 1, 2, 3, 4))
    rules = [
        {"kind": "rolling_window", "days": 90 * longer, "window_days": 180 * longer},
        {"kind": "consecutive_days", "days": source.choice((30, 60, 90)) * longer},
        {"kind": "anchored_window", "days": 90 * longer, "window_days": 180 * longer},
        {"kind": "calendar_year", "days": min(366, 180 * longer)},
    ]
    chosen = source.sample(rules, source.choice((1, 1, 2, 2, 3)))
    entries = [-source.randint(1, 420) for _ in range(source.randint(4, 16 - planned))]
    entries += [source.randint(1, 200) for _ in range(planned)]
    stays = []
    for entry in entries:
        first = on + timedelta(days=entry * longer)
        last = first + timedelta(days=source.choice((0, 3, 9, 20, 35)) * longer)
        stays.append({"entry": first.isoformat(), "exit": last.isoformat()})
    return {"rules": chosen, "stays": stays, "on": on.isoformat()}


def expect_equal_answers(cases: Sequence[Case]) -> None:
    """Refuse to measure what is not the same work."""
    for case in cases:
        computed, counted = compute(case), oracle.answer(case)
        if computed != counted:
            raise AssertionError(f"the engine and the count differ: {computed} and {counted} for {json.dumps(case)}")


def _computed(cases: Sequence[Case]) -> None:
    for case in cases:
        compute(case)


def _counted(cases: Sequence[Case]) -> None:
    for case in cases:
        oracle.answer(case)
