"""What moving to another address sets off."""

import pytest

from casework.residency.rules.facts import Facts
from casework.residency.rules.inquiry import Inquiry
from casework.residency.rules.kinds import Duty, Kind
from casework.residency.rules.moving import Moving, moving
from casework.residency.rules.rulebook import Rule

from .making import NOW, address, book, day, person, registration, rule, stay

ENTRY = rule("XA", Kind.REGISTER_WITHIN, {"n": 30, "unit": "calendar_days", "day_one": "entry_day", "actor": "host"})
MOVE = rule(
    "XA",
    Kind.REGISTER_WITHIN,
    {"n": 5, "unit": "calendar_days", "day_one": "entry_day", "actor": "self", "triggers": ["address_change"]},
    duty=Duty.REGISTER_ADDRESS,
)
THERE = stay("XA", "2026-11-01")
FIRST = address("XA", "2026-11-01")


def asked(facts: Facts, on: str, *rules: Rule, country: str = "XA", address_id: str = "") -> Moving:
    return moving(Inquiry(facts=facts, book=book(*rules), on=day(on), known_at=NOW), country, address_id)


def test_a_move_is_to_be_registered_from_the_day_of_the_move() -> None:
    found = asked(person(THERE, addresses=(FIRST,)), "2026-11-20", ENTRY, MOVE)

    assert [(each.duty, each.due_on) for each in found.duties] == [(Duty.REGISTER_ADDRESS, day("2026-11-24"))]
    assert found.hosted == (ENTRY.id,)


def test_the_first_address_of_a_stay_comes_with_the_entry() -> None:
    found = asked(person(THERE), "2026-11-20", ENTRY, MOVE)

    assert found.is_first
    assert [(each.duty, each.due_on) for each in found.duties] == [(Duty.REGISTER, day("2026-11-30"))]


def test_a_move_from_an_address_of_which_no_first_day_is_on_record_is_a_move() -> None:
    for since in (None, "2025-05-05"):
        found = asked(person(THERE, addresses=(address("XA", since),)), "2026-11-20", ENTRY, MOVE)

        assert not found.is_first
        assert [(each.duty, each.due_on) for each in found.duties] == [(Duty.REGISTER_ADDRESS, day("2026-11-24"))]


def test_on_the_day_of_the_entry_they_come_to_their_first_address() -> None:
    kept = address("XA", "2025-05-05")

    assert asked(person(THERE, addresses=(kept,)), "2026-11-01", ENTRY, MOVE).is_first


def test_what_is_done_is_not_asked_again() -> None:
    done = registration("XA", "2026-11-02", stay_id=THERE.id)

    assert asked(person(THERE, registrations=(done,)), "2026-11-20", ENTRY, MOVE).duties == ()


def test_an_address_that_is_changed_is_not_counted_as_an_earlier_one() -> None:
    assert asked(person(THERE, addresses=(FIRST,)), "2026-11-20", ENTRY, MOVE, address_id=FIRST.id).is_first


@pytest.mark.parametrize(("country", "on"), [("XB", "2026-11-20"), ("XA", "2026-10-31")])
def test_without_a_stay_there_is_no_date(country: str, on: str) -> None:
    assert asked(person(THERE), on, ENTRY, MOVE, country=country) == Moving(is_there=False)


def test_who_may_act_alone_needs_no_host() -> None:
    alone = rule(
        "XA", Kind.REGISTER_WITHIN, {"n": 3, "unit": "calendar_days", "day_one": "entry_day", "actor": "self_or_host"}
    )

    assert asked(person(THERE), "2026-11-20", alone).hosted == ()
