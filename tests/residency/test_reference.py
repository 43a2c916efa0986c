"""The reference data translate every row of the research, with its source and its doubt."""

from collections import Counter
from datetime import UTC, date, datetime

from casework.residency.reference import research_rows, shipped_files
from casework.residency.rules.kinds import AppliesTo, Duty, Kind, LegalStatus, ReviewStatus
from casework.residency.rules.reference import read_reference
from casework.residency.rules.reference_rules import Confidence

REFERENCE = read_reference(shipped_files())
BY_KEY = {entry.rule.key: entry for entry in REFERENCE.entries}
RULES = {key: entry.rule for key, entry in BY_KEY.items()}


def test_they_are_sound():
    assert [str(fault) for fault in REFERENCE.faults] == []


def test_every_row_of_the_research_is_translated_and_no_other():
    rows = research_rows()

    assert [row.number for row in rows] == list(range(1, 150))
    assert {row for entry in REFERENCE.entries for row in entry.rows} == {row.number for row in rows}


def test_an_entry_speaks_of_the_country_of_its_row_and_mostly_of_its_nationality():
    rows = {row.number: row for row in research_rows()}

    for entry in REFERENCE.entries:
        for number in entry.rows:
            assert entry.rule.jurisdiction == rows[number].country, entry.rule.key
    # What the notes of two rows say about other nationalities is an entry of its own.
    others = {
        number
        for entry in REFERENCE.entries
        for number in entry.rows
        if entry.rule.audience.nationality != rows[number].nationality
    }
    assert others == {28, 30, 32}


def test_keys_begin_with_the_country_and_the_nationality():
    for rule in RULES.values():
        nationality = rule.audience.nationality.lower().replace("*", "any")
        assert rule.key.startswith(f"{rule.jurisdiction.lower()}-{nationality}-"), rule.key


def test_what_has_no_source_needs_review():
    for entry in REFERENCE.entries:
        if not entry.rule.citations or entry.confidence is Confidence.NO:
            assert entry.rule.review_status is ReviewStatus.NEEDS_REVIEW, entry.rule.key


def test_what_sources_contradict_or_a_note_doubts_needs_review():
    for rule in RULES.values():
        doubted = "To be reviewed" in rule.note
        if doubted:
            assert rule.review_status is ReviewStatus.NEEDS_REVIEW, rule.key


def test_every_entry_explains_itself():
    assert [rule.key for rule in RULES.values() if not rule.note] == []


def test_the_counts_are_those_that_were_reviewed():
    assert len(REFERENCE.entries) == 250
    assert Counter(rule.review_status.value for rule in RULES.values()) == {
        "provisional": 146,
        "needs_review": 104,
    }


def test_unknown_risk_is_never_low():
    levels = {rule.parameters["level"] for rule in RULES.values() if rule.kind is Kind.RETURN_RISK}

    assert levels == {"unknown", "elevated", "high"}


def test_proposals_and_announcements_do_not_bind():
    statuses = {
        key: RULES[key].legal_status
        for key in (
            "th-ru-leave-30-per-visit-proposed",
            "me-ru-enter-visa-announced",
            "mn-ru-residence-mongolic-peoples",
            "de-any-residence-sections-22-23-suspended",
            "ge-ru-enter-refusals",
        )
    }

    assert list(statuses.values()) == [
        LegalStatus.PROPOSED,
        LegalStatus.ANNOUNCED,
        LegalStatus.PROPOSED,
        LegalStatus.SUSPENDED,
        LegalStatus.PRACTICE,
    ]


def test_the_open_points_of_the_law_need_review():
    open_points = (
        "am-any-leave-180-in-calendar-year",
        "am-any-leave-180-in-365",
        "kz-ru-leave-90-in-180",
        "kg-ru-leave-90-in-180",
        "kg-kz-leave-90-in-180",
        "kz-ru-register-30-days",
        "pl-ua-return-within-30-days",
        "ar-ru-leave-90-in-180",
        "ar-any-citizenship-2-years",
        "tj-ru-note-limit-not-found",
        "am-ru-register-exempt-eaeu-workers",
        "kz-ru-risk",
    )

    assert {RULES[key].review_status for key in open_points} == {ReviewStatus.NEEDS_REVIEW}


def test_a_change_of_law_reaches_those_whom_it_says():
    assert RULES["kz-ru-leave-90-in-180"].applies_to is AppliesTo.ENTRIES_FROM
    assert RULES["schengen-any-leave-90-in-180"].applies_to is AppliesTo.EACH_DAY
    assert RULES["schengen-any-leave-90-in-180"].days_before_commencement_count is True
    assert RULES["ge-ua-leave-2-years-from-2025"].applies_to is AppliesTo.COHORT
    assert RULES["kg-ru-renew-registration-6-months"].applies_to is AppliesTo.DOCUMENT_VALID_ON
    assert RULES["de-ua-permit-extension-2024"].applies_to is AppliesTo.DOCUMENT_VALID_ON
    assert RULES["hr-any-zone-schengen"].applies_to is AppliesTo.EACH_DAY


def test_kazakhstan_changes_on_27_january_2023_without_a_gap():
    before, after = RULES["kz-ru-leave-90-per-visit-to-2023"], RULES["kz-ru-leave-90-in-180"]

    assert (before.valid_until, after.valid_from) == (date(2023, 1, 26), date(2023, 1, 27))
    assert BY_KEY[before.key].rows == (1, 2)


def test_an_answer_given_before_a_retroactive_decree_can_be_explained():
    def years(known_at, entered):
        return [
            rule.parameters["years"]
            for rule in RULES.values()
            if rule.jurisdiction == "GE"
            and rule.audience.nationality == "UA"
            and rule.duty is Duty.LEAVE
            and (rule.valid_from or date.min) <= entered <= (rule.valid_until or date.max)
            and (rule.known_from or known_at) <= known_at
            and (rule.known_until is None or known_at < rule.known_until)
        ]

    march, may = datetime(2024, 3, 15, tzinfo=UTC), datetime(2024, 5, 15, tzinfo=UTC)
    assert years(march, date(2024, 3, 1)) == [2]
    assert years(may, date(2024, 3, 1)) == [3]
    assert years(datetime(2025, 12, 1, tzinfo=UTC), date(2025, 3, 1)) == [1]
    assert years(datetime(2026, 11, 22, tzinfo=UTC), date(2025, 3, 1)) == [2]


def test_the_general_duty_of_kyrgyzstan_has_its_exemptions_beside_it():
    exempt = {
        rule.audience.nationality: rule.parameters["days"]
        for rule in RULES.values()
        if rule.jurisdiction == "KG" and rule.kind is Kind.REGISTRATION_EXEMPTION and not rule.audience.purpose
    }

    assert exempt == {"RU": 30, "AM": 30, "BY": 30, "KZ": 30, "AZ": 15}


def test_zones_have_members_so_that_their_limits_reach_somebody():
    members = Counter(
        rule.parameters["zone"] for rule in RULES.values() if rule.duty is Duty.ZONE and rule.valid_until is None
    )

    assert members == {"SCHENGEN": 29, "EU": 26}


def test_the_book_holds_groups_and_time_zones():
    book = REFERENCE.book()

    assert book.groups == {"EAEU": frozenset({"AM", "BY", "KG", "KZ", "RU"})}
    assert book.time_zones["KG"] == "Asia/Bishkek"
    assert len(book.rules) == len(REFERENCE.entries)
