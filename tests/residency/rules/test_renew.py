"""Permits and registrations renewed in time, and the windows in which that is possible."""

from casework.residency.rules.facts import DayRange
from casework.residency.rules.kinds import AppliesTo, Duty, Kind, ReviewStatus

from .making import (
    application,
    between,
    day,
    deadline,
    due,
    has_deadline,
    opportunities,
    permit,
    person,
    position,
    registration,
    rule,
    stay,
    steps_of,
)

SERBIA = (
    rule(
        "RS",
        Kind.RENEWAL_WINDOW,
        {"closes": {"days": 30}, "of": "permit", "permit_kind": "temporary_residence"},
        legal_basis="permit",
        valid_until="2018-10-02",
        applies_to=AppliesTo.EACH_DAY,
        id="before",
    ),
    rule(
        "RS",
        Kind.RENEWAL_WINDOW,
        {"opens": {"months": 3}, "closes": {"days": 30}, "of": "permit", "permit_kind": "temporary_residence"},
        legal_basis="permit",
        valid_from="2018-10-03",
        applies_to=AppliesTo.EACH_DAY,
        id="since",
    ),
)


def in_serbia(until: str | None, **more: object) -> object:
    return person(
        stay("RS", "2018-01-01", legal_basis="permit"),
        permits=(permit("RS", "temporary_residence", "2017-07-01", until),),
        **more,
    )


def test_a_renewal_window_opens_and_closes_before_the_end() -> None:
    answer = position(in_serbia("2024-06-30"), SERBIA, "2024-03-01")

    renewal = deadline(answer, Duty.RENEW_PERMIT)
    assert (renewal.opens_on, renewal.due_on) == (day("2024-03-30"), day("2024-05-31"))
    (window,) = opportunities(answer, Duty.RENEW_PERMIT)
    assert window.opens_on == day("2024-03-30")
    assert str(renewal.recheck_on) == "2024-03-30"


def test_a_window_that_has_closed_is_no_opportunity() -> None:
    answer = position(in_serbia("2024-06-30"), SERBIA, "2024-06-01")

    assert due(answer, Duty.RENEW_PERMIT) == "2024-05-31"
    assert opportunities(answer, Duty.RENEW_PERMIT) == []


def test_the_version_in_force_on_the_last_day_to_act_decides() -> None:
    def rules_for(until: str) -> tuple[str, ...]:
        return deadline(position(in_serbia(until), SERBIA, "2018-09-01"), Duty.RENEW_PERMIT).rule_ids

    assert rules_for("2018-11-01") == ("before",)
    assert rules_for("2018-11-02") == ("since",)


def test_an_application_for_renewal_meets_the_duty() -> None:
    filed = application("RS", "renewal", "2024-04-10", permit_id="permit")
    unnamed = application("RS", "renewal", "2024-04-10")
    too_early = application("RS", "renewal", "2023-04-10")

    def is_met(one: object) -> bool:
        return deadline(
            position(in_serbia("2024-06-30", applications=(one,)), SERBIA, "2024-05-01"), Duty.RENEW_PERMIT
        ).is_met

    assert is_met(filed)
    assert is_met(unnamed)
    assert not is_met(too_early)


def test_a_permit_that_a_newer_one_has_replaced_is_not_renewed() -> None:
    facts = person(
        stay("RS", "2018-01-01", legal_basis="permit"),
        permits=(
            permit("RS", "temporary_residence", "2023-07-01", "2024-06-30", id="old"),
            permit("RS", "temporary_residence", "2024-07-01", "2025-06-30", id="new"),
        ),
    )
    answer = position(facts, SERBIA, "2024-06-10")

    assert [each.subject.id for each in answer.deadlines if each.duty == Duty.RENEW_PERMIT] == ["new"]


def test_a_permit_that_one_of_another_kind_follows_without_a_gap_is_not_renewed() -> None:
    def renewed(since: str) -> list[str]:
        facts = person(
            stay("RS", "2018-01-01", legal_basis="permit"),
            permits=(
                permit("RS", "temporary_residence", "2023-07-01", "2024-06-30", id="old"),
                permit("RS", "permanent_residence", since, "2034-06-30", id="next"),
            ),
        )
        answer = position(facts, SERBIA, "2024-06-10")
        return [each.subject.id for each in answer.deadlines if each.duty == Duty.RENEW_PERMIT]

    assert renewed("2024-06-15") == []
    assert renewed("2024-07-01") == []
    assert renewed("2024-07-02") == ["old"]


