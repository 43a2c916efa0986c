"""Where could somebody go: entry, days, duties, return and risk of every country, from the rules recorded."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.residency import reference
from casework.residency.rules import onward as engine
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import Facts
from casework.residency.rules.inquiry import Inquiry
from casework.residency.rules.kinds import Duty, Kind, LegalStatus, ReviewStatus
from casework.residency.rules.onward import Prospect, Standing, onward
from casework.residency.rules.papers import papers
from casework.residency.rules.reference import read_reference
from casework.residency.rules.rulebook import Rule, RuleBook

from .making import NOW, between, book, day, document, permit, person, rule, stay

FILES = Path(reference.__file__).parent
DAY = "2026-11-27"
PASSPORT = document("international_passport", "2030-01-01", id="passport")
INTERNAL = document("internal_passport", None, id="internal")
ADULT = between("1990-01-01", "1990-01-01")
LIMIT = rule("XA", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", part="visit")
WINDOW = rule("XA", Kind.ROLLING_WINDOW, {"days": 60, "window_days": 120}, whom="RU", part="window")


@pytest.fixture(scope="module")
def rules() -> RuleBook:
    return read_reference({file.name: file.read_bytes() for file in sorted(FILES.rglob("*.toml"))}).book()


def to(country: str, facts: Facts, *known: Rule, on: str = DAY, **more: object) -> Prospect:
    [found] = onward(facts, book(*known, **more), day(on), NOW, countries={country})
    return found


def with_passport(*stays: object, **more: object) -> Facts:
    return person(*stays, **{"documents": (PASSPORT,), "birth": ADULT} | more)  # type: ignore[arg-type]


def test_a_limit_for_their_nationality_and_a_passport_leave_nothing_in_the_way() -> None:
    found = to("XA", with_passport(), LIMIT)

    assert found.standing == Standing.CLEAR
    assert (found.best.stay.code, found.best.stay.days) == (engine.UNTIL, 30)
    assert found.best.stay.last_on == day("2026-12-26")
    assert found.best.stay.rule_ids == (LIMIT.id,)
    assert found.best.stay.review == ReviewStatus.PROVISIONAL


def test_a_limit_for_everybody_does_not_say_that_no_visa_is_needed() -> None:
    found = to("XA", with_passport(), rule("XA", Kind.CONSECUTIVE_DAYS, {"days": 30}))

    assert (found.standing, found.best.stay.days) == (Standing.UNKNOWN, 30)


def test_no_rule_recorded_is_said_and_nobody_elses_rule_is_taken() -> None:
    found = to("XA", with_passport(), rule("XA", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="UA"))

    assert (found.standing, found.best.stay.code) == (Standing.UNKNOWN, engine.NOT_RECORDED)
    assert found.risk == ()


@pytest.mark.parametrize(
    ("paper", "verdict"),
    [
        (document("international_passport", "2030-01-01"), "paper_accepted"),
        (document("international_passport", "2026-11-26"), "paper_expired_by_then"),
        (document("international_passport", DAY), "paper_accepted"),
        (document("international_passport", "2030-01-01", state="lost"), "paper_lost"),
        (document("international_passport", "2030-01-01", state="retained"), "paper_retained"),
        (document("international_passport", "2030-01-01", state="revoked"), "paper_revoked"),
        (document("international_passport", "2030-01-01", biometric=False), "document_refused"),
        (document("identity_card", "2030-01-01"), "document_not_accepted"),
        (document("internal_passport", None), "paper_accepted"),
    ],
)
def test_each_document_has_its_verdict(paper: object, verdict: str) -> None:
    said = {
        "accepted": ["international_passport", "internal_passport"],
        "refused": ["international_passport_non_biometric"],
        "min_age": {"internal_passport": 14},
    }
    accepting = rule("XA", Kind.TRAVEL_DOCUMENT, said, whom="RU")

    found = to("XA", person(documents=(paper,), birth=ADULT), LIMIT, accepting)

    assert [each.verdict for each in found.papers] == [verdict]
    assert found.standing == (Standing.CLEAR if verdict == "paper_accepted" else Standing.REFUSED)


@pytest.mark.parametrize(("on", "standing"), [("2026-11-26", Standing.REFUSED), (DAY, Standing.CLEAR)])
def test_the_age_is_that_of_the_day_asked_about(on: str, standing: Standing) -> None:
    accepting = rule(
        "XA", Kind.TRAVEL_DOCUMENT, {"accepted": ["internal_passport"], "min_age": {"internal_passport": 14}}
    )
    child = person(documents=(INTERNAL,), birth=between("2012-11-27", "2012-11-27"))

    assert to("XA", child, LIMIT, accepting, on=on).standing == standing


@pytest.mark.parametrize(
    ("until", "verdict"), [("2027-05-26", "paper_expires_too_soon"), ("2027-05-27", "paper_no_rule")]
)
def test_a_passport_must_be_valid_for_months_beyond_the_entry(until: str, verdict: str) -> None:
    beyond = rule(
        "XA", Kind.DOCUMENT_VALIDITY, {"months": 6, "beyond": "entry", "document_kinds": ["international_passport"]}
    )

    found = to("XA", person(documents=(document("international_passport", until),)), LIMIT, beyond)

    assert [each.verdict for each in found.papers] == [verdict]


@pytest.mark.parametrize(
    ("until", "verdict"), [("2027-02-28", "paper_expires_too_soon"), ("2027-03-01", "paper_no_rule")]
)
def test_where_a_month_has_no_such_day_the_reading_counts_by_which_nobody_is_turned_away(
    until: str, verdict: str
) -> None:
    beyond = rule(
        "XA", Kind.DOCUMENT_VALIDITY, {"months": 3, "beyond": "entry", "document_kinds": ["international_passport"]}
    )
    facts = person(documents=(document("international_passport", until),))

    assert [each.verdict for each in to("XA", facts, LIMIT, beyond, on="2026-11-30").papers] == [verdict]


@pytest.mark.parametrize(
    ("kind", "said", "status", "standing"),
    [
        (Kind.VISA_REQUIRED, {}, LegalStatus.IN_FORCE, Standing.CONDITIONS),
        (Kind.VISA_REQUIRED, {}, LegalStatus.ANNOUNCED, Standing.CLEAR),
        (Kind.ENTRY_BAN, {"scope": "all"}, LegalStatus.IN_FORCE, Standing.REFUSED),
        (Kind.ENTRY_BAN, {"scope": "all"}, LegalStatus.PROPOSED, Standing.CLEAR),
        (Kind.ENTRY_AUTHORISATION, {"name": "ETA"}, LegalStatus.IN_FORCE, Standing.CONDITIONS),
        (Kind.ENTRY_REFUSAL_PRACTICE, {"text": "refused"}, LegalStatus.PRACTICE, Standing.CONDITIONS),
    ],
)
def test_what_stands_in_the_way_is_named_with_the_state_of_the_law(
    kind: Kind, said: dict[str, object], status: LegalStatus, standing: Standing
) -> None:
    stated = rule("XA", kind, said, whom="RU", legal_status=status)

    found = to("XA", with_passport(), LIMIT, stated)

    assert found.standing == standing
    assert [(each.rule_id, each.legal_status) for each in found.best.entry] == [(stated.id, status)]


def test_a_visa_they_hold_takes_the_place_of_the_one_they_need() -> None:
    needed = rule("XA", Kind.VISA_REQUIRED, {}, whom="RU")
    facts = with_passport(permits=(permit("XA", "visa", "2026-11-01", "2026-12-20"),))

    found = to("XA", facts, needed)

    assert (found.standing, found.best.legal_basis) == (Standing.CLEAR, "visa")
    assert found.best.stay.last_on == day("2026-12-20")


def test_used_up_days_give_the_day_from_which_one_may_enter() -> None:
    facts = with_passport(stay("XA", "2026-08-01", "2026-09-29"))

    found = to("XA", facts, WINDOW, on="2026-10-15")

    assert (found.standing, found.best.stay.code, found.best.stay.days) == (Standing.LATER, engine.NOT_THAT_DAY, 0)
    assert found.best.earliest is not None
    assert found.best.earliest.from_on == day("2026-11-29")
    assert found.returns == found.best.earliest


def test_days_to_stay_away_make_them_wait() -> None:
    wait = rule("XA", Kind.COOLDOWN, {"days": 30, "after": "exit"}, whom="RU")
    facts = with_passport(stay("XA", "2026-11-01", "2026-11-10"))

    found = to("XA", facts, LIMIT, wait)

    assert found.standing == Standing.LATER
    assert found.best.earliest is not None
    assert (found.best.earliest.from_on, found.best.earliest.is_by_law_of_waiting) == (day("2026-12-11"), True)


def test_where_they_are_is_answered_by_the_stay_they_have_and_by_when_they_may_come_back() -> None:
    found = to("XA", with_passport(stay("XA", "2026-11-01")), WINDOW)

    assert found.standing == Standing.HERE
    assert found.best.stay.last_on == day("2026-12-30")
    assert found.returns is not None
    assert found.returns.from_on == day("2026-11-28")


def test_days_in_one_country_of_a_zone_are_used_up_in_the_other() -> None:
    members = [rule(code, Kind.ZONE_MEMBERSHIP, {"zone": "ZONE"}) for code in ("XB", "XC")]
    limit = rule("ZONE", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, whom="RU")
    facts = with_passport(stay("XB", "2026-11-01"))

    found = to("XC", facts, *members, limit)

    assert found.best.stay.last_on == day("2027-01-29")
    assert found.zones == ("ZONE",)


def test_two_nationalities_have_a_way_each_and_the_longer_comes_first() -> None:
    second = document("international_passport", "2030-01-01", id="second", country="KZ")
    facts = with_passport(nationalities=("RU", "KZ"), documents=(PASSPORT, second))
    longer = rule("XA", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="KZ")

    found = to("XA", facts, LIMIT, longer)

    assert [(way.nationality, way.stay.days) for way in found.ways] == [("KZ", 90), ("RU", 30)]


def test_their_own_country_is_no_option_and_has_no_risk_of_its_own() -> None:
    found = to("RU", with_passport(), rule("RU", Kind.NOTE, {"text": "x"}, whom="RU", duty=Duty.NOTE))

    assert (found.standing, found.risk, len(found.best.others)) == (Standing.OWN, (), 1)


def test_an_unknown_risk_is_recorded_as_such_or_not_at_all_and_never_low() -> None:
    unknown = rule("XA", Kind.RETURN_RISK, {"level": "unknown", "profiles": ["other"], "signals": ["s"]}, whom="RU")

    assert to("XA", with_passport(), LIMIT).risk == ()
    assert [each.rule_id for each in to("XA", with_passport(), LIMIT, unknown).risk] == [unknown.id]


def test_a_pathway_is_to_be_applied_for_by_the_earlier_reading() -> None:
    way = rule(
        "XA",
        Kind.RESIDENCE_PATHWAY,
        {"permit": "temporary_residence", "apply_within_days": 90},
        whom="RU",
        duty=Duty.RESIDENCE,
    )

    [pathway] = to("XA", with_passport(), LIMIT, way).best.pathways

    assert pathway.apply_by == day("2027-02-24")


def test_work_is_asked_about_for_who_comes_to_work_as_well() -> None:
    everybody = rule("XA", Kind.WORK_RIGHT, {"allowed": False}, whom="RU", duty=Duty.WORK, part="all")
    workers = rule("XA", Kind.GRACE_PERIOD, {"days": 15, "trigger": "x"}, whom="RU", duty=Duty.WORK, purpose="work")

    found = to("XA", with_passport(), LIMIT, everybody, workers)

    assert [(each.rule_id, each.purpose) for each in found.best.stating(Kind.WORK_RIGHT, Kind.GRACE_PERIOD)] == [
        (everybody.id, ""),
        (workers.id, "work"),
    ]


def test_the_open_come_first_the_longest_of_them_first_the_unknown_apart_and_the_refused_last() -> None:
    short, long = LIMIT, rule("XB", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU")
    ban = rule("XC", Kind.ENTRY_BAN, {"scope": "all"}, whom="RU")
    nothing = rule("XD", Kind.NOTE, {"text": "x"}, duty=Duty.NOTE)

    found = onward(with_passport(), book(ban, nothing, short, long), day(DAY), NOW)

    assert [each.country for each in found] == ["XB", "XA", "XD", "XC"]


def test_what_was_known_earlier_can_be_asked_again() -> None:
    later = replace(LIMIT, known_from=NOW)

    assert onward(with_passport(), book(later), day(DAY), NOW.replace(year=2025)) == []


# The same answers as everywhere else

days = st.integers(0, 500).map(lambda number: day("2026-01-01").fromordinal(day("2026-01-01").toordinal() + number))


@given(
    entered=st.lists(
        st.tuples(st.sampled_from(["KZ", "KG", "TR", "DE", "RS", "GE"]), days, st.integers(1, 80)), max_size=4
    ),
    asked_on=days,
)
@settings(max_examples=40)
def test_days_and_deadlines_are_those_of_a_stay_that_begins_that_day(
    entered: list[tuple[str, object, int]], asked_on: object
) -> None:
    rules = _BOOK or _load()
    stays = [
        stay(country, first.isoformat(), first.fromordinal(first.toordinal() + length - 1).isoformat(), id=str(number))  # type: ignore[attr-defined]
        for number, (country, first, length) in enumerate(entered)
        if first.toordinal() + length - 1 < asked_on.toordinal()  # type: ignore[attr-defined]
    ]
    facts = with_passport(*stays)

    for found in onward(facts, rules, asked_on, NOW, countries={"KZ", "KG", "TR", "DE", "RS", "GE", "AZ", "MN"}):  # type: ignore[arg-type]
        entry = stay(found.country, asked_on.isoformat(), id=engine.SUPPOSED)  # type: ignore[attr-defined]
        position = evaluate(replace(facts, stays=(*facts.stays, entry)), rules, NOW, on=asked_on)  # type: ignore[arg-type]
        leave = [each for each in position.deadlines if each.duty == Duty.LEAVE]
        lawful = not any(each.code == "no_day_lawful" for each in position.warnings)
        expected = leave[0].due_on if leave and lawful else None
        duties = [each for each in position.deadlines if each.subject.id == engine.SUPPOSED and each.duty != Duty.LEAVE]

        assert found.best.stay.last_on == expected, found.country
        assert [each for each in found.best.duties if each.duty != Duty.KEEP_DOCUMENT] == sorted(
            duties, key=lambda each: each.due_on or day("9999-12-31")
        )


_BOOK: RuleBook | None = None


def _load() -> RuleBook:
    global _BOOK
    _BOOK = read_reference({file.name: file.read_bytes() for file in sorted(FILES.rglob("*.toml"))}).book()
    return _BOOK


def test_every_country_of_the_reference_rules_is_answered(rules: RuleBook) -> None:
    found = onward(with_passport(stay("KZ", "2026-10-01")), rules, day(DAY), NOW)

    assert len(found) > 40
    assert {each.country: each.standing for each in found} | {
        "KZ": Standing.HERE,
        "KG": Standing.CLEAR,
        "GE": Standing.CONDITIONS,
        "AT": Standing.UNKNOWN,
        "PL": Standing.REFUSED,
        "RU": Standing.OWN,
    } == {each.country: each.standing for each in found}
    known = {each.id for each in rules.rules}
    for each in found:
        for way in each.ways:
            assert set(way.stay.rule_ids) <= known
            assert not way.stay.days or way.stay.because


def test_papers_that_no_rule_speaks_of_are_no_travel_documents() -> None:
    facts = person(documents=(document("birth_certificate", None), document("other", None, id="other")))
    speaking = rule("XA", Kind.TRAVEL_DOCUMENT, {"refused": ["birth_certificate"]}, whom="RU")
    asked = Inquiry(facts=facts, book=book(speaking), on=day(DAY), known_at=NOW)

    assert [each.verdict for each in papers(asked, "XA", day(DAY))] == ["document_refused"]
    assert papers(asked, "XB", day(DAY)) == ()
