"""Exceptions over a base: on their days they stand in its place, and the base is not split by hand."""

from dataclasses import replace
from typing import Any

import pytest

from casework.residency.rules.exceptions import interrupted
from casework.residency.rules.kinds import AppliesTo, Duty, Kind, LegalStatus
from casework.residency.rules.rulebook import Rule

from .making import at, codes, deadline, due, person, position, rule, stay, steps_of, warnings_of

YEAR_ROUND = rule("ME", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", part="per_visit", id="base")


def season(days: int = 90, **more: Any) -> Rule:
    values: dict[str, Any] = {"valid_from": "2026-04-15", "valid_until": "2026-10-31", "id": "season"}
    return rule(
        "ME", Kind.CONSECUTIVE_DAYS, {"days": days}, whom="RU", part="per_visit", is_exception=True, **values | more
    )


def leave(entered: str, *rules: Rule) -> tuple[str | None, tuple[str, ...]]:
    found = deadline(position(person(stay("ME", entered)), rules, entered), Duty.LEAVE)
    return (found.due_on.isoformat() if found.due_on else None), found.rule_ids


@pytest.mark.parametrize(
    ("entered", "due_on", "by"),
    [
        ("2026-04-14", "2026-05-13", "base"),
        ("2026-04-15", "2026-07-13", "season"),
        ("2026-10-31", "2027-01-28", "season"),
        ("2026-11-01", "2026-11-30", "base"),
    ],
)
def test_the_exception_wins_on_its_days_and_the_base_on_the_day_before_and_after(
    entered: str, due_on: str, by: str
) -> None:
    assert leave(entered, YEAR_ROUND, season()) == (due_on, (by,))


def test_it_says_that_it_is_an_exception() -> None:
    found = deadline(position(person(stay("ME", "2026-05-01")), (YEAR_ROUND, season()), "2026-05-01"), Duty.LEAVE)

    assert "exception_stands" in steps_of(found)


def test_an_exception_answers_as_a_base_that_was_split_by_hand() -> None:
    split = (
        rule("ME", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, part="w", valid_until="2026-04-14", id="a"),
        rule("ME", Kind.ROLLING_WINDOW, {"days": 30, "window_days": 180}, part="w", valid_from="2026-04-15",
             valid_until="2026-10-31", id="b"),
        rule("ME", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, part="w", valid_from="2026-11-01", id="c"),
    )  # fmt: skip
    layered = (
        rule("ME", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, part="w", id="a"),
        rule("ME", Kind.ROLLING_WINDOW, {"days": 30, "window_days": 180}, part="w", valid_from="2026-04-15",
             valid_until="2026-10-31", id="b", is_exception=True),
    )  # fmt: skip

    def answers(rules: tuple[Rule, ...], applies_to: AppliesTo) -> list[object]:
        each = tuple(replace(one, applies_to=applies_to) for one in rules)
        days = ("2026-02-01", "2026-04-10", "2026-04-14", "2026-04-15", "2026-09-25", "2026-10-31", "2026-11-01")
        return [due(position(person(stay("ME", day)), each, day), Duty.LEAVE) for day in days]

    for applies_to in (AppliesTo.ENTRIES_FROM, AppliesTo.EACH_DAY):
        assert answers(split, applies_to) == answers(layered, applies_to)


def test_days_before_the_commencement_of_the_base_are_those_before_it_began_and_not_those_before_the_exception() -> (
    None
):
    window = rule(
        "KZ",
        Kind.ROLLING_WINDOW,
        {"days": 90, "window_days": 180},
        part="w",
        valid_from="2023-01-27",
        id="base",
        days_before_commencement_count=False,
    )
    week = rule(
        "KZ",
        Kind.CONSECUTIVE_DAYS,
        {"days": 7},
        part="w",
        valid_from="2026-06-01",
        valid_until="2026-06-07",
        is_exception=True,
    )
    facts = person(stay("KZ", "2026-04-01", "2026-05-10"), stay("KZ", "2026-07-01"))

    # Forty days in spring count in July: 50 are left.
    assert due(position(facts, (window, week), "2026-07-01"), Duty.LEAVE) == "2026-08-19"


def test_what_does_not_bind_interrupts_nothing() -> None:
    for status in (LegalStatus.PROPOSED, LegalStatus.ANNOUNCED, LegalStatus.SUSPENDED, LegalStatus.PRACTICE):
        assert leave("2026-05-01", YEAR_ROUND, season(legal_status=status)) == ("2026-05-30", ("base",))


def test_an_exception_interrupts_only_its_own_line() -> None:
    others = [
        rule("ME", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, whom="RU", part="window", id="part"),
        rule("ME", Kind.CONSECUTIVE_DAYS, {"days": 30}, part="per_visit", id="everybody"),
        rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", part="per_visit", id="country"),
    ]

    cut = interrupted([YEAR_ROUND, season(), *others])

    assert [piece for piece in cut if piece.id in ("part", "everybody", "country")] == others
    assert [(str(piece.valid_from), str(piece.valid_until)) for piece in cut if piece.id == "base"] == [
        ("None", "2026-04-14"),
        ("2026-11-01", "None"),
    ]


def test_several_exceptions_cut_one_base_and_one_without_an_end_leaves_nothing_after() -> None:
    again = season(valid_from="2027-04-15", valid_until=None, id="again")

    pieces = [piece for piece in interrupted([YEAR_ROUND, season(), again]) if piece.id == "base"]

    assert [(str(piece.valid_from), str(piece.valid_until)) for piece in pieces] == [
        ("None", "2026-04-14"),
        ("2026-11-01", "2027-04-14"),
    ]
    assert {piece.commenced_on for piece in pieces} == {None}


def test_an_exception_that_was_withdrawn_lets_the_base_hold_again() -> None:
    taken_back = season(known_from="2026-01-01", known_until="2026-06-01")
    facts = person(stay("ME", "2026-05-01"))

    def known(day: str) -> str | None:
        return due(position(facts, (YEAR_ROUND, taken_back), "2026-05-01", known_at=at(day)), Duty.LEAVE)

    assert known("2026-05-31") == "2026-07-29"
    assert known("2026-06-01") == "2026-05-30"


def test_people_whose_stay_crosses_a_season_are_warned_of_its_begin_and_of_its_end() -> None:
    each_day = {"applies_to": AppliesTo.EACH_DAY}
    base = rule("ME", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, whom="RU", part="per_visit", **each_day)
    summer = season(**each_day)

    (coming,) = warnings_of(
        position(person(stay("ME", "2026-04-01")), (base, summer), "2026-04-02"), "rule_change_scheduled"
    )
    answer = position(person(stay("ME", "2026-10-01")), (base, summer), "2026-10-02")

    assert coming.values["valid_on"] == "2026-04-15"
    assert [warning.values["valid_on"] for warning in warnings_of(answer, "rule_change_scheduled")] == ["2026-11-01"]
    assert "no_rule_recorded" not in codes(answer)
