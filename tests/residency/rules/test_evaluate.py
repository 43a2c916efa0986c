"""The whole answer: which day is asked about, one deadline for each identity, and when to look again."""

import pytest

from casework.residency.rules.evaluate import evaluate, today
from casework.residency.rules.kinds import Duty, Kind
from casework.residency.rules.position import SubjectKind

from .making import (
    address,
    application,
    at,
    between,
    book,
    day,
    deadline,
    due,
    permit,
    person,
    position,
    rule,
    stay,
    warnings_of,
)

VISIT = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU")


def test_today_is_the_day_it_is_where_the_person_stays() -> None:
    late_in_utc = at("2026-11-22T20:30:00")

    assert today(person(stay("KZ", "2026-11-01")), book(), late_in_utc) == day("2026-11-23")
    assert today(person(stay("RS", "2026-11-01")), book(), late_in_utc) == day("2026-11-22")
    assert today(person(), book(), late_in_utc) == day("2026-11-22")
    assert evaluate(person(stay("KZ", "2026-11-01")), book(VISIT), late_in_utc).on == day("2026-11-23")


def test_somebody_who_is_nowhere_on_record_has_an_answer() -> None:
    answer = position(person(), (VISIT,), "2026-11-22")

    assert (answer.country, answer.limits, answer.deadlines, answer.opportunities) == ("", (), (), ())


def test_the_country_is_that_of_the_stay_begun_last() -> None:
    visits = (stay("KZ", "2026-11-01", "2026-11-22"), stay("RS", "2026-11-22"))

    assert position(person(*visits), (), "2026-11-22").country == "RS"
    assert position(person(*visits), (), "2026-11-21").country == "KZ"


@pytest.mark.parametrize(("out", "back"), [("a", "b"), ("b", "a")])
def test_who_went_out_and_came_back_on_one_day_is_back(out: str, back: str) -> None:
    register = rule("KZ", Kind.REGISTER_WITHIN, {"n": 3, "unit": "calendar_days", "day_one": "entry_day"})
    facts = person(
        stay("KZ", "2026-09-20", "2026-11-22", id="before"),
        stay("RU", "2026-11-22", "2026-11-22", id=out),
        stay("KZ", "2026-11-22", id=back),
    )
    answer = position(facts, (VISIT, register), "2026-11-22")

    assert answer.country == "KZ"
    assert due(answer, Duty.REGISTER, back) == "2026-11-24"
    assert due(answer, Duty.LEAVE, back) == "2026-12-21"


def test_records_of_one_visit_are_one_stay_with_one_deadline() -> None:
    visits = (stay("KZ", "2026-11-01"), stay("KZ", "2026-11-05"))
    answer = position(person(*visits), (VISIT,), "2026-11-22")

    assert deadline(answer, Duty.LEAVE).subject.id == "KZ-2026-11-01"
    assert deadline(answer, Duty.LEAVE).due_on == day("2026-11-30")


def test_no_two_deadlines_have_one_identity() -> None:
    facts = person(stay("KZ", "2026-11-01"), stay("KZ", "2027-02-01", "2027-02-10"))
    answer = position(facts, (VISIT,), "2026-11-22")

    identities = [(each.duty, each.subject, each.occurrence) for each in answer.deadlines]
    assert len(identities) == len(set(identities)) == 2
    assert {each.subject.kind for each in answer.deadlines} == {SubjectKind.STAY}


