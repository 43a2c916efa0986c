"""Kinship: what follows, what contradicts, who is what to another principal applicant."""

from datetime import date

import pytest

from casework.lib.kinship import Tie, ancestors, fits_relation, follows, is_younger, relations_to, same


def said(suggestions: list, *, certain: bool) -> set[str]:  # type: ignore[type-arg]
    return {f"{it.tie.one} {it.tie.kind} {it.tie.other}" for it in suggestions if it.certain is certain}


def test_a_family_of_four_follows_from_what_each_is_to_the_principal() -> None:
    found = follows("P", {"S": "spouse", "C": "child", "D": "child", "G": "parent"})

    assert said(found, certain=True) == {
        "S spouse P", "P parent C", "P parent D", "G parent P", "C sibling D", "G grandparent C", "G grandparent D",
    }  # fmt: skip
    assert said(found, certain=False) == {"S parent C", "S parent D"}


def test_what_is_on_file_is_not_suggested_again_from_neither_side() -> None:
    on_file = [Tie("P", "spouse", "S"), Tie("S", "parent", "C")]

    found = follows("P", {"S": "spouse", "C": "child"}, on_file)

    assert [it.tie for it in found] == [Tie("P", "parent", "C")]


def test_nothing_follows_from_people_who_are_not_related() -> None:
    assert follows("P", {"X": "unrelated", "Y": "other_relative"}) == []


def test_two_spouses_make_no_parent_likely() -> None:
    assert said(follows("P", {"S": "spouse", "T": "spouse", "C": "child"}), certain=False) == set()


@pytest.mark.parametrize(
    ("relation", "tie", "fits"),
    [
        ("child", Tie("P", "parent", "X"), True),
        ("child", Tie("X", "parent", "P"), False),
        ("child", Tie("X", "spouse", "P"), False),
        ("spouse", Tie("P", "spouse", "X"), True),
        ("other_relative", Tie("X", "grandparent", "P"), True),
        ("other_relative", Tie("X", "parent", "P"), False),
        ("unrelated", Tie("X", "sibling", "P"), False),
        ("unrelated", Tie("X", "guardian", "P"), True),
        ("child", Tie("P", "guardian", "X"), True),
    ],
)
def test_a_tie_fits_or_contradicts_the_relation_to_the_principal(relation: str, tie: Tie[str], fits: bool) -> None:
    assert fits_relation(relation, tie, "X", "P") is fits


def test_what_is_said_from_either_side_alike_is_the_same() -> None:
    assert same(Tie("A", "sibling", "B"), Tie("B", "sibling", "A"))
    assert not same(Tie("A", "parent", "B"), Tie("B", "parent", "A"))
    assert not same(Tie("A", "parent", "B"), Tie("A", "guardian", "B"))


def test_ancestors_are_found_over_generations_and_a_circle_ends() -> None:
    ties = [Tie("A", "parent", "B"), Tie("B", "parent", "C"), Tie("G", "grandparent", "C"), Tie("S", "sibling", "C")]

    assert ancestors("C", ties) == {"A", "B", "G"}
    assert ancestors("A", [*ties, Tie("C", "parent", "A")]) == {"A", "B", "C", "G"}


def test_an_elder_is_younger_only_where_that_is_certain() -> None:
    year = (date(1990, 1, 1), date(1990, 12, 31))

    assert is_younger((date(1991, 1, 1), date(1991, 1, 1)), year)
    assert not is_younger(year, year)
    assert is_younger((date(1990, 5, 17), date(1990, 5, 17)), (date(1990, 5, 17), date(1990, 5, 17)))
    assert not is_younger((None, None), year)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("S", {"P": "spouse", "C": "child", "G": "other_relative", "X": "unrelated"}),
        ("C", {"P": "parent", "S": "parent", "G": "other_relative", "X": "unrelated"}),
        ("G", {"P": "child", "S": "other_relative", "C": "other_relative", "X": "unrelated"}),
        ("X", {"P": "unrelated", "S": "unrelated", "C": "unrelated", "G": "unrelated"}),
    ],
)
def test_everybody_is_something_else_to_another_principal(new: str, expected: dict[str, str]) -> None:
    relations = {"S": "spouse", "C": "child", "G": "parent", "X": "unrelated"}

    assert relations_to(new, "P", relations) == expected


def test_what_is_on_file_goes_before_what_is_worked_out() -> None:
    on_file = [Tie("G", "sibling", "S"), Tie("S", "guardian", "C")]

    found = relations_to("S", "P", {"S": "spouse", "C": "child", "G": "parent"}, on_file)

    assert found == {"P": "spouse", "C": "child", "G": "sibling"}
