"""When a rule is law, and when we knew it: decrees that reach back, seasons, cohorts, plans, under the reference rules."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from casework.residency.reference import shipped_files
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import Facts
from casework.residency.rules.kinds import Duty, LegalStatus
from casework.residency.rules.known import known_rules
from casework.residency.rules.position import Position
from casework.residency.rules.reference import read_reference
from casework.residency.rules.rulebook import Rule, RuleBook

from .making import NOW, at, between, day, deadline, due, permit, person, registration, stay, steps_of, warnings_of

BOOK = read_reference(shipped_files()).book()
BY_KEY = {rule.key: rule for rule in BOOK.rules}


def asked(facts: Facts, on: str, known_at: str | None = None, book: RuleBook = BOOK) -> Position:
    return evaluate(facts, book, NOW, on=day(on), known_at=at(known_at) if known_at else None)


def ukrainian(entered: str) -> Facts:
    return person(stay("GE", entered, nationality="UA"), nationalities=("UA",))


def with_rule(key: str, change: Callable[[Rule], Rule]) -> RuleBook:
    """The book with one rule of it changed."""
    return replace(BOOK, rules=tuple(change(rule) if rule.key == key else rule for rule in BOOK.rules))


# Decrees that reach back


@pytest.mark.parametrize(
    ("known_at", "leave"),
    [("2024-04-22T23:59:59", "2026-02-28"), ("2024-04-23", "2027-02-28"), ("2024-04-24", "2027-02-28")],
)
def test_georgia_gave_ukrainians_three_years_in_april_2024_for_entries_since_february(
    known_at: str, leave: str
) -> None:
    assert due(asked(ukrainian("2024-03-01"), "2024-05-01", known_at), Duty.LEAVE) == leave


def test_the_decree_of_2024_does_not_reach_who_entered_the_day_before() -> None:
    assert due(asked(ukrainian("2024-02-23"), "2024-05-01", "2024-05-01"), Duty.LEAVE) == "2026-02-22"
    assert due(asked(ukrainian("2024-02-24"), "2024-05-01", "2024-05-01"), Duty.LEAVE) == "2027-02-23"


@pytest.mark.parametrize(("known_at", "leave"), [("2026-02-24", "2026-03-09"), ("2026-02-25", "2027-03-09")])
def test_georgia_gave_ukrainians_two_years_in_february_2026_for_entries_since_2025(known_at: str, leave: str) -> None:
    assert due(asked(ukrainian("2025-03-10"), "2026-02-20", known_at), Duty.LEAVE) == leave


# Cohorts with an end of their own


@pytest.mark.parametrize(
    ("known_at", "leave", "reason"),
    [
        ("2025-02-23", "2027-11-30", "version_on_entry_between"),
        ("2025-02-24", "2026-02-24", "version_by_cohort"),
        ("2026-02-24", "2026-02-24", "version_by_cohort"),
        ("2026-02-25", "2027-02-24", "version_by_cohort"),
    ],
)
def test_ukrainians_who_were_in_georgia_before_have_a_fixed_day_as_each_decree_said(
    known_at: str, leave: str, reason: str
) -> None:
    found = deadline(asked(ukrainian("2024-12-01"), "2025-06-01", known_at), Duty.LEAVE)

    assert found.due_on == day(leave)
    assert reason in steps_of(found)


@pytest.mark.parametrize(
    ("registered", "printed_end", "renew_by"),
    [
        ("2024-09-04", None, "2025-03-04"),
        ("2024-09-04", "2025-01-15", "2025-01-15"),
        ("2024-09-05", None, "2024-11-04"),
        ("2024-09-05", "2024-10-20", "2024-10-20"),
    ],
)
def test_slips_of_kyrgyzstan_keep_their_printed_end_and_those_since_september_2024_last_sixty_days(
    registered: str, printed_end: str | None, renew_by: str
) -> None:
    more = {"valid_until": printed_end} if printed_end else {}
    facts = person(stay("KG", "2024-08-20"), registrations=(registration("KG", registered, **more),))

    assert due(asked(facts, "2024-09-20"), Duty.RENEW_REGISTRATION) == renew_by


def test_a_permit_of_germany_was_extended_as_far_as_was_known_then() -> None:
    facts = person(
        stay("DE", "2022-03-20", legal_basis="permit", nationality="UA"),
        nationalities=("UA",),
        permits=(permit("DE", "temporary_protection", "2022-05-01", "2024-03-04"),),
    )

    assert due(asked(facts, "2024-02-10"), Duty.LEAVE) == "2026-03-04"


# Exceptions over a base, seasons


@pytest.mark.parametrize(
    ("country", "entered", "leave", "by"),
    [
        ("ME", "2019-04-14", "2019-07-12", "me-ru-leave-90-per-visit-2016"),
        ("ME", "2019-04-15", "2019-07-13", "me-ru-leave-90-per-visit-season-2019"),
        ("ME", "2019-10-31", "2020-01-28", "me-ru-leave-90-per-visit-season-2019"),
        ("ME", "2019-11-01", "2019-11-30", "me-ru-leave-30-per-visit-2019"),
        ("TH", "2023-10-31", "2023-11-29", "th-ru-leave-30-per-visit-to-2023"),
        ("TH", "2023-11-01", "2024-01-29", "th-ru-leave-90-per-visit-2023"),
        ("TH", "2024-04-30", "2024-07-28", "th-ru-leave-90-per-visit-2023"),
        ("TH", "2024-05-01", "2024-06-29", "th-ru-leave-60-per-visit"),
    ],
)
def test_a_season_stands_over_its_base_on_its_days_alone(country: str, entered: str, leave: str, by: str) -> None:
    found = deadline(asked(person(stay(country, entered)), entered), Duty.LEAVE)

    assert (found.due_on, found.rule_ids[0]) == (day(leave), by)
    assert ("exception_stands" in steps_of(found)) is BY_KEY[by].is_exception


# Changes that are coming


def changes(facts: Facts, on: str) -> dict[str, object]:
    return {
        rule_id: warning.values["valid_on"]
        for warning in warnings_of(asked(facts, on), "rule_change_scheduled")
        for rule_id in warning.rule_ids
    }


def test_who_stays_in_kazakhstan_over_1_july_2026_is_warned_of_the_new_registration() -> None:
    crossing = changes(person(stay("KZ", "2026-05-15")), "2026-06-01")

    assert crossing["kz-ru-register-30-days"] == "2026-07-01"
    assert crossing["kz-ru-register-address-5-working-days"] == "2026-07-01"
    # Who must have left by 30 June is not.
    assert "kz-ru-register-30-days" not in changes(person(stay("KZ", "2026-04-01")), "2026-06-01")


def test_nobody_is_warned_of_what_was_not_published_yet() -> None:
    facts = person(stay("KZ", "2025-09-01", nationality="RU"))
    before = warnings_of(asked(facts, "2025-11-10", "2025-11-16"), "rule_change_scheduled")

    assert [warning for warning in before if "kz-ru-register-30-days" in warning.rule_ids] == []


def test_the_new_registration_of_kazakhstan_says_that_day_one_is_unclear() -> None:
    found = deadline(asked(person(stay("KZ", "2026-07-01")), "2026-07-02"), Duty.REGISTER)

    assert (found.due_on, found.alternative_on) == (day("2026-07-30"), day("2026-07-31"))
    assert "alternative_by_day_one" in steps_of(found)


def test_who_is_in_montenegro_in_september_2026_sees_the_visa_that_was_announced() -> None:
    answer = asked(person(stay("ME", "2026-09-10")), "2026-09-11")

    announced = [each for each in warnings_of(answer, "rule_not_yet_law") if each.values["duty"] == "enter"]
    assert [(each.rule_ids, each.values["legal_status"]) for each in announced] == [
        (("me-ru-enter-visa-announced",), "announced")
    ]
    assert due(answer, Duty.LEAVE) == "2026-10-09"


# What is no law


def test_a_proposal_is_shown_and_never_binds() -> None:
    answer = asked(person(stay("TH", "2026-11-01")), "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2026-12-30"
    shown = [rule_id for each in warnings_of(answer, "rule_not_yet_law") for rule_id in each.rule_ids]
    assert "th-ru-leave-30-per-visit-proposed" in shown


def test_what_is_suspended_is_known_and_binds_nobody() -> None:
    known = known_rules(BOOK, NOW)
    key = "de-any-residence-sections-22-23-suspended"

    assert key in [rule.key for rule in known.planned["DE", Duty.RESIDENCE]]
    assert key not in [rule.key for rule in known.binding.get(("DE", Duty.RESIDENCE), ())]


def test_a_rule_that_is_suspended_gives_way_to_nothing_and_binds_again_when_it_is_in_force() -> None:
    facts = person(stay("RS", "2026-11-01"))
    suspended = with_rule("rs-ru-leave-30-per-visit", lambda rule: replace(rule, legal_status=LegalStatus.SUSPENDED))

    assert not [each for each in asked(facts, "2026-11-05", book=suspended).deadlines if each.duty == Duty.LEAVE]
    assert due(asked(facts, "2026-11-05"), Duty.LEAVE) == "2026-11-30"


def test_practice_at_the_border_of_georgia_is_told_to_who_plans_to_enter_and_limits_nothing() -> None:
    plan = person(stay("GE", "2026-12-01", "2026-12-20"))
    answer = asked(plan, "2026-11-22")

    assert warnings_of(answer, "entry_refusals_reported")
    assert due(answer, Duty.LEAVE) == "2027-11-30"


# Days before the commencement


@pytest.mark.parametrize(
    ("says", "leave", "other"),
    [(None, "2023-02-02", "2023-04-27"), (True, "2023-02-02", None), (False, "2023-04-27", None)],
)
def test_days_before_27_january_2023_in_kazakhstan_count_do_not_or_nobody_says(
    says: bool | None, leave: str, other: str | None
) -> None:
    before = person(stay("KZ", "2022-10-20", "2023-01-11"), stay("KZ", "2023-01-28"))
    book = with_rule("kz-ru-leave-90-in-180", lambda rule: replace(rule, days_before_commencement_count=says))

    found = deadline(asked(before, "2023-01-28", book=book), Duty.LEAVE)

    # 84 of the 90 days were spent before; where they do not count, the visit may last 90 days.
    assert (found.due_on, found.alternative_on) == (day(leave), day(other) if other else None)


def test_the_day_of_commencement_decides_by_the_entry_in_kazakhstan() -> None:
    def leave(entered: str) -> tuple[str | None, str]:
        found = deadline(asked(person(stay("KZ", entered)), entered), Duty.LEAVE)
        return str(found.due_on), found.rule_ids[0]

    assert leave("2023-01-26") == ("2023-04-25", "kz-ru-leave-90-per-visit-to-2023")
    assert leave("2023-01-27")[0] == "2023-04-26"
    assert leave("2023-01-27")[1] != "kz-ru-leave-90-per-visit-to-2023"


def test_an_entry_around_the_commencement_that_is_not_known_exactly_is_read_at_its_worst() -> None:
    found = deadline(asked(person(stay("KZ", between("2023-01-25", "2023-01-28"))), "2023-02-10"), Duty.LEAVE)

    assert (found.due_on, found.alternative_on) == (day("2023-04-24"), day("2023-04-27"))
