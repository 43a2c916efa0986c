"""Whatever is recorded of a person, however odd: there is an answer, and it is in order."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.residency.rules import reference, wording
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import (
    Address,
    Application,
    DayRange,
    Document,
    Facts,
    Permit,
    Registration,
    Stay,
)
from casework.residency.rules.position import Position
from casework.residency.rules.reference import read_reference
from casework.residency.rules.rulebook import RuleBook

from .making import NOW

FILES = Path(reference.__file__).parents[1] / "reference"

DAYS = st.integers(min_value=0, max_value=1500).map(lambda n: date(2023, 6, 1) + timedelta(days=n))
SOME_DAY = st.none() | DAYS
COUNTRIES = st.sampled_from(
    ["KZ", "KG", "UZ", "RS", "TR", "GE", "AM", "AZ", "MN", "AR", "DE", "PL", "HR", "BG", "TH", "XX"]
)
NATIONALITIES = st.sampled_from(["RU", "UA", "BY", "KZ", "TJ", "AM", "DE", ""])
DOCUMENT_KINDS = st.sampled_from(
    ["international_passport", "internal_passport", "birth_certificate", "refugee_travel_document", ""]
)


@st.composite
def ranges(draw: st.DrawFn) -> DayRange:
    one, other = draw(SOME_DAY), draw(SOME_DAY)
    if draw(st.booleans()) and one:
        return DayRange.exactly(one)
    if one and other and one > other:
        one, other = other, one
    return DayRange(earliest=one, latest=other)


STAYS = st.builds(
    Stay,
    id=st.uuids().map(str),
    country=COUNTRIES,
    entered=ranges(),
    left=st.none() | ranges(),
    legal_basis=st.sampled_from(["visa_free", "visa", "permit", "application", "none", "unknown"]),
    purpose=st.sampled_from(["", "work", "private"]),
    document_kind=DOCUMENT_KINDS,
    nationality=NATIONALITIES,
)
FACTS = st.builds(
    Facts,
    client_id=st.just("client"),
    birth=ranges() | st.just(DayRange.exactly(date(1990, 2, 28))),
    nationalities=st.lists(NATIONALITIES.filter(bool), max_size=2, unique=True).map(tuple),
    stays=st.lists(STAYS, max_size=4).map(tuple),
    documents=st.lists(
        st.builds(
            Document,
            id=st.uuids().map(str),
            kind=DOCUMENT_KINDS.filter(bool),
            country=NATIONALITIES.filter(bool),
            valid_until=SOME_DAY,
            state=st.sampled_from(["held", "lost"]),
            biometric=st.none() | st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    permits=st.lists(
        st.builds(
            Permit,
            id=st.uuids().map(str),
            country=COUNTRIES,
            kind=st.sampled_from(["temporary_residence", "visa", "temporary_protection", "precaria", "stay_extension"]),
            valid_from=SOME_DAY,
            printed_until=SOME_DAY,
        ),
        max_size=3,
    ).map(tuple),
    registrations=st.lists(
        st.builds(
            Registration,
            id=st.uuids().map(str),
            country=COUNTRIES,
            kind=st.sampled_from(["stay", "address", "arrival_notice"]),
            registered_on=SOME_DAY,
            valid_until=SOME_DAY,
        ),
        max_size=2,
    ).map(tuple),
    applications=st.lists(
        st.builds(
            Application,
            id=st.uuids().map(str),
            country=COUNTRIES,
            kind=st.sampled_from(["asylum", "residence", "renewal"]),
            filed_on=SOME_DAY,
            state=st.sampled_from(["pending", "refused", "appealed"]),
            keeps_stay_lawful=st.none() | st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    addresses=st.lists(
        st.builds(
            Address,
            id=st.uuids().map(str),
            country=COUNTRIES,
            since=SOME_DAY,
            until=SOME_DAY,
            registration_possible=st.none() | st.booleans(),
            area_closed=st.none() | st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
)


def dates(answer: Position) -> set[tuple[object, ...]]:
    return {(each.duty, each.subject, each.occurrence, each.due_on, each.alternative_on) for each in answer.deadlines}


@cache
def reference_rules() -> RuleBook:
    return read_reference({file.name: file.read_bytes() for file in sorted(FILES.rglob("*.toml"))}).book()


@given(facts=FACTS, on=DAYS)
@settings(max_examples=150)
def test_there_is_an_answer_and_it_is_in_order(facts: Facts, on: date) -> None:
    answer = evaluate(facts, reference_rules(), NOW, on=on)

    identities = [(each.duty, each.subject, each.occurrence) for each in answer.deadlines]
    assert len(identities) == len(set(identities))
    for each in answer.deadlines:
        assert each.because or each.due_on is None
        assert each.alternative_on is None or (each.due_on is not None and each.alternative_on > each.due_on)
        assert each.recheck_on is None or each.recheck_on > on
        assert each.opens_on is None or each.due_on is None or each.opens_on <= each.due_on
    assert answer.recheck_on is None or answer.recheck_on > on
    steps = [step for each in (*answer.deadlines, *answer.opportunities, *answer.limits) for step in each.because]
    for step in steps:
        assert wording.STEPS[step.code] % step.values
        json.dumps(step.values)
    for warning in answer.warnings:
        assert wording.WARNINGS[warning.code] % warning.values
        json.dumps(warning.values)


@given(facts=FACTS, on=DAYS, seed=st.integers(min_value=0, max_value=1000))
@settings(max_examples=40)
def test_the_order_of_rules_does_not_matter(facts: Facts, on: date, seed: int) -> None:
    rules = reference_rules()
    shuffled = list(rules.rules)
    Random(seed).shuffle(shuffled)
    other = RuleBook(
        rules=tuple(shuffled), groups=rules.groups, time_zones=rules.time_zones, day_overrides=rules.day_overrides
    )

    assert dates(evaluate(facts, rules, NOW, on=on)) == dates(evaluate(facts, other, NOW, on=on))


@given(facts=FACTS, on=DAYS, part=st.floats(min_value=0, max_value=1))
@settings(max_examples=100)
def test_until_the_day_to_look_again_nothing_that_is_stored_moves_by_itself(
    facts: Facts, on: date, part: float
) -> None:
    answer = evaluate(facts, reference_rules(), NOW, on=on)
    ends = answer.recheck_on or on + timedelta(days=800)
    later = on + timedelta(days=int(part * ((ends - on).days - 1)))

    then = evaluate(facts, reference_rules(), NOW, on=later)
    assert dates(then) == dates(answer)
    assert then.warnings == answer.warnings


@st.composite
def journeys(draw: st.DrawFn) -> tuple[Facts, Facts, date]:
    """Somebody who went from place to place on days that are known within bounds, the same with days in them, and a day."""
    facts, on = draw(FACTS), draw(DAYS)
    begins = on - timedelta(days=draw(st.integers(60, 400)))
    within, settled = [], []
    for number, stay in enumerate(facts.stays, start=1):
        entered = draw(bounds(begins + timedelta(days=draw(st.integers(0, 40))), on))
        left = draw(bounds(latest(entered) + timedelta(days=draw(st.integers(0, 90))), on))
        is_last = number == len(facts.stays) or latest(left) == on
        within.append(replace(stay, entered=entered, left=None if is_last else left))
        settled.append(
            replace(stay, entered=draw(some_day_of(entered)), left=None if is_last else draw(some_day_of(left)))
        )
        if is_last:
            break
        begins = latest(left)
    return replace(facts, stays=tuple(within)), replace(facts, stays=tuple(settled)), on


def bounds(first: date, on: date) -> st.SearchStrategy[DayRange]:
    return st.sampled_from([0, 0, 3, 25]).map(
        lambda days: DayRange(earliest=min(first, on), latest=min(first + timedelta(days=days), on))
    )


def some_day_of(days: DayRange) -> st.SearchStrategy[DayRange]:
    assert days.earliest is not None
    return st.dates(days.earliest, latest(days)).map(DayRange.exactly)


def latest(days: DayRange) -> date:
    assert days.latest is not None
    return days.latest


@given(journey=journeys())
@settings(max_examples=100)
def test_whatever_the_days_turn_out_to_be_the_date_lies_between_both_readings(
    journey: tuple[Facts, Facts, date],
) -> None:
    within, settled, on = journey
    known = {
        (it.duty, it.subject, it.occurrence): it for it in evaluate(within, reference_rules(), NOW, on=on).deadlines
    }

    for it in evaluate(settled, reference_rules(), NOW, on=on).deadlines:
        said = known[it.duty, it.subject, it.occurrence]
        if it.due_on is not None:
            assert said.due_on is not None
            assert said.due_on <= it.due_on
            assert said.is_met or it.due_on <= (said.alternative_on or said.due_on)
