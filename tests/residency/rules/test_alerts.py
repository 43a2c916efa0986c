"""What a person must look at."""

import pytest

from casework.residency.rules.kinds import Duty, Kind, LegalStatus

from .making import address, between, codes, document, permit, person, position, rule, stay, warnings_of


def test_stays_in_two_countries_on_one_day_but_travel_days_contradict_each_other() -> None:
    (overlap,) = warnings_of(
        position(
            person(stay("KZ", "2026-09-01", "2026-09-20"), stay("RS", "2026-09-18", "2026-10-01")), (), "2026-11-22"
        ),
        "stays_overlap",
    )
    assert (overlap.country, overlap.values["other_country"]) == ("RS", "KZ")
    assert (overlap.values["first_on"], overlap.values["last_on"]) == ("2026-09-18", "2026-09-20")

    travelling = person(stay("KZ", "2026-09-01", "2026-09-20"), stay("RS", "2026-09-20", "2026-10-01"))
    assert "stays_overlap" not in codes(position(travelling, (), "2026-11-22"))


def test_stays_that_overlap_only_at_worst_do_not_contradict_each_other() -> None:
    facts = person(
        stay("KZ", "2026-09-01", between("2026-09-10", "2026-09-30")), stay("RS", "2026-09-20", "2026-10-01")
    )

    assert "stays_overlap" not in codes(position(facts, (), "2026-11-22"))
    assert "exit_not_exact" in codes(position(facts, (), "2026-11-22"))


def test_a_home_without_the_owners_consent_or_in_a_closed_area_is_said() -> None:
    closed = rule("TR", Kind.AREA_RESTRICTION, {"closed_areas": 1200}, valid_from="2022-07-01", id="areas")
    facts = person(
        stay("TR", "2026-11-01"),
        addresses=(
            address("TR", "2026-11-01", "2026-11-10", id="left", registration_possible=False),
            address("TR", "2026-11-10", id="home", registration_possible=False, area_closed=True),
        ),
    )
    answer = position(facts, (closed,), "2026-11-22")

    assert [warning.subject.id for warning in warnings_of(answer, "owner_consent_missing")] == ["home"]
    assert [warning.rule_ids for warning in warnings_of(answer, "area_closed")] == [("areas",)]


def test_an_unknown_risk_is_unknown_and_never_low() -> None:
    here = person(stay("KZ", "2026-11-01"))
    unknown = rule("KZ", Kind.RETURN_RISK, {"level": "unknown", "profiles": [], "signals": []}, whom="RU")
    other_profile = rule("KZ", Kind.RETURN_RISK, {"level": "low", "profiles": [], "signals": []}, whom="TJ")

    for rules in ((), (unknown,), (other_profile,)):
        answer = position(here, rules, "2026-11-22")
        assert [warning.values["level"] for warning in warnings_of(answer, "return_risk_unknown")] == ["unknown"]
        assert "return_risk" not in codes(answer)


def test_a_recorded_risk_is_shown_with_profiles_and_mechanisms() -> None:
    high = rule(
        "KZ",
        Kind.RETURN_RISK,
        {"level": "high", "profiles": ["deserter"], "mechanisms": ["deportation"], "signals": []},
        whom="RU",
        legal_status=LegalStatus.PRACTICE,
        valid_from="2023-01-01",
    )
    here = person(stay("KZ", "2022-11-01"))

    (risk,) = warnings_of(position(here, (high,), "2026-11-22"), "return_risk")
    assert risk.values == {"level": "high", "profiles": ["deserter"], "mechanisms": ["deportation"]}
    assert "return_risk_unknown" in codes(position(here, (high,), "2022-12-31"))


