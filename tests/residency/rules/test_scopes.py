"""A change of the book where nobody looked changes nothing of the answer, on no day."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import casework.residency.rules as package
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import Facts
from casework.residency.rules.kinds import AppliesTo, Duty, Kind, LegalStatus, ReviewStatus
from casework.residency.rules.position import Position
from casework.residency.rules.rulebook import Audience, Rule, RuleBook
from casework.residency.rules.scopes import ZONE, changed_between, digests_of, scopes_of

from .making import NOW, book, document, permit, person, rule, stay
from .people import under_made_up_rules, under_the_reference_rules
from .test_any_facts import DAYS, FACTS, reference_rules

PLACES = ["KZ", "KG", "UZ", "RS", "TR", "GE", "AM", "AZ", "MN", "AR", "DE", "PL", "HR", "BG", "RU", "UA", "BY", "TJ"]
ZONES = ["SCHENGEN", "EU"]


def outcome(facts: Facts, rules: RuleBook, on: date | None, now: datetime = NOW) -> Position | str:
    """The answer, or that there is none: rules at random may say what cannot be computed."""
    try:
        return evaluate(facts, rules, now, on=on)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return repr(error)


def covered(scopes: frozenset[str], rules: RuleBook) -> set[str]:
    """The places that belong to these scopes: the zones of a country with it."""
    found = {scope for scope in scopes if ZONE not in scope}
    while True:
        zones = {
            each.parameters["zone"]
            for each in rules.rules
            if each.kind == Kind.ZONE_MEMBERSHIP and each.jurisdiction in found
        }
        if zones <= found:
            return found
        found |= zones


def restricted(rules: RuleBook, scopes: frozenset[str]) -> RuleBook:
    """The book without everything that is in none of the scopes."""
    places = covered(scopes, rules)
    kept = tuple(
        each
        for each in rules.rules
        if each.jurisdiction in places or (each.jurisdiction + ZONE in scopes and each.duty == Duty.ZONE)
    )
    named = {each.audience.nationality for each in kept}
    calendars = places | {each.parameters.get("calendar") for each in kept}
    return RuleBook(
        rules=kept,
        groups={code: members for code, members in rules.groups.items() if code in named},
        time_zones={place: zone for place, zone in rules.time_zones.items() if place in places},
        day_overrides={code: days for code, days in rules.day_overrides.items() if code in calendars},
    )


# What may change


PARAMETERS: dict[Kind, dict[str, Any]] = {
    Kind.CONSECUTIVE_DAYS: {"days": 30},
    Kind.ROLLING_WINDOW: {"days": 60, "window_days": 180},
    Kind.CALENDAR_YEAR: {"days": 90},
    Kind.UNTIL_DATE: {"until": "2026-12-31"},
    Kind.REGISTER_WITHIN: {"n": 5, "unit": "working_days", "day_one": "entry_day", "calendar": "KZ"},
    Kind.REGISTRATION_EXEMPTION: {"days": 9},
    Kind.RENEWAL_WINDOW: {"closes": {"days": 30}},
    Kind.PERMIT_EXTENDED_BY_LAW: {"valid_on": "2024-03-04", "extended_to": "2027-03-04"},
    Kind.DOCUMENT_VALIDITY: {"months": 6, "beyond": "stay", "document_kinds": ["international_passport"]},
    Kind.MAX_ABSENCE: {"days": 183},
    Kind.COOLDOWN: {"days": 30, "after": "exit"},
    Kind.ELIGIBLE_AFTER: {"years": 2, "of": "stay", "what": "citizenship"},
    Kind.ZONE_MEMBERSHIP: {"zone": "SCHENGEN"},
    Kind.ENTRY_BAN: {"scope": "all"},
    Kind.VISA_REQUIRED: {},
    Kind.RETURN_RISK: {"level": "high"},
    Kind.TRAVEL_DOCUMENT: {"min_age": {"internal_passport": 16}},
}


@st.composite
def new_rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(sorted(PARAMETERS)))
    more: dict[str, Any] = {"duty": draw(st.sampled_from(sorted(Duty)))} if draw(st.booleans()) else {}
    return rule(
        draw(st.sampled_from([*PLACES, *ZONES])),
        kind,
        PARAMETERS[kind] | ({"zone": draw(st.sampled_from(ZONES))} if kind == Kind.ZONE_MEMBERSHIP else {}),
        whom=draw(st.sampled_from(["*", "RU", "EAEU", "UA", "EU"])),
        id=f"new-{draw(st.integers(0, 10**6))}",
        valid_from=draw(st.none() | DAYS),
        legal_basis=draw(st.sampled_from(["", "", "permit"])),
        **more,
    )


def changes(old: Rule) -> st.SearchStrategy[Rule]:
    """One rule, altered somewhere."""
    return st.one_of(
        st.integers(1, 400).map(lambda days: replace(old, parameters={**old.parameters, "days": days})),
        st.sampled_from(["*", "RU", "UA", "EAEU"]).map(lambda whom: replace(old, audience=Audience(nationality=whom))),
        st.sampled_from(sorted(LegalStatus)).map(lambda status: replace(old, legal_status=status)),
        st.sampled_from(sorted(ReviewStatus)).map(lambda status: replace(old, review_status=status)),
        st.sampled_from(sorted(AppliesTo)).map(lambda how: replace(old, applies_to=how)),
        DAYS.map(lambda day: replace(old, valid_from=day, valid_until=None)),
        DAYS.map(lambda day: replace(old, valid_until=day, valid_from=None)),
        st.booleans().map(lambda is_one: replace(old, is_exception=is_one)),
        st.just(replace(old, id=f"{old.id}-again")),
        st.just(replace(old, known_until=datetime(2024, 1, 1, tzinfo=UTC))),
        st.just(replace(old, known_from=NOW + timedelta(days=1))),
    )


@st.composite
def changed_books(draw: st.DrawFn) -> RuleBook:
    """The rules that come with the program after one to four acts: published, altered, withdrawn, a group, a calendar."""
    rules, groups, zones, overrides = (
        list(reference_rules().rules),
        dict(reference_rules().groups),
        dict(reference_rules().time_zones),
        dict(reference_rules().day_overrides),
    )
    for _ in range(draw(st.integers(1, 4))):
        match draw(st.sampled_from(["add", "alter", "alter", "drop", "group", "zone", "calendar"])):
            case "add":
                rules.insert(draw(st.integers(0, len(rules))), draw(new_rules()))
            case "alter":
                at = draw(st.integers(0, len(rules) - 1))
                rules[at] = draw(changes(rules[at]))
            case "drop":
                rules.pop(draw(st.integers(0, len(rules) - 1)))
            case "group":
                groups[draw(st.sampled_from([*groups, "NEW"]))] = frozenset(draw(st.sets(st.sampled_from(PLACES))))
            case "zone":
                zones[draw(st.sampled_from(PLACES))] = draw(st.sampled_from(["Pacific/Kiritimati", "Etc/GMT+12"]))
            case "calendar":
                place, day = draw(st.sampled_from(PLACES)), draw(DAYS)
                overrides[place] = {**overrides.get(place, {}), day: draw(st.booleans())}
    return RuleBook(rules=tuple(rules), groups=groups, time_zones=zones, day_overrides=overrides)


def check_that_only_scopes_matter(facts: Facts, before: RuleBook, after: RuleBook, on: date | None) -> None:
    """What was stored of an earlier day says on what an answer of another day rests."""
    scopes = scopes_of(facts)
    if scopes & changed_between(digests_of(before), digests_of(after)):
        event("somebody looked")
        return
    event("nobody looked")
    answer = outcome(facts, before, on)
    assert outcome(facts, after, on) == answer
    if isinstance(answer, Position):
        assert answer.looked_at == scopes


@given(facts=FACTS, after=changed_books(), on=st.none() | DAYS)
@settings(max_examples=150)
def test_what_changes_elsewhere_changes_nothing(facts: Facts, after: RuleBook, on: date | None) -> None:
    check_that_only_scopes_matter(facts, reference_rules(), after, on)


@pytest.mark.slow
@given(facts=FACTS, after=changed_books(), on=st.none() | DAYS)
@settings(max_examples=5000)
def test_what_changes_elsewhere_changes_nothing_whatever_it_is(facts: Facts, after: RuleBook, on: date | None) -> None:
    check_that_only_scopes_matter(facts, reference_rules(), after, on)


@given(facts=FACTS, rules=changed_books(), on=st.none() | DAYS)
@settings(max_examples=150)
def test_without_all_the_rest_of_the_book_the_answer_is_the_same(
    facts: Facts, rules: RuleBook, on: date | None
) -> None:
    answer = outcome(facts, rules, on)

    assert outcome(facts, restricted(rules, scopes_of(facts)), on) == answer
    if isinstance(answer, Position):
        assert answer.looked_at == scopes_of(facts)


@pytest.mark.slow
@given(facts=FACTS, rules=changed_books(), on=st.none() | DAYS)
@settings(max_examples=5000)
def test_without_all_the_rest_of_the_book_the_answer_is_the_same_whatever_it_says(
    facts: Facts, rules: RuleBook, on: date | None
) -> None:
    assert outcome(facts, restricted(rules, scopes_of(facts)), on) == outcome(facts, rules, on)


def test_everybody_in_every_situation_has_the_same_answer_by_their_scopes_alone() -> None:
    situations = [(facts, reference_rules(), on) for facts, on in under_the_reference_rules()] + under_made_up_rules()
    for facts, rules, on in situations:
        answer = evaluate(facts, rules, NOW, on=date.fromisoformat(on))

        assert evaluate(facts, restricted(rules, scopes_of(facts)), NOW, on=date.fromisoformat(on)) == answer
        assert answer.looked_at == scopes_of(facts)


@given(rules=changed_books())
@settings(max_examples=50)
def test_scopes_that_are_the_same_have_the_same_digest_in_any_process(rules: RuleBook) -> None:
    again = RuleBook(
        rules=tuple(replace(each) for each in rules.rules),
        groups={code: frozenset(sorted(members, reverse=True)) for code, members in reversed(rules.groups.items())},
        time_zones=dict(rules.time_zones),
        day_overrides={code: dict(reversed(days.items())) for code, days in rules.day_overrides.items()},
    )

    assert digests_of(again) == digests_of(rules)


# What belongs to a scope


VISIT = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="EAEU")
WITHIN = rule("KZ", Kind.REGISTER_WITHIN, {"n": 3, "unit": "working_days", "calendar": "RU"})
MEMBER = rule("DE", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"})
WINDOW = rule("SCHENGEN", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180})
BASE = book(VISIT, WITHIN, MEMBER, WINDOW, groups={"EAEU": frozenset({"KZ", "RU"}), "CIS": frozenset({"RU"})})


@pytest.mark.parametrize(
    ("after", "scopes"),
    [
        (replace(BASE, rules=(replace(VISIT, note="Read again."), *BASE.rules[1:])), {"KZ"}),
        (replace(BASE, rules=BASE.rules[:1]), {"KZ", "DE", "DE/zone", "SCHENGEN"}),
        (replace(BASE, rules=(VISIT, WITHIN, MEMBER, replace(WINDOW, id="newer"))), {"DE", "SCHENGEN"}),
        (replace(BASE, rules=(VISIT, WITHIN, replace(MEMBER, id="newer"), WINDOW)), {"DE", "DE/zone"}),
        (replace(BASE, groups=BASE.groups | {"EAEU": frozenset({"RU"})}), {"KZ"}),
        (replace(BASE, groups={"EAEU": BASE.groups["EAEU"]}), set()),
        (replace(BASE, time_zones={"KZ": "Asia/Aqtau"}), {"KZ"}),
        (replace(BASE, time_zones=BASE.time_zones | {"GE": "Asia/Tbilisi"}), {"GE"}),
        (replace(BASE, day_overrides={"KZ": {date(2026, 12, 31): False}}), {"KZ"}),
        (replace(BASE, day_overrides={"RU": {date(2026, 12, 31): False}}), {"KZ", "RU"}),
    ],
)
def test_a_change_belongs_to_the_places_that_it_is_about(after: RuleBook, scopes: set[str]) -> None:
    assert changed_between(digests_of(BASE), digests_of(after)) == scopes


def test_the_scopes_of_somebody_are_where_they_were_or_hold_something_and_the_zones_of_their_nationalities() -> None:
    facts = person(
        stay("KZ", "2026-09-01"),
        nationalities=("RU", "KZ"),
        permits=(permit("RS", "temporary_residence", "2025-01-01", None),),
        documents=(document("international_passport", "2027-01-01", country="AM"),),
    )

    assert scopes_of(facts) == {"KZ", "RS", "RU/zone"}


def test_what_was_asked_for_beyond_the_facts_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should somebody teach the engine to ask about one more country and forget `scopes_of`, no date is kept too long."""
    from casework.residency.rules import evaluate as module

    real = module.alerts

    def curious(inquiry: Any, *args: Any) -> Any:
        inquiry.rules("GE", Duty.ENTER)
        inquiry.zones("AM")
        return real(inquiry, *args)

    monkeypatch.setattr(module, "alerts", curious)

    assert evaluate(person(stay("KZ", "2026-09-01")), BASE, NOW).looked_at == {"KZ", "RU/zone", "GE", "AM/zone"}


# Nothing that leads to a stored date reads the book past `Inquiry`


# These hold the book, and give of it what is asked for.
READERS = {"inquiry", "known", "rulebook", "exceptions", "scopes"}
OF_A_BOOK = {"book", "known", "groups", "time_zones", "day_overrides", "by_id", "by_country"}
# `evaluate` makes the inquiry, and names the zones that were known for `scopes.beyond`.
ALLOWED = {("evaluate", "known")}


def modules_behind_evaluate() -> Iterator[str]:
    folder = Path(package.__path__[0])
    seen, waiting = set[str](), ["evaluate"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                names = [node.module] if node.module else [alias.name for alias in node.names]
                waiting += [it for it in names if it]


def test_only_the_inquiry_reads_the_book() -> None:
    folder = Path(package.__path__[0])
    names = list(modules_behind_evaluate())
    reads = {
        (name, node.attr)
        for name in names
        if name not in READERS
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text()))
        if isinstance(node, ast.Attribute) and node.attr in OF_A_BOOK
    }

    assert {"leave", "register", "renew", "prospects", "alerts", "absence", "keep", "stay_limits"} <= set(names)
    assert reads <= ALLOWED
