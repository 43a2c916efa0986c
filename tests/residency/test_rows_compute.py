"""Every row of the research computes something, has an effect, or is a plain fact: none is silently a note."""

from casework.residency.reference import research_rows, shipped_files
from casework.residency.rules.kinds import BINDING_STATUSES, COMPUTING_KINDS, Kind
from casework.residency.rules.reference import read_reference

ENTRIES = read_reference(shipped_files()).entries

# They state a fact from which `evaluate` computes dates: the last day without a duty, the days that count in a zone.
STATE_AND_COMPUTE = {Kind.REGISTRATION_EXEMPTION, Kind.ZONE_MEMBERSHIP}

# Facts: what they say is shown beside a stay, a plan or another country, and is no date of a person.
FACTS = {
    "documents with which one may enter; refusals warn, ages open": {12, 13, 34, 60, *range(119, 129)},
    "bans, visas and authorisations before entry": {84, 101, 113, 114, 115, 116, 117, 118},
    "refusals at the border": {56},
    "pathways to residence; where a term is known a rule of its own computes it": {
        31, 32, 33, 44, 47, 99, 102, 135, 136
    },
    "areas closed to residence permits": {73, 74},
    "recorded risk of return": {16, 17, 35, 61, 80, 94},
    "fifteen days after a contract that ended early: no contract is on record to count from": {143, 145, 147, 149},
}  # fmt: skip

# Notes, and why each can be nothing more.
NOTES = {
    41: "that no limit was found",
    107: "that visas for several entries are not issued",
    139: "that Poland issues a travel document to nationals of Belarus",
    140: "that consulates of Belarus renew no passports",
    141: "that passports may be taken away",
}

# A computing kind that binds nobody yet.
PROPOSED = {88: "a cut of Thailand to 30 days"}


def test_every_row_is_known_to_compute_or_to_be_a_fact():
    kinds: dict[int, set[Kind]] = {row.number: set() for row in research_rows()}
    binding: dict[int, set[Kind]] = {row.number: set() for row in research_rows()}
    for entry in ENTRIES:
        for row in entry.rows:
            kinds[row].add(entry.rule.kind)
            if entry.rule.legal_status in BINDING_STATUSES:
                binding[row].add(entry.rule.kind)

    computing = {row for row, found in binding.items() if found & (COMPUTING_KINDS | STATE_AND_COMPUTE)}
    notes = {row for row, found in kinds.items() if found == {Kind.NOTE}}

    assert notes == set(NOTES)
    assert set(kinds) - computing - notes == {row for rows in FACTS.values() for row in rows} | set(PROPOSED)
    assert len(computing) == 99


def test_a_row_that_the_research_calls_computing_does_compute():
    """What the research gives numbers for has a rule with dates, whatever it was called there."""
    called = {row.number: row.kind for row in research_rows()}
    facts = {row for rows in FACTS.values() for row in rows} | set(NOTES) | set(PROPOSED)
    numbers = {
        "consecutive_days", "period_from_entry", "rolling_window", "anchored_window", "calendar_year", "days_per_year",
        "until_date", "register_within", "registration_exemption", "registration_validity", "renew_every",
        "renewal_window", "permit_validity", "permit_extended_by_law", "extension", "cooldown", "max_absence",
        "permit_document_requirement", "residence_application_deadline", "eligible_after",
    }  # fmt: skip

    # No number of days was found for Tajikistan, Thailand only proposes, and the Law of Return names no time.
    assert {row for row in facts if called[row] in numbers} == {41, 88, 102}
