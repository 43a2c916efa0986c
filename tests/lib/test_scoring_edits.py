"""Definitions of scores change by addition and removal, and two of them are compared."""

from typing import Any

from casework.lib import scoring_edits as edits

CHILDREN: dict[str, Any] = {"code": "a", "kind": "fact", "fact": "children", "points": 8}
OLD: dict[str, Any] = {"code": "b", "kind": "fact", "fact": "over_60", "points": 5}
DEFINITION = {"criteria": [CHILDREN, OLD], "cap": 50, "thresholds": {"x": 10}}


def test_a_criterion_takes_the_place_of_its_earlier_self_or_the_end() -> None:
    changed = {**CHILDREN, "points": 9}
    new = {**OLD, "code": "c"}

    assert edits.with_criterion(DEFINITION, changed)["criteria"] == [changed, OLD]
    assert edits.with_criterion(DEFINITION, new)["criteria"] == [CHILDREN, OLD, new]
    assert edits.without_criterion(DEFINITION, "a")["criteria"] == [OLD]
    assert DEFINITION["criteria"] == [CHILDREN, OLD]


def test_limits_are_set_and_taken_away_and_those_of_others_stay() -> None:
    changed = edits.with_limits(DEFINITION, cap=None, thresholds={"y": 20, "z": None})

    assert (changed["cap"], changed["thresholds"]) == (None, {"x": 10, "y": 20})
    assert edits.with_limits(changed, cap=5, thresholds={"x": None})["thresholds"] == {"y": 20}


def test_differences_are_what_is_new_what_is_counted_differently_and_what_goes() -> None:
    changed, new = {**CHILDREN, "points": 9}, {**OLD, "code": "c"}
    found = edits.changes(DEFINITION, {"criteria": [changed, new]})

    assert [(it.before, it.after) for it in found] == [(CHILDREN, changed), (None, new), (OLD, None)]
    assert edits.used_facts(DEFINITION, {"criteria": [new]}) == ["children", "over_60"]
