"""Documents that end too early: for the stay, beyond it, or to apply for something."""

from casework.residency.rules.facts import Document, Permit
from casework.residency.rules.keep import FOR_APPLYING
from casework.residency.rules.kinds import Duty, Kind

from .making import (
    codes,
    day,
    deadline,
    document,
    has_deadline,
    permit,
    person,
    position,
    rule,
    stay,
    warnings_of,
)

THIRTY = rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU")  # a stay from 1 November ends on the 30th


def keep(until: str | None, *rules: object, on: str = "2026-11-05", **about: object) -> object:
    facts = person(stay("RS", "2026-11-01"), documents=(document("international_passport", until, **about),))
    return position(facts, (THIRTY, *rules), on)


def test_a_document_that_expires_during_the_stay_has_a_deadline() -> None:
    assert deadline(keep("2026-11-29"), Duty.KEEP_DOCUMENT).due_on == day("2026-11-29")
    assert not has_deadline(keep("2026-11-30"), Duty.KEEP_DOCUMENT)
    assert not has_deadline(keep(None), Duty.KEEP_DOCUMENT)


def test_a_document_must_outlast_the_stay_by_what_the_rule_says() -> None:
    three_months = rule(
        "RS",
        Kind.DOCUMENT_VALIDITY,
        {"months": 3, "beyond": "stay", "document_kinds": ["international_passport"]},
        id="three",
    )

    # Three months after 30 November is 28 February or 1 March; the reading that asks for more is taken.
    short = deadline(keep("2027-02-28", three_months), Duty.KEEP_DOCUMENT)
    assert (short.due_on, short.rule_ids) == (day("2026-11-28"), ("three",))
    assert not has_deadline(keep("2027-03-01", three_months), Duty.KEEP_DOCUMENT)


def test_for_an_application_there_is_a_deadline_of_its_own_that_is_optional() -> None:
    for_residence = rule(
        "RS",
        Kind.DOCUMENT_VALIDITY,
        {"days": 180, "beyond": "application", "document_kinds": ["international_passport"]},
    )
    kept = deadline(keep("2027-06-30", for_residence), Duty.KEEP_DOCUMENT)

    assert (kept.due_on, kept.optional, kept.occurrence) == (day("2027-01-01"), True, FOR_APPLYING)


def test_only_documents_in_hand_that_nothing_newer_replaces_are_kept() -> None:
    assert not has_deadline(keep("2026-11-10", state="lost"), Duty.KEEP_DOCUMENT)
    both = person(
        stay("RS", "2026-11-01"),
        documents=(
            document("international_passport", "2026-11-10", id="old"),
            document("international_passport", "2031-11-10", id="new"),
            document("international_passport", "2026-11-12", id="of-another-country", country="IL"),
            document("birth_certificate", "2026-11-12", id="no-travel-document"),
        ),
    )
    answer = position(both, (THIRTY,), "2026-11-05")

    assert [each.subject.id for each in answer.deadlines if each.duty == Duty.KEEP_DOCUMENT] == ["of-another-country"]


def test_where_nothing_is_known_of_the_end_of_the_stay_every_end_of_a_document_counts() -> None:
    facts = person(documents=(document("international_passport", "2028-01-01"),))
    kept = deadline(position(facts, (), "2026-11-05"), Duty.KEEP_DOCUMENT)

    assert (kept.due_on, kept.country) == (day("2028-01-01"), "RU")


def test_what_proves_a_status_runs_out_by_itself_whatever_the_stay() -> None:
    certificate = document("asylum_certificate", "2027-03-31", country="RS")
    kept = deadline(
        position(person(stay("RS", "2026-11-01"), documents=(certificate,)), (THIRTY,), "2026-11-05"),
        Duty.KEEP_DOCUMENT,
    )

    assert (kept.due_on, kept.country, kept.optional, kept.rule_ids) == (day("2027-03-31"), "RS", False, ())


def test_where_a_permit_is_recorded_its_card_asks_for_nothing_of_its_own() -> None:
    card = document("residence_card", "2027-03-31", country="RS")
    permits = (permit("RS", "temporary_residence", "2026-04-01", "2027-03-31"),)

    assert has_deadline(position(person(documents=(card,)), (), "2026-11-05"), Duty.KEEP_DOCUMENT)
    assert not has_deadline(position(person(documents=(card,), permits=permits), (), "2026-11-05"), Duty.KEEP_DOCUMENT)


def test_a_permit_that_was_over_before_says_nothing_of_what_proves_another_status() -> None:
    certificate = document("asylum_certificate", "2027-03-31", country="RS")
    visa = permit("RS", "visa", "2026-01-01", "2026-03-31")
    longer = permit("RS", "humanitarian", "2026-01-01", "2027-04-30")

    def kept(held: Permit) -> bool:
        facts = person(documents=(certificate,), permits=(held,))
        return has_deadline(position(facts, (), "2026-11-05"), Duty.KEEP_DOCUMENT)

    assert kept(visa)
    assert not kept(longer)


def test_a_plan_needs_a_document_that_is_valid_for_so_long_after_the_entry() -> None:
    six_months = rule(
        "AE", Kind.DOCUMENT_VALIDITY, {"months": 6, "beyond": "entry", "document_kinds": ["international_passport"]}
    )

    def answer(until: str) -> object:
        facts = person(stay("AE", "2027-01-10", "2027-01-20"), documents=(document("international_passport", until),))
        return position(facts, (six_months,), "2026-11-22")

    assert "document_expires_too_soon" not in codes(answer("2027-07-10"))
    (warning,) = warnings_of(answer("2027-07-09"), "document_expires_too_soon")
    assert warning.values["needed_on"] == "2027-07-10"


def test_of_a_passport_that_a_newer_one_has_replaced_nothing_is_asked_for_a_plan() -> None:
    six_months = rule(
        "AE", Kind.DOCUMENT_VALIDITY, {"months": 6, "beyond": "entry", "document_kinds": ["international_passport"]}
    )
    old = document("international_passport", "2027-02-01", id="old")

    def is_too_short(*others: Document) -> bool:
        facts = person(stay("AE", "2027-01-10", "2027-01-20"), documents=(old, *others))
        return "document_expires_too_soon" in codes(position(facts, (six_months,), "2026-11-22"))

    assert is_too_short()
    assert is_too_short(document("international_passport", "2032-02-01", country="IL", id="of-another-country"))
    assert not is_too_short(document("international_passport", "2032-02-01", id="new"))


def test_of_a_passport_of_another_country_than_the_one_used_nothing_is_asked_for_a_plan() -> None:
    six_months = rule(
        "AE", Kind.DOCUMENT_VALIDITY, {"months": 6, "beyond": "entry", "document_kinds": ["international_passport"]}
    )
    facts = person(
        stay("AE", "2027-01-10", "2027-01-20"),
        nationalities=("RU", "IL"),
        documents=(document("international_passport", "2027-02-01", country="IL"),),
    )

    assert "document_expires_too_soon" not in codes(position(facts, (six_months,), "2026-11-22"))
