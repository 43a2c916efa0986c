"""The whole answer: which day is asked about, one deadline for each identity, and when to look again."""

from casework.residency.rules.evaluate import evaluate, today
from casework.residency.rules.kinds import Duty, Kind
from casework.residency.rules.position import SubjectKind

from .making import address, at, book, day, deadline, permit, person, position, rule, stay

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
    assert recheck(on="2026-12-01") == "None"
    assert recheck(rules=(VISIT, change)) == "2026-11-25"
    assert recheck(addresses=(address("KZ", "2026-11-01", "2026-11-24"),)) == "2026-11-24"
    assert recheck(permits=(permit("RS", "other", "2026-11-23", "2027-01-01"),)) == "2026-11-23"


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
