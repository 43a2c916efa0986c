"""Steps and warnings become sentences, in English and in Russian, whatever codes they hold."""

import re

import pytest
from django.utils import translation

from casework.residency.because import line, place_name, warning_sentence
from casework.residency.rules.wording import STEPS, WARNINGS

EXAMPLES = {
    "country": "KZ",
    "jurisdiction": "SCHENGEN",
    "other_country": "KG",
    "calendar": "KZ",
    "nationality": "RU, AM",
    "replaced": "*",
    "duty": "leave",
    "kind": "rolling_window",
    "legal_status": "announced",
    "permit_kind": "temporary_residence",
    "document_kind": "internal_passport",
    "application_kind": "asylum",
    "unit": "months",
    "level": "high",
    "profiles": ["draft_evader", "journalist"],
    "mechanisms": ["deportation"],
    "days_on": ["2026-11-23", "2026-12-16"],
    "year": 2027,
    "count": 3,
}


def values_for(template: str) -> dict:
    names = set(re.findall(r"%\((\w+)\)s", template))
    return {
        name: EXAMPLES.get(name, "2026-12-05" if name.endswith("_on") else 1200) for name in names | {"count"} & names
    }


def step(code: str, **values) -> dict:
    return {"code": code, "values": values, "rule": "7", "subject": ["stay", "some-id"]}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("code", STEPS)
def test_every_step_has_a_sentence_without_codes(code: str, language: str) -> None:
    with translation.override(language):
        sentence = line(step(code, **values_for(STEPS[code]))).sentence

    assert not re.search(r"%\(|…|2026-|\b[A-Z]{2}\b|[a-z]+_[a-z]+", sentence), sentence


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_a_sentence_ends_with_one_point_also_where_a_date_ends_it(language: str) -> None:
    with translation.override(language):
        sentences = [line(step(code, **values_for(template))).sentence for code, template in STEPS.items()]
        sentences += [
            warning_sentence({"code": code, "values": values_for(template)}) for code, template in WARNINGS.items()
        ]

    assert [it for it in sentences if ".." in it or not it.endswith(".")] == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("code", WARNINGS)
def test_every_warning_has_a_sentence_without_codes(code: str, language: str) -> None:
    warning = {"code": code, "values": values_for(WARNINGS[code]), "country": "KZ"}

    with translation.override(language):
        sentence = warning_sentence(warning)

    assert not re.search(r"%\(|…|2026-|\b[A-Z]{2}\b|[a-z]+_[a-z]+", sentence), sentence


def test_a_step_names_days_and_countries_in_words() -> None:
    told = line(step("entered", country="KZ", entered_on="2026-12-05"))

    assert told.sentence == "Entered Kazakhstan on 5 Dec 2026."
    assert (told.rule_id, told.subject) == (7, ("stay", "some-id"))


@pytest.mark.parametrize(("count", "words"), [(1, "1 month"), (6, "6 months")])
def test_a_unit_stands_as_after_its_number(count: int, words: str) -> None:
    assert words in line(step("rule_renew_every", jurisdiction="KG", count=count, unit="months")).sentence


def test_a_year_is_no_number_to_be_grouped() -> None:
    warning = {"code": "calendar_not_covered", "values": {"calendar": "KZ", "year": 2101}, "country": ""}

    assert "in 2101" in warning_sentence(warning)


def test_a_step_of_another_version_of_the_software_is_not_an_error() -> None:
    assert line(step("of_long_ago", x=1)).sentence == "A reason that cannot be shown any more (of_long_ago)."
    assert line(step("entered", country="KZ")).sentence == "Entered Kazakhstan on …."


def test_facts_that_could_not_be_computed_are_said() -> None:
    warning = {"code": "cannot_compute", "values": {}, "country": ""}

    assert warning_sentence(warning).startswith("The deadlines could not be computed")


def test_a_warning_begins_with_its_country() -> None:
    warning = {"code": "exit_missing", "values": {}, "country": "KZ"}

    assert warning_sentence(warning).startswith("Kazakhstan: A later stay has begun")


def test_a_zone_is_called_by_its_code() -> None:
    assert place_name("SCHENGEN") == "Schengen"
    assert place_name("EAEU") == "EAEU"
