"""A rule of any computing kind is proved by an example of its own numbers, and by no other."""

from typing import Any

import pytest

from casework.residency.rules.kinds import COMPUTING_KINDS, Kind
from casework.residency.rules.proof import shortfalls

OPEN_STAY = {"stays": [{"entry": "2026-01-01", "exit": None}], "on": "2026-01-01"}

# For each kind: parameters of a rule, the facts of an example, what it expects by hand, and a change of the arithmetic.
PROVED: dict[Kind, tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    Kind.CONSECUTIVE_DAYS: ({"days": 30}, OPEN_STAY, {"last_lawful_day": "2026-01-30"}, {"days": 31}),
    Kind.PERIOD_FROM_ENTRY: ({"months": 1}, OPEN_STAY, {"last_lawful_day": "2026-01-31"}, {"count_entry_day": False}),
    Kind.ROLLING_WINDOW: (
        {"days": 90, "window_days": 180},
        OPEN_STAY,
        {"last_lawful_day": "2026-03-31"},
        {"window_days": 120},
    ),
    Kind.ANCHORED_WINDOW: ({"days": 90, "window_days": 180}, OPEN_STAY, {"max_stay": 90}, {"days": 89}),
    Kind.CALENDAR_YEAR: ({"days": 90}, OPEN_STAY, {"last_lawful_day": "2026-03-31"}, {"days": 60}),
    Kind.UNTIL_DATE: ({"until": "2026-05-01"}, OPEN_STAY, {"last_lawful_day": "2026-05-01"}, {"until": "2026-05-02"}),
    Kind.REGISTER_WITHIN: (
        {"n": 30, "unit": "calendar_days", "day_one": "unclear", "actor": "host"},
        OPEN_STAY,
        {"due_on": "2026-01-30", "alternative": "2026-01-31"},
        {"day_one": "entry_day"},
    ),
    Kind.RENEW_EVERY: (
        {"months": 6, "of": "registration"},
        {"from": "2022-08-31"},
        {"due_on": "2023-02-28", "alternative": "2023-03-01"},
        {"month_end": "next_day"},
    ),
    Kind.RENEWAL_WINDOW: (
        {"opens": {"months": 3}, "closes": {"days": 30}, "of": "permit"},
        {"permit": {"valid_until": "2024-06-30"}},
        {"opens_on": "2024-03-30", "due_on": "2024-05-31"},
        {"closes": {"days": 31}},
    ),
    Kind.PERMIT_EXTENDED_BY_LAW: (
        {"valid_on": "2024-02-01", "extended_to": "2025-03-04", "permit_kind": "temporary_protection"},
        {"permit": {"valid_until": "2024-03-04"}},
        {"effective_until": "2025-03-04"},
        {"valid_on": "2024-02-02"},
    ),
    Kind.DOCUMENT_VALIDITY: (
        {"months": 3, "beyond": "stay", "document_kinds": ["international_passport"]},
        {"document": {"valid_until": "2027-05-31"}},
        {"due_on": "2027-02-28", "alternative": "2027-03-01"},
        {"months": 2},
    ),
    Kind.MAX_ABSENCE: (
        {"days": 30, "consequence": "Lost.", "permit_kind": "temporary_protection"},
        {"stays": [{"entry": "2026-01-01", "exit": "2026-11-01"}], "on": "2026-11-10"},
        {"due_on": "2026-11-30", "alternative": "2026-12-02"},
        {"consecutive": False},
    ),
    Kind.COOLDOWN: (
        {"days": 90, "after": "limit_used", "limit_days": 90},
        {"stays": [{"entry": "2026-01-01", "exit": "2026-03-31"}], "on": "2026-04-01"},
        {"earliest_entry": "2026-06-30"},
        {"limit_days": 91},
    ),
    Kind.ELIGIBLE_AFTER: (
        {"years": 2, "of": "stay", "what": "citizenship", "basis": "Presence."},
        OPEN_STAY,
        {"eligible_on": "2028-01-01"},
        {"of": "permit"},
    ),
}


def example(kind: Kind, parameters: dict[str, Any], facts: dict[str, Any], expect: dict[str, Any]) -> dict[str, Any]:
    words = {"consequence", "basis", "document_kinds", "actor", "permit_kind", "what"}
    said = {name: value for name, value in parameters.items() if name not in words}
    return {"id": "proof", "rules": [{"kind": kind.value, **said}], **facts, "expect": expect}


def test_every_kind_that_computes_is_tried() -> None:
    assert set(PROVED) == COMPUTING_KINDS


@pytest.mark.parametrize("kind", PROVED)
def test_it_is_proved_by_an_example_with_its_numbers(kind: Kind) -> None:
    parameters, facts, expect, _ = PROVED[kind]

    assert shortfalls([example(kind, parameters, facts, expect)], kind, parameters, "KZ") == ()


@pytest.mark.parametrize("kind", PROVED)
def test_it_is_not_proved_by_an_example_of_another_arithmetic(kind: Kind) -> None:
    parameters, facts, expect, change = PROVED[kind]

    (problem,) = shortfalls([example(kind, parameters, facts, expect)], kind, parameters | change, "KZ")

    assert problem.message.startswith("No example expects a date of this very rule")


@pytest.mark.parametrize("kind", PROVED)
def test_it_is_not_proved_by_an_example_that_fails(kind: Kind) -> None:
    parameters, facts, expect, _ = PROVED[kind]
    wrong = dict.fromkeys(expect, "1999-01-01")

    (problem,) = shortfalls([example(kind, parameters, facts, wrong)], kind, parameters, "KZ")

    assert problem.message.startswith("%(example)s does not come out as expected")
