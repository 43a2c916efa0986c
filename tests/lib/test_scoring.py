"""Points for what is known and for what was answered, with the reasons."""

from typing import Any

import pytest

from casework.lib import scoring
from tests.factories.needs import DEFINITION


def test_each_criterion_gives_its_points_and_says_why() -> None:
    result = scoring.score(DEFINITION, {"people": 3, "urgent_needs": 1}, {"savings": "yes", "work": "nobody"})

    assert [(part.code, part.points, part.value) for part in result.parts] == [
        ("people", 6, 3),
        ("urgent", 10, 1),
        ("savings", -5, "yes"),
        ("work", 15, "nobody"),
    ]
    assert (result.total, result.unanswered) == (26, 0)


def test_one_fact_gives_no_more_than_its_limit_and_all_together_no_more_than_the_cap() -> None:
    result = scoring.score(DEFINITION, {"people": 50, "urgent_needs": 50}, {"work": "nobody"})

    assert [part.points for part in result.parts] == [10, 30, 0, 15]
    assert (result.sum_of_parts, result.total) == (55, 50)


def test_a_total_is_never_below_zero() -> None:
    assert scoring.score(DEFINITION, {}, {"savings": "yes", "work": "somebody"}).total == 0


def test_what_nobody_has_answered_gives_nothing_and_is_counted() -> None:
    result = scoring.score(DEFINITION, {"people": 1}, {"savings": "perhaps"})

    assert (result.total, result.unanswered) == (2, 2)
    assert result.parts[2].value is None


def test_the_threshold_itself_is_enough_and_without_one_nothing_is_said() -> None:
    definition = DEFINITION | {"thresholds": {"a": 20}}

    assert [scoring.is_eligible(definition, "a", total) for total in (19, 20)] == [False, True]
    assert scoring.is_eligible(definition, "b", 20) is None


def test_a_sound_scheme_has_no_problems_and_knows_the_most_it_gives() -> None:
    assert scoring.problems(DEFINITION) == []
    assert scoring.most_points(DEFINITION) == 50


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ({"criteria": []}, "at least one"),
        ({"criteria": [{"code": "a", "kind": "fact", "fact": "luck", "points": 1}]}, "what is counted"),
        ({"criteria": [{"code": "a", "kind": "fact", "fact": "people", "points": 0}]}, "changes nothing"),
        ({"criteria": [{"code": "a", "kind": "fact", "fact": "people", "points": 1001}]}, "from -1000"),
        ({"criteria": [{"code": "a", "kind": "yes_no", "label": {"en": ""}, "points": 1}]}, "Write the question"),
        ({"criteria": [{"code": "a", "kind": "fact", "fact": "people", "points": 1}] * 2}, "have this code"),
        (DEFINITION | {"cap": 0}, "at least 1"),
        (DEFINITION | {"thresholds": {"p": 51}}, "higher than any case"),
    ],
)
def test_what_keeps_a_scheme_from_being_published_is_said(definition: dict[str, Any], says: str) -> None:
    assert any(says in problem.sentence for problem in scoring.problems(definition))
