"""The situations that people come with, under the rules that come with the program."""

from pathlib import Path

import pytest

from casework.residency.rules import reference
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import Facts
from casework.residency.rules.kinds import Duty, ReviewStatus
from casework.residency.rules.position import Position
from casework.residency.rules.reference import read_reference
from casework.residency.rules.rulebook import RuleBook

from .making import (
    NOW,
    address,
    at,
    between,
    codes,
    day,
    deadline,
    due,
    has_deadline,
    opportunities,
    permit,
    person,
    registration,
    stay,
    warnings_of,
)

FILES = Path(reference.__file__).parents[1] / "reference"
UA = ("UA",)


@pytest.fixture(scope="module")
def rules() -> RuleBook:
    return read_reference({file.name: file.read_bytes() for file in sorted(FILES.rglob("*.toml"))}).book()


def asked(facts: Facts, rules: RuleBook, on: str, known_at: str | None = None) -> Position:
    return evaluate(facts, rules, NOW, on=day(on), known_at=at(known_at) if known_at else None)


def test_kazakhstan_before_and_after_january_2023(rules: RuleBook) -> None:
    before = asked(person(stay("KZ", "2022-12-01")), rules, "2023-02-15")
    run = (stay("KZ", "2023-02-01", "2023-03-31"), stay("KZ", "2023-04-05"))
    after = asked(person(*run), rules, "2023-04-10")

    assert due(before, Duty.LEAVE) == "2023-02-28"
    assert due(after, Duty.LEAVE) == "2023-05-05"


def test_kazakhstan_asks_for_registration_by_day_thirty_since_july_2026(rules: RuleBook) -> None:
    answer = asked(person(stay("KZ", "2026-07-01")), rules, "2026-07-05")

    assert due(answer, Duty.REGISTER) == "2026-07-30"
    assert deadline(answer, Duty.REGISTER).only_if_here_after is None
    assert due(answer, Duty.NOTIFY_ARRIVAL) == "2026-07-03"
    earlier = deadline(asked(person(stay("KZ", "2026-06-30")), rules, "2026-07-05"), Duty.REGISTER)
    assert earlier.only_if_here_after == day("2026-07-29")


def test_uzbekistan_has_fifteen_days_for_russians_and_three_working_days_for_others(rules: RuleBook) -> None:
    russian = asked(person(stay("UZ", "2026-11-10")), rules, "2026-11-12")
    tajik = asked(person(stay("UZ", "2026-11-10", nationality="TJ"), nationalities=("TJ",)), rules, "2026-11-12")

    assert (due(russian, Duty.REGISTER), due(russian, Duty.LEAVE)) == ("2026-11-24", "2027-01-08")
    assert due(tajik, Duty.REGISTER) == "2026-11-13"
    assert not has_deadline(tajik, Duty.LEAVE)
    assert "no_rule_recorded" in codes(tajik)


def test_kyrgyzstan_keeps_an_old_slip_and_counts_ninety_in_180_since_september_2024(rules: RuleBook) -> None:
    slip = person(stay("KG", "2024-03-01"), registrations=(registration("KG", "2024-08-20", valid_until="2025-02-20"),))
    since = person(stay("KG", "2026-05-10", "2026-06-30"), stay("KG", "2026-09-20"))

    assert due(asked(slip, rules, "2024-11-01"), Duty.RENEW_REGISTRATION) == "2025-02-20"
    assert due(asked(since, rules, "2026-10-01"), Duty.LEAVE) == "2026-10-27"


def test_georgia_gives_russians_a_year_and_tells_ukrainians_what_was_known_when(rules: RuleBook) -> None:
    russian = asked(person(stay("GE", "2026-02-01")), rules, "2026-11-22")
    ukrainian = person(stay("GE", "2024-03-10", nationality="UA"), nationalities=UA)

    assert due(russian, Duty.LEAVE) == "2027-01-31"
    assert due(asked(ukrainian, rules, "2024-04-01", known_at="2024-04-01"), Duty.LEAVE) == "2026-03-09"
    assert due(asked(ukrainian, rules, "2024-06-01", known_at="2024-06-01"), Duty.LEAVE) == "2027-03-09"
    assert due(asked(ukrainian, rules, "2025-06-01", known_at="2025-06-01"), Duty.LEAVE) == "2026-02-24"
    assert due(asked(ukrainian, rules, "2026-11-22"), Duty.LEAVE) == "2027-02-24"


def test_mongolia_gives_thirty_days_an_extension_and_time_to_apply(rules: RuleBook) -> None:
    extension = permit("MN", "stay_extension", "2026-11-09", "2026-12-08")
    answer = asked(person(stay("MN", "2026-10-10"), permits=(extension,)), rules, "2026-11-22")

    assert due(asked(person(stay("MN", "2026-10-10")), rules, "2026-10-12"), Duty.LEAVE) == "2026-11-08"
    assert due(answer, Duty.LEAVE) == "2026-12-08"
    assert deadline(answer, Duty.APPLY_RESIDENCE).optional