def test_a_shorter_permit_within_a_longer_one_takes_its_place_for_no_day() -> None:
    facts = person(
        stay("RS", "2024-01-01", legal_basis="permit"),
        permits=(
            permit("RS", "temporary_residence", "2024-01-01", "2026-12-31", id="long"),
            permit("RS", "temporary_residence", "2025-01-01", "2025-06-30", id="short"),
        ),
    )
    answer = position(facts, SERBIA, "2026-11-22")

    assert [each.subject.id for each in answer.deadlines if each.duty == Duty.RENEW_PERMIT] == ["long"]


def test_an_earlier_permit_whose_end_nobody_recorded_does_not_hide_the_end_of_the_next_one() -> None:
    facts = person(
        stay("RS", "2024-01-01", legal_basis="permit"),
        permits=(
            permit("RS", "temporary_residence", "2024-01-01", None, id="first"),
            permit("RS", "temporary_residence", "2025-12-20", "2026-12-31", id="next"),
        ),
    )
    answer = position(facts, SERBIA, "2026-11-22")

    assert [each.subject.id for each in answer.deadlines if each.duty == Duty.RENEW_PERMIT] == ["next"]


def test_without_an_end_there_is_nothing_to_count_back_from() -> None:
    assert not has_deadline(position(in_serbia(None), SERBIA, "2024-06-10"), Duty.RENEW_PERMIT)


def test_a_permit_of_another_country_that_is_over_is_not_renewed_any_more() -> None:
    facts = person(stay("KZ", "2026-11-01"), permits=(permit("RS", "temporary_residence", "2023-07-01", "2024-06-30"),))

    assert not has_deadline(position(facts, SERBIA, "2026-11-22"), Duty.RENEW_PERMIT)


def test_a_month_end_before_the_end_has_two_readings() -> None:
    months = rule("TR", Kind.RENEWAL_WINDOW, {"closes": {"months": 3}, "of": "permit"}, legal_basis="permit")
    facts = person(
        stay("TR", "2024-01-01", legal_basis="permit"), permits=(permit("TR", "other", "2023-07-01", "2024-05-31"),)
    )
    renewal = deadline(position(facts, (months,), "2024-02-01"), Duty.RENEW_PERMIT)

    assert (renewal.due_on, renewal.alternative_on) == (day("2024-02-29"), day("2024-03-01"))
    assert "alternative_by_month_end" in steps_of(renewal)


def test_a_paper_to_be_renewed_every_two_months_is_due_by_that_or_by_its_printed_end() -> None:
    precaria = rule(
        "AR",
        Kind.RENEW_EVERY,
        {"months": 2, "of": "permit", "permit_kind": "precaria"},
        legal_basis="permit",
        duty=Duty.RENEW_PERMIT,
        applies_to=AppliesTo.DOCUMENT_VALID_ON,
    )

    def renewal(until: str | None) -> str | None:
        facts = person(
            stay("AR", "2026-09-01", legal_basis="permit"), permits=(permit("AR", "precaria", "2026-10-01", until),)
        )
        return due(position(facts, (precaria,), "2026-11-22"), Duty.RENEW_PERMIT)

    assert renewal(None) == "2026-12-01"
    assert renewal("2026-12-30") == "2026-12-01"
    assert renewal("2026-11-30") == "2026-11-30"


# Registrations

KYRGYZSTAN = (
    rule(
        "KG",
        Kind.RENEW_EVERY,
        {"months": 6, "of": "registration"},
        whom="RU",
        valid_until="2024-09-04",
        applies_to=AppliesTo.DOCUMENT_VALID_ON,
        id="six months",
    ),
    rule(
        "KG",
        Kind.RENEW_EVERY,
        {"days": 60, "of": "registration"},
        whom="RU",
        valid_from="2024-09-05",
        applies_to=AppliesTo.DOCUMENT_VALID_ON,
        id="sixty days",
    ),
)


def renewal_of(**slip: str | None) -> tuple[str | None, tuple[str, ...]]:
    facts = person(
        stay("KG", "2024-03-01"),
        registrations=(registration("KG", slip.pop("on"), **{k: v for k, v in slip.items() if v}),),
    )
    found = deadline(position(facts, KYRGYZSTAN, "2024-11-01"), Duty.RENEW_REGISTRATION)
    return str(found.due_on), found.rule_ids