def test_a_change_of_law_before_the_stay_must_end_is_announced() -> None:
    until = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU", part="visit")
    coming = rule(
        "KZ",
        Kind.REGISTER_WITHIN,
        {"n": 30, "unit": "calendar_days", "day_one": "entry_day"},
        whom="RU",
        valid_from="2026-07-01",
        id="coming",
    )

    def changes(entered: str, *rules: object) -> list[tuple[str, ...]]:
        answer = position(person(stay("KZ", entered)), (until, coming, *rules), "2026-05-10")
        return [warning.rule_ids for warning in warnings_of(answer, "rule_change_scheduled")]

    assert changes("2026-05-01") == [("coming",)]
    assert changes("2026-03-01") == []  # must leave on 29 May
    assert changes("2026-05-01", rule("KZ", Kind.REGISTRATION_EXEMPTION, {"days": 9}, valid_from="2026-07-02")) == [
        ("coming",)
    ]


def test_a_change_that_is_only_announced_is_said_as_such() -> None:
    announced = rule(
        "ME", Kind.VISA_REQUIRED, {}, whom="RU", legal_status=LegalStatus.ANNOUNCED, valid_from="2026-10-01"
    )

    (warning,) = warnings_of(position(person(stay("ME", "2026-09-01")), (announced,), "2026-09-10"), "rule_not_yet_law")
    assert warning.values["legal_status"] == "announced"


def test_the_document_used_to_enter_may_not_be_accepted_any_more() -> None:
    refused = rule("KZ", Kind.TRAVEL_DOCUMENT, {"refused": ["birth_certificate"]}, whom="RU", valid_from="2026-01-20")
    child = person(stay("KZ", "2025-12-01", document_kind="birth_certificate"))

    assert "document_would_be_refused" not in codes(position(child, (refused,), "2026-01-19"))
    assert "document_would_be_refused" in codes(position(child, (refused,), "2026-01-20"))


# Plans

PLAN = ("2026-12-01", "2026-12-10")


@pytest.mark.parametrize(
    ("kind", "parameters", "code"),
    [
        (Kind.ENTRY_BAN, {"scope": "tourists"}, "entry_ban"),
        (Kind.VISA_REQUIRED, {}, "visa_required"),
        (Kind.ENTRY_AUTHORISATION, {"name": "ETA"}, "entry_authorisation_needed"),
        (Kind.ENTRY_REFUSAL_PRACTICE, {"text": "Reported."}, "entry_refusals_reported"),
    ],
)
def test_what_stands_in_the_way_of_a_plan_is_said(kind: Kind, parameters: dict[str, object], code: str) -> None:
    closed = rule("IL", kind, parameters, whom="RU", valid_from="2024-08-01", id="closed")
    russian, armenian = stay("IL", *PLAN), stay("IL", *PLAN, nationality="AM")

    (warning,) = warnings_of(position(person(russian), (closed,), "2026-11-22"), code)
    assert warning.rule_ids == ("closed",)
    assert code not in codes(position(person(armenian, nationalities=("AM",)), (closed,), "2026-11-22"))
    assert code not in codes(position(person(stay("IL", "2024-07-01", "2024-07-10")), (closed,), "2024-06-01"))


def test_with_a_visa_no_visa_is_missing() -> None:
    needed = rule("IL", Kind.VISA_REQUIRED, {}, whom="RU")

    assert "visa_required" not in codes(
        position(person(stay("IL", *PLAN, legal_basis="visa")), (needed,), "2026-11-22")
    )


ACCEPTED = rule(
    "KZ",
    Kind.TRAVEL_DOCUMENT,
    {"accepted": ["international_passport", "internal_passport"], "min_age": {"internal_passport": 14}},
    whom="RU",
    part="documents",
)
CHILDREN = rule(
    "KZ",
    Kind.TRAVEL_DOCUMENT,
    {"accepted": ["international_passport"], "refused": ["birth_certificate"]},
    whom="RU",
    age_below=14,
    part="children",
    valid_from="2026-01-20",
)