def test_turkey_has_two_limits_and_closed_neighbourhoods(rules: RuleBook) -> None:
    home = address("TR", "2026-10-15", area_closed=True)
    answer = asked(person(stay("TR", "2026-10-15"), addresses=(home,)), rules, "2026-11-22")

    assert len(deadline(answer, Duty.LEAVE).rule_ids) == 2
    assert due(answer, Duty.LEAVE) == "2026-12-13"
    (closed,) = warnings_of(answer, "area_closed")
    assert closed.rule_ids == ("tr-any-area-closed",)


def test_argentina_counts_towards_citizenship_without_a_break(rules: RuleBook) -> None:
    residence = permit("AR", "temporary_residence", "2025-03-01", "2027-03-01")
    answer = asked(person(stay("AR", "2025-01-10", legal_basis="permit"), permits=(residence,)), rules, "2026-11-22")

    (citizenship,) = opportunities(answer, Duty.CITIZENSHIP)
    assert citizenship.opens_on == day("2027-03-01")


def test_somebody_who_circles_has_a_date_where_they_are_and_days_of_return_elsewhere(rules: RuleBook) -> None:
    circle = (
        stay("KG", "2026-06-01", "2026-08-29"),
        stay("TH", "2026-08-30", "2026-10-20"),
        stay("RS", "2026-10-21"),
    )
    answer = asked(person(*circle), rules, "2026-11-15")

    assert due(answer, Duty.LEAVE) == "2026-11-19"
    assert [(each.country, str(each.opens_on)) for each in opportunities(answer, Duty.RE_ENTER)] == [
        ("KG", "2026-11-28")
    ]


def test_schengen_counts_croatia_from_2023_and_looks_back(rules: RuleBook) -> None:
    facts = person(stay("DE", "2022-10-01", "2022-10-20"), stay("HR", "2022-11-01"))

    assert due(asked(facts, rules, "2023-01-10"), Duty.LEAVE) == "2023-03-11"


def test_germany_extends_and_poland_loses_temporary_protection(rules: RuleBook) -> None:
    german = person(
        stay("DE", "2022-03-20", legal_basis="permit", nationality="UA"),
        nationalities=UA,
        permits=(permit("DE", "temporary_protection", "2022-05-01", "2024-03-04"),),
    )
    polish = person(
        stay("PL", "2022-03-20", "2026-11-05", legal_basis="permit", nationality="UA"),
        nationalities=UA,
        permits=(permit("PL", "temporary_protection", "2022-05-01", None),),
    )

    assert due(asked(german, rules, "2025-06-01"), Duty.LEAVE) == "2026-03-04"
    assert due(asked(polish, rules, "2026-11-22"), Duty.RETURN) == "2026-12-04"


def test_azerbaijan_counts_calendar_years_and_every_new_address(rules: RuleBook) -> None:
    facts = person(
        stay("AZ", "2026-10-10"),
        addresses=(address("AZ", "2026-10-10", "2026-11-16", id="first"), address("AZ", "2026-11-16", id="second")),
    )
    answer = asked(facts, rules, "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2027-03-31"
    assert due(answer, Duty.REGISTER_ADDRESS, "second") == "2026-11-20"


def test_serbia_asks_for_a_white_card_at_once_and_for_renewal_in_a_window(rules: RuleBook) -> None:
    visitor = asked(person(stay("RS", "2026-11-01")), rules, "2026-11-01")
    resident = person(
        stay("RS", "2023-01-01", legal_basis="permit"),
        permits=(permit("RS", "temporary_residence", "2023-06-30", "2024-06-30"),),
    )
    renewal = deadline(asked(resident, rules, "2024-04-01"), Duty.RENEW_PERMIT)

    assert due(visitor, Duty.REGISTER) == "2026-11-01"
    assert (renewal.opens_on, renewal.due_on) == (day("2024-03-30"), day("2024-05-31"))


def test_a_child_in_kazakhstan_turns_fourteen(rules: RuleBook) -> None:
    child = person(stay("KZ", "2026-11-01"), birth=between("2013-01-05", "2013-01-05"))

    (birthday,) = opportunities(asked(child, rules, "2026-11-22"), Duty.ENTER)
    assert birthday.opens_on == day("2027-01-05")


def test_no_date_of_the_reference_rules_is_shown_as_reviewed(rules: RuleBook) -> None:
    for facts in (person(stay("KZ", "2026-11-01")), person(stay("TR", "2026-11-01")), person(stay("UZ", "2026-11-01"))):
        for each in asked(facts, rules, "2026-11-22").deadlines:
            assert each.review in (ReviewStatus.PROVISIONAL, ReviewStatus.NEEDS_REVIEW)
