"""Every code that the engine emits has a sentence, and every gap in it is filled."""

import json
import re
from pathlib import Path

import pytest

from casework.residency.rules import wording
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.kinds import Duty
from casework.residency.rules.position import Position, Step
from casework.residency.rules.reference import read_reference
from casework.residency.rules.rulebook import RuleBook

from . import people
from .making import NOW, day

RULES = Path(wording.__file__).parent
REFERENCE = RULES.parent / "reference"

# What is emitted under a code that is put together from kinds, units and flags.
COMPOSED = re.compile(r"rule_|version_on_")


@pytest.fixture(scope="module")
def reference() -> RuleBook:
    return read_reference({file.name: file.read_bytes() for file in sorted(REFERENCE.rglob("*.toml"))}).book()


@pytest.fixture(scope="module")
def answers(reference: RuleBook) -> list[Position]:
    """The answers about many invented people under the rules that come with the program, and under made-up ones."""
    found = [evaluate(facts, reference, NOW, on=day(on)) for facts, on in people.under_the_reference_rules()]
    found += [evaluate(facts, rules, NOW, on=day(on)) for facts, rules, on in people.under_made_up_rules()]
    return found


def steps_in(answer: Position) -> list[Step]:
    return [step for each in (*answer.deadlines, *answer.opportunities, *answer.limits) for step in each.because]


def placeholders(template: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", template))


def test_every_step_and_warning_that_is_emitted_has_a_sentence_that_its_values_fill(answers: list[Position]) -> None:
    for answer in answers:
        for step in steps_in(answer):
            assert placeholders(wording.STEPS[step.code]) <= set(step.values), step
            assert wording.STEPS[step.code] % step.values
        for warning in answer.warnings:
            assert placeholders(wording.WARNINGS[warning.code]) <= set(warning.values), warning
            assert wording.WARNINGS[warning.code] % warning.values


def test_values_are_plain_enough_to_be_stored_and_days_are_iso_days(answers: list[Position]) -> None:
    for answer in answers:
        values = [step.values for step in steps_in(answer)] + [warning.values for warning in answer.warnings]
        for each in values:
            assert json.loads(json.dumps(each)) == each
            for name, value in each.items():
                if name == "days_on":
                    assert all(day(one) for one in value)
                elif name.endswith("_on"):
                    assert day(value)


def test_every_code_in_the_source_has_a_sentence_and_every_sentence_a_code() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in RULES.glob("*.py") if file.name != "wording.py")
    sentences = set(wording.STEPS) | set(wording.WARNINGS)
    named = {code for code in sentences if f'"{code}"' in source}
    emitted = set(re.findall(r'code="(\w+)"', source))

    assert emitted <= sentences
    assert {code for code in sentences - named if not COMPOSED.match(code)} == set()


def test_every_sentence_is_met_by_somebody(answers: list[Position]) -> None:
    met = {step.code for answer in answers for step in steps_in(answer)}
    met |= {warning.code for answer in answers for warning in answer.warnings}

    assert (set(wording.STEPS) | set(wording.WARNINGS)) - met == set()


def test_every_duty_that_has_dates_is_met_by_somebody(answers: list[Position]) -> None:
    duties = {each.duty for answer in answers for each in (*answer.deadlines, *answer.opportunities)}

    assert duties == {
        Duty.LEAVE,
        Duty.REGISTER,
        Duty.NOTIFY_ARRIVAL,
        Duty.REGISTER_ADDRESS,
        Duty.RENEW_REGISTRATION,
        Duty.APPLY_RESIDENCE,
        Duty.EXTEND_STAY,
        Duty.RENEW_PERMIT,
        Duty.KEEP_DOCUMENT,
        Duty.RETURN,
        Duty.RE_ENTER,
        Duty.CITIZENSHIP,
        Duty.ENTER,
    }
