"""A broken reference file is refused with file, key and field; what is sound beside it is read."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.residency.rules.reference import Places, read_reference

KNOWN = Places(countries={"KZ": "Asia/Almaty", "RU": "Europe/Moscow"}, zones={"SCHENGEN": "Schengen area"})

SOUND = """
[[rule]]
key = "kz-ru-leave"
row = 1
jurisdiction = "KZ"
duty = "leave"
kind = "consecutive_days"
audience = { nationality = "RU" }
parameters = { days = 30 }
review = "needs_review"
"""


def read(text, **files):
    """Read one file called rules.toml, and others beside it."""
    return read_reference({"rules.toml": text.encode(), **files}, known=KNOWN)


def faults(text):
    return [str(fault) for fault in read(text).faults]


def test_a_sound_rule_is_read():
    (entry,) = read(SOUND).entries

    assert (entry.rule.key, entry.rows, entry.rule.parameters) == ("kz-ru-leave", (1,), {"days": 30})


def test_a_broken_rule_is_refused_and_the_others_are_read():
    result = read(SOUND + SOUND.replace("kz-ru-leave", "kz-ru-other").replace("30", '"thirty"'))

    assert [entry.rule.key for entry in result.entries] == ["kz-ru-leave"]
    assert [str(fault) for fault in result.faults] == [
        "rules.toml, kz-ru-other, parameters.days: This must be a whole number."
    ]


def test_a_file_in_another_encoding_is_refused_with_the_line():
    result = read(SOUND, **{"cyrillic.toml": "# ok\nnote = 'Казахстан'".encode("cp1251")})

    assert [str(fault) for fault in result.faults] == [
        "cyrillic.toml: This file is not written in UTF-8 (see line 2). Save it as UTF-8 and load it again."
    ]
    assert len(result.entries) == 1


def test_a_byte_order_mark_does_no_harm():
    assert read_reference({"rules.toml": SOUND.encode("utf-8-sig")}, known=KNOWN).faults == ()


def test_a_mistake_in_the_toml_is_refused_with_the_line():
    assert faults(SOUND + 'note = "no end') == [
        "rules.toml: This file is not valid TOML: Unterminated string (at end of document)."
    ]
    (fault,) = faults("[[rule]]\nkey = \n")
    assert fault == "rules.toml: This file is not valid TOML: Invalid value (at line 2, column 7)."


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('"KZ"', '"XX"'), "jurisdiction: “XX” is not a country or zone on record."),
        (('"leave"', '"enter"'), "duty: A rule of this kind is about one of: leave."),
        (('"RU"', '"EAEU"'), ("audience.nationality: “EAEU” is not a nationality or a group on record. "
                             "Write * for everybody.")),
        (('{ nationality = "RU" }', "{ age_from = 14, age_below = 14 }"),
         "audience.age_below: The ages are in the wrong order."),
        (('"needs_review"', '"reviewed"'),
         "review: A file cannot say that a rule was reviewed: a person does that here, with worked examples."),
        (('"needs_review"', '"provisional"'),
         "review: A rule without a source that supports it must be marked needs_review."),
        (('"needs_review"', '"provisional"\nconfidence = "no"\ncitations = [{ title = "A" }]'),
         "review: A rule that was not found in a source must be marked needs_review."),
        (("row = 1", "valid_from = 2024-02-02\nvalid_until = 2024-02-01"),
         "valid_until: The last day is before the first."),
        (("row = 1", "known_from = 2024-02-02\nknown_until = 2024-02-02"),
         "known_until: It must be known for some time."),
        (("row = 1", 'valid_from = "2024-02-02"'),
         "valid_from: This must be a day such as 2024-02-24, without quotation marks."),
        (("row = 1", "valid_from = 2024-02-02T10:00:00"),
         "valid_from: This must be a day such as 2024-02-24, without quotation marks."),
        (("row = 1", "row = 0"), "row: This must be the number of a row, or a list of numbers."),
        (("row = 1", "until = 2024-02-02"), ("until: There is no such field. There are: key, each, row, "
         "jurisdiction, duty, kind, audience, part, exception, parameters, valid_from, valid_until, known_from, known_until, "
         "applies_to, days_before_commencement_count, legal_status, published_on, last_verified_on, review, "
         "confidence, note, citations.")),
        (("row = 1", 'part = "Per visit"'),
         "part: A part has up to 24 small letters, digits and underscores."),
        (("row = 1", 'citations = [{ source = "rbc" }]'),
         "citations 1, source: There is no [source.rbc] in this file."),
        (("row = 1", 'citations = [{ title = "A", url = "rbc.ru" }]'),
         "citations 1, url: An address begins with https:// or http://."),
        (("row = 1", "citations = [{ }]"), "citations 1, title: This field is needed."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_key_and_field(change, fault):
    assert faults(SOUND.replace(*change)) == [f"rules.toml, kz-ru-leave, {fault}"]


def test_a_rule_without_a_key_is_found_by_its_number():
    assert faults(SOUND + SOUND.replace('key = "kz-ru-leave"', ""))[0] == (
        "rules.toml, rule 2, key: This field is needed."
    )


def test_a_key_is_used_once():
    assert faults(SOUND + SOUND.replace("row", 'part = "b"\nrow')) == [
        "rules.toml, kz-ru-leave, key: This key is used already in rules.toml."
    ]


def test_two_rules_do_not_speak_about_the_same_days():
    one = SOUND + "valid_until = 2024-02-01\n"
    other = SOUND.replace("kz-ru-leave", "kz-ru-later") + "valid_from = 2024-02-01\n"

    assert faults(one + other) == [
        (
            "rules.toml, kz-ru-later, valid_from: This overlaps kz-ru-leave in rules.toml: the same country, duty, "
            "audience and part on some of the same days. Change the days or the part."
        )
    ]
    assert faults(one + other.replace("2024-02-01", "2024-02-02")) == []
    assert faults(one + other + 'part = "later"\n') == []


def test_a_zone_must_be_on_record():
    text = SOUND.replace("consecutive_days", "zone_membership").replace('"leave"', '"zone"')

    assert faults(text.replace("days = 30", 'zone = "EEA"')) == [
        "rules.toml, kz-ru-leave, parameters.zone: “EEA” is not a zone on record."
    ]


def test_working_days_need_a_calendar():
    text = SOUND.replace("consecutive_days", "register_within").replace('"leave"', '"register"')
    within = 'n = 3, unit = "working_days", day_one = "entry_day"'

    assert faults(text.replace("days = 30", within)) == []
    assert faults(text.replace("days = 30", within).replace('"KZ"', '"SCHENGEN"')) == [
        "rules.toml, kz-ru-leave, parameters.calendar: No calendar of working days is known for “SCHENGEN”."
    ]


def test_one_rule_is_written_out_for_each_nationality():
    text = (
        SOUND.replace("kz-ru-leave", "kz-{nationality}-leave")
        .replace("row = 1", "")
        .replace(
            'audience = { nationality = "RU" }',
            'each = [{ nationality = "RU", row = 3 }, { nationality = "KZ", row = 4 }]',
        )
    )

    assert [(entry.rule.key, entry.rows) for entry in read(text).entries] == [
        ("kz-ru-leave", (3,)),
        ("kz-kz-leave", (4,)),
    ]


def test_places_are_checked():
    assert faults(
        '[country]\nkz = "Asia/Almaty"\nKG = "Bishkek"\n[zone]\nEEA = 3\n[group.EA]\nname = "Two"\n'
        'nationalities = ["kz"]\n[[special_day]]\ncountry = "AM"\nday = 2026-01-02\nis_working_day = false\n'
        'reason = "New year"\n[places]\n'
    ) == [
        (
            "rules.toml, places: There is no such section. There are: read_on, source, rule, country, zone, group, "
            "special_day."
        ),
        "rules.toml, kz, country: The code of a country has two capital letters, such as KZ.",
        "rules.toml, KG, country: “Bishkek” is not a time zone such as Asia/Almaty.",
        (
            "rules.toml, EEA, zone: A zone has a code in capital letters, such as SCHENGEN, and a name of up to 80 "
            "characters."
        ),
        "rules.toml, EA, group: The code of a group has three capital letters or more, such as EAEU.",
        "rules.toml, EA, nationalities: This must be a list of codes of countries, such as KZ.",
        "rules.toml, 2026-01-02, special_day: “AM” is not a country on record.",
    ]


def test_an_exceptional_day_reaches_the_book():
    day = '[[special_day]]\ncountry = "KZ"\nday = 2026-01-05\nis_working_day = false\nreason = "Day off"\n'

    assert read(day).book().day_overrides == {"KZ": {date(2026, 1, 5): False}}


@given(
    name=st.sampled_from(
        [
            "key",
            "each",
            "row",
            "jurisdiction",
            "duty",
            "kind",
            "audience",
            "part",
            "parameters",
            "valid_from",
            "applies_to",
            "review",
            "confidence",
            "note",
            "citations",
            "days_before_commencement_count",
        ]
    ),
    value=st.recursive(
        st.booleans() | st.integers(-5, 500) | st.text("a-*'é ", max_size=4) | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["nationality", "source", "title", "days"]), inner, max_size=2)
        ),
        max_leaves=4,
    ),
)
def test_no_value_of_any_field_brings_the_reading_down(name, value):
    result = read("\n".join([*(line for line in SOUND.splitlines() if not line.startswith(name)),
                             f"{name} = {toml(value)}"]))  # fmt: skip

    assert len(result.entries) <= 2
    assert len(result.entries) + len(result.faults) >= 1


def toml(value):
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)