def test_a_slip_keeps_the_end_that_is_printed_on_it() -> None:
    assert renewal_of(on="2024-08-20", valid_until="2025-02-20") == ("2025-02-20", ("six months",))


def test_without_a_printed_end_the_rule_on_the_day_of_registration_counts() -> None:
    assert renewal_of(on="2024-09-04") == ("2025-03-04", ("six months",))
    assert renewal_of(on="2024-09-05") == ("2024-11-04", ("sixty days",))


def test_a_printed_end_needs_no_rule_and_no_review() -> None:
    facts = person(
        stay("UZ", "2026-11-01"), registrations=(registration("UZ", "2026-11-03", valid_until="2026-12-30"),)
    )
    found = deadline(position(facts, (), "2026-11-22"), Duty.RENEW_REGISTRATION)

    assert (found.due_on, found.rule_ids, found.review) == (day("2026-12-30"), (), ReviewStatus.REVIEWED)


def test_the_latest_registration_is_the_one_to_renew_and_those_of_earlier_stays_are_not() -> None:
    facts = person(
        stay("UZ", "2026-01-01", "2026-02-01", id="earlier"),
        stay("UZ", "2026-11-01"),
        registrations=(
            registration("UZ", "2026-11-03", id="one", valid_until="2026-11-30"),
            registration("UZ", "2026-11-20", id="two", valid_until="2026-12-30"),
            registration("UZ", "2026-11-21", id="of-earlier", stay_id="earlier", valid_until="2027-12-30"),
            registration("UZ", "2026-01-03", id="over", valid_until="2026-01-30"),
        ),
    )
    answer = position(facts, (), "2026-11-22")

    assert [each.subject.id for each in answer.deadlines if each.duty == Duty.RENEW_REGISTRATION] == ["two"]


# The end of a lawful stay


def test_an_application_may_be_due_so_long_before_the_lawful_stay_ends() -> None:
    armenia = (
        rule("AM", Kind.CALENDAR_YEAR, {"days": 180}, part="year"),
        rule(
            "AM",
            Kind.RENEWAL_WINDOW,
            {"closes": {"days": 30}, "of": "stay", "optional": True},
            duty=Duty.APPLY_RESIDENCE,
            applies_to=AppliesTo.EACH_DAY,
        ),
    )
    answer = position(person(stay("AM", "2026-01-01")), armenia, "2026-03-01")

    assert due(answer, Duty.LEAVE) == "2026-06-29"
    residence = deadline(answer, Duty.APPLY_RESIDENCE)
    assert (residence.due_on, residence.optional) == (day("2026-05-30"), True)


def test_where_the_end_of_the_stay_has_two_readings_the_day_to_apply_has_both() -> None:
    a_month = rule("AM", Kind.CONSECUTIVE_DAYS, {"days": 30})
    apply = rule(
        "AM", Kind.RENEWAL_WINDOW, {"closes": {"days": 10}, "of": "stay", "optional": True}, duty=Duty.APPLY_RESIDENCE
    )

    def asked(entered: str | DayRange) -> tuple[str, str, list[str]]:
        found = deadline(position(person(stay("AM", entered)), (a_month, apply), "2026-11-22"), Duty.APPLY_RESIDENCE)
        return str(found.due_on), str(found.alternative_on), steps_of(found)[-1:]

    assert asked(between("2026-11-01", "2026-11-05")) == ("2026-11-20", "2026-11-24", ["alternative_by_facts"])
    assert asked("2026-11-01")[:2] == ("2026-11-20", "None")


def test_of_two_dates_for_one_application_the_earlier_stands_and_the_other_is_named() -> None:
    rules = (
        rule("AM", Kind.CALENDAR_YEAR, {"days": 180}),
        rule("AM", Kind.RENEWAL_WINDOW, {"closes": {"days": 30}, "of": "stay"}, duty=Duty.APPLY_RESIDENCE, id="window"),
        rule(
            "AM",
            Kind.REGISTER_WITHIN,
            {"n": 21, "unit": "calendar_days", "day_one": "entry_day"},
            duty=Duty.APPLY_RESIDENCE,
            id="within",
        ),
    )
    residence = deadline(position(person(stay("AM", "2026-01-01")), rules, "2026-01-05"), Duty.APPLY_RESIDENCE)

    assert residence.due_on == day("2026-01-21")
    assert residence.rule_ids == ("within", "window")
    assert "other_due" in steps_of(residence)