def refusals(document_kind: str, born: str | None = None, entry: str = "2026-12-01") -> set[str]:
    birth = between(born, born)
    facts = person(stay("KZ", entry, "2027-12-31", document_kind=document_kind), birth=birth)
    return {code for code in codes(position(facts, (ACCEPTED, CHILDREN), "2025-11-22")) if "document" in code}


def test_documents_are_accepted_by_kind_and_by_age_on_the_day_of_entry() -> None:
    assert refusals("internal_passport", "1990-05-05") == set()
    assert refusals("identity_card", "1990-05-05") == {"document_not_accepted"}
    assert refusals("internal_passport", "2012-12-01") == set()
    assert refusals("internal_passport", "2012-12-02") == {"document_not_at_this_age"}
    assert refusals("birth_certificate", "2018-01-01", entry="2026-01-20") == {"document_not_accepted"}
    assert refusals("internal_passport", None) == set()


def test_children_may_need_another_document() -> None:
    armenia = rule(
        "AM",
        Kind.TRAVEL_DOCUMENT,
        {"accepted": ["international_passport", "internal_passport"], "children_need": "international_passport"},
        whom="RU",
    )

    def answer(born: str) -> set[str]:
        facts = person(stay("AM", *PLAN, document_kind="internal_passport"), birth=between(born, born))
        return codes(position(facts, (armenia,), "2026-11-22"))

    assert "children_need_another_document" in answer("2012-01-01")
    assert "children_need_another_document" not in answer("2000-01-01")


def test_without_a_document_named_for_the_plan_those_in_hand_are_looked_at() -> None:
    refused = rule("DE", Kind.TRAVEL_DOCUMENT, {"refused": ["international_passport_non_biometric"]}, whom="RU")
    plan = stay("DE", *PLAN, document_kind="", nationality="")

    def answer(*documents: object) -> set[str]:
        return codes(position(person(plan, documents=documents), (refused,), "2026-11-22"))

    plain = document("international_passport", "2030-01-01", id="plain", biometric=False)
    chip = document("international_passport", "2030-01-01", id="chip", biometric=True)
    assert "document_refused" in answer(plain)
    assert "document_refused" not in answer(plain, chip)
    assert "document_refused" not in answer()


def test_a_plan_during_a_cooldown_is_too_early() -> None:
    cooldown = rule("KG", Kind.COOLDOWN, {"days": 90, "after": "limit_used", "limit_days": 90}, whom="RU")
    facts = person(stay("KG", "2026-06-01", "2026-08-29"), stay("KG", "2026-11-27", "2026-12-20"))

    (warning,) = warnings_of(position(facts, (cooldown,), "2026-10-01"), "plan_too_early")
    assert warning.values == {"opens_on": "2026-11-28"}


def test_a_plan_on_a_permit_waits_for_no_cooldown() -> None:
    cooldown = rule("KG", Kind.COOLDOWN, {"days": 90, "after": "limit_used", "limit_days": 90}, whom="RU")
    plan = stay("KG", "2026-11-27", "2026-12-20", legal_basis="permit")
    facts = person(
        stay("KG", "2026-06-01", "2026-08-29"),
        plan,
        permits=(permit("KG", "temporary_residence", "2026-11-01", "2027-10-31"),),
    )

    assert "plan_too_early" not in codes(position(facts, (cooldown,), "2026-10-01"))


def test_a_person_without_a_nationality_is_said_to_be_so() -> None:
    nobody = person(stay("KZ", "2026-11-01", nationality=""), nationalities=())

    assert "nationality_unknown" in codes(position(nobody, (), "2026-11-22"))
    assert "nationality_unknown" not in codes(position(person(), (), "2026-11-22"))


def test_a_plan_without_an_exit_counts_for_its_first_day_only_and_says_so() -> None:
    answer = position(person(stay("KZ", "2026-12-01")), (), "2026-11-22")

    assert "planned_exit_missing" in codes(answer)
    assert answer.country == ""
    assert not any(each.duty == Duty.REGISTER for each in answer.deadlines)