def test_it_is_to_be_looked_at_again_when_something_begins_ends_or_passes() -> None:
    def recheck(*, on: str = "2026-11-22", rules: tuple[object, ...] = (VISIT,), **more: object) -> str:
        return str(position(person(stay("KZ", "2026-11-01"), **more), rules, on).recheck_on)

    change = rule("KZ", Kind.REGISTRATION_EXEMPTION, {"days": 30}, whom="TJ", valid_from="2026-11-25")
    assert recheck() == "2026-12-01"
    assert recheck(on="2026-12-01") == "2026-12-02"  # of an overstay each day is said
    assert recheck(rules=(VISIT, change)) == "2026-11-25"
    assert recheck(addresses=(address("KZ", "2026-11-01", "2026-11-24"),)) == "2026-11-24"
    assert recheck(permits=(permit("RS", "other", "2026-11-23", "2027-01-01"),)) == "2026-11-23"
    assert recheck(applications=(application("KZ", "asylum", "2026-11-27"),)) == "2026-11-27"
    assert recheck(birth=between("2012-11-28", "2012-11-28")) == "2026-11-28"
    assert recheck(birth=between("2012-01-01", "2012-11-29")) == "2026-11-29"


def test_who_left_on_a_day_that_nobody_knows_may_still_be_there_each_day() -> None:
    facts = person(stay("KZ", "2026-11-01", between(None, None)))

    assert str(position(facts, (VISIT,), "2026-11-22").recheck_on) == "2026-11-23"
    assert warnings_of(position(facts, (VISIT,), "2026-12-01"), "overstayed_at_worst")


def test_it_is_looked_at_again_when_a_law_ends_where_somebody_holds_a_permit_and_is_not() -> None:
    status = rule(
        "PL",
        Kind.MAX_ABSENCE,
        {"days": 300, "consequence": "The status is lost."},
        whom="UA",
        legal_basis="permit",
        valid_until="2026-11-30",
    )
    extended = rule(
        "DE",
        Kind.PERMIT_EXTENDED_BY_LAW,
        {"valid_on": "2026-02-01", "extended_to": "2026-12-04"},
        whom="UA",
        legal_basis="permit",
    )
    before = stay("PL", "2026-01-01", "2026-06-01", nationality="UA", legal_basis="permit")
    in_georgia = stay("GE", "2026-06-01", nationality="UA")

    def recheck(country: str, until: str | None) -> str:
        permits = (permit(country, "temporary_protection", "2026-01-01", until),)
        facts = person(before, in_georgia, nationalities=("UA",), permits=permits)
        return str(position(facts, (status, extended), "2026-11-22").recheck_on)

    assert recheck("PL", None) == "2026-12-01"
    assert recheck("DE", "2026-03-01") == "2026-12-05"


def test_a_change_of_law_is_announced_a_year_ahead_whatever_else_happens() -> None:
    year = rule("KZ", Kind.CALENDAR_YEAR, {"days": 366}, valid_until="2027-12-31")
    short = rule("KZ", Kind.CALENDAR_YEAR, {"days": 90}, valid_from="2028-01-01")
    facts = person(stay("KZ", "2026-11-01"))
    first = position(facts, (year, short), "2026-11-22")
    assert not warnings_of(first, "rule_change_scheduled")

    assert str(first.recheck_on) == "2027-01-01"
    assert warnings_of(position(facts, (year, short), "2027-01-01"), "rule_change_scheduled")


def test_the_answer_on_the_day_before_recheck_is_still_the_same() -> None:
    facts = person(stay("KZ", "2026-11-01"), stay("KZ", "2026-08-01", "2026-09-10"))
    window = rule("KZ", Kind.ROLLING_WINDOW, {"days": 60, "window_days": 120}, whom="RU")
    first = position(facts, (VISIT, window), "2026-11-02")
    assert first.recheck_on is not None

    for on in ("2026-11-03", "2026-11-10", "2026-11-19"):
        later = position(facts, (VISIT, window), on)
        if later.on < first.recheck_on:
            assert [each.due_on for each in later.deadlines] == [each.due_on for each in first.deadlines]


def test_the_rules_of_one_instant_are_sorted_once_and_few_are_kept() -> None:
    rules = book(VISIT)
    for hour in range(20):
        evaluate(person(stay("KZ", "2026-11-01")), rules, at(f"2026-11-22T{hour:02}:00:00"))

    assert len(rules.known) <= 8
