"""What may be told to whom, and why."""

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clients.sharing import (
    OVERRIDING,
    SENTENCES,
    SPECIAL,
    Basis,
    Category,
    Given,
    GivenBy,
    Never,
    Person,
    Purpose,
    Recipient,
    RecipientKind,
    Said,
    Verdict,
    Why,
    may_share,
)
from casework.lib.dates import Birth

MONDAY = dt.date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
ANY = Recipient(kind=RecipientKind.PARTNER)
LAWYER = Recipient(kind=RecipientKind.PARTNER, id=uuid.uuid4(), sort="lawyer")
DOCTOR = Recipient(kind=RecipientKind.PARTNER, id=uuid.uuid4(), sort="doctor")
IDENTITY = frozenset({Category.IDENTITY})


def said(**changes: Any) -> Given:
    known: dict[str, Any] = {
        "id": uuid.uuid4(),
        "purpose": Purpose.PARTNER,
        "said": Said.YES,
        "basis": Basis.EXPLICIT_CONSENT,
        "categories": IDENTITY,
        "recipient": ANY,
        "given_on": MONDAY,
        "recorded_at": NOON,
    }
    return Given(**(known | changes))


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def answer(*consents: Given, to: Recipient = LAWYER, on: dt.date = MONDAY, **more: Any) -> tuple[Verdict, Why]:
    found = may_share(consents, more.pop("categories", IDENTITY), to, on, **more)
    return found.verdict, found.because[0].why


def test_what_nobody_asked_is_no_yes() -> None:
    assert answer() == (Verdict.NOT_ASKED, Why.NOT_ASKED)


def test_to_ask_about_nothing_is_no_yes() -> None:
    assert may_share([said()], [], LAWYER, MONDAY).allowed is False


def test_what_was_agreed_may_be_told_from_its_day_on() -> None:
    assert answer(said(), on=day(-1)) == (Verdict.NOT_ASKED, Why.NOT_ASKED)
    assert answer(said(), on=day(0)) == (Verdict.YES, Why.AGREED)


def test_the_last_day_counts_and_the_next_does_not() -> None:
    assert answer(said(valid_until=day(3)), on=day(3)) == (Verdict.YES, Why.AGREED)
    assert answer(said(valid_until=day(3)), on=day(4)) == (Verdict.NO, Why.EXPIRED)


def test_one_category_more_than_agreed_is_not_told() -> None:
    found = may_share([said()], {Category.IDENTITY, Category.ADDRESS}, LAWYER, MONDAY)

    assert found.verdict is Verdict.NOT_ASKED
    assert found.allowed_categories == IDENTITY


@pytest.mark.parametrize(
    ("whom", "verdict"),
    [
        (ANY, Verdict.YES),
        (Recipient(kind=RecipientKind.PARTNER, sort="lawyer"), Verdict.YES),
        (Recipient(kind=RecipientKind.PARTNER, id=LAWYER.id), Verdict.YES),
        (Recipient(kind=RecipientKind.PARTNER, sort="doctor"), Verdict.NOT_ASKED),
        (DOCTOR, Verdict.NOT_ASKED),
    ],
)
def test_a_yes_reaches_whom_it_names(whom: Recipient, verdict: Verdict) -> None:
    assert answer(said(recipient=whom))[0] is verdict


def test_a_yes_to_one_is_no_yes_to_any() -> None:
    assert answer(said(recipient=LAWYER), to=ANY)[0] is Verdict.NOT_ASKED


def test_a_refusal_beats_consent_whichever_came_first() -> None:
    no = said(said=Said.NO, recipient=LAWYER)

    assert answer(said(given_on=day(-9)), no) == (Verdict.NO, Why.REFUSED)
    assert answer(said(given_on=day(1)), no, on=day(1)) == (Verdict.NO, Why.REFUSED)
    assert answer(said(), no, to=DOCTOR) == (Verdict.YES, Why.AGREED)


def test_a_refusal_that_is_taken_back_does_not_bring_the_old_yes_back() -> None:
    no = said(said=Said.NO, given_on=day(1), withdrawn_on=day(2), withdrawn_at=NOON + dt.timedelta(days=2))

    assert answer(said(), no, on=day(3)) == (Verdict.NO, Why.REFUSED)
    assert answer(said(), no, said(given_on=day(3)), on=day(3)) == (Verdict.YES, Why.AGREED)


def test_a_withdrawal_counts_from_its_day_on() -> None:
    withdrawn = said(withdrawn_on=day(2), withdrawn_at=NOON + dt.timedelta(days=2))

    assert answer(withdrawn, on=day(1)) == (Verdict.YES, Why.AGREED)
    assert answer(withdrawn, on=day(2)) == (Verdict.NO, Why.WITHDRAWN)


def test_a_withdrawal_ends_what_was_said_before_in_other_records_too() -> None:
    narrow = said(recipient=LAWYER, withdrawn_on=day(2), withdrawn_at=NOON + dt.timedelta(days=2))

    assert answer(said(given_on=day(-5)), narrow, on=day(2)) == (Verdict.NO, Why.WITHDRAWN)
    assert answer(said(given_on=day(-5)), narrow, on=day(2), to=DOCTOR) == (Verdict.YES, Why.AGREED)


def test_the_earliest_withdrawal_is_named() -> None:
    first = said(withdrawn_on=day(2), withdrawn_at=NOON)
    second = said(withdrawn_on=day(5), withdrawn_at=NOON)

    found = may_share([second, first], IDENTITY, LAWYER, day(6))

    assert {because.day for because in found.because} == {day(2)}


def test_who_agrees_anew_after_a_withdrawal_has_agreed_on_the_same_day_too() -> None:
    withdrawn = said(withdrawn_on=MONDAY, withdrawn_at=NOON + dt.timedelta(minutes=1))
    anew = said(recorded_at=NOON + dt.timedelta(minutes=2))

    assert answer(withdrawn, anew) == (Verdict.YES, Why.AGREED)


def test_a_child_needs_a_guardian_and_one_who_has_come_of_age_is_asked_anew() -> None:
    child = Person(birth=Birth(dt.date(2008, 12, 1)))
    by_guardian = said(given_by=GivenBy.GUARDIAN)

    assert answer(said(), person=child) == (Verdict.NO, Why.NEEDS_GUARDIAN)
    assert answer(by_guardian, person=child) == (Verdict.YES, Why.AGREED)
    assert answer(by_guardian, person=child, on=dt.date(2026, 11, 30)) == (Verdict.YES, Why.AGREED)
    assert answer(by_guardian, person=child, on=dt.date(2026, 12, 1)) == (Verdict.NO, Why.OF_AGE_NOW)


def test_the_age_of_consent_is_the_organisations() -> None:
    assert answer(said(), person=Person(birth=Birth(dt.date(2010, 1, 1)), age_of_consent=16))[0] is Verdict.YES
    assert answer(said(), person=Person(birth=Birth(dt.date(2011, 1, 1)), age_of_consent=16))[0] is Verdict.NO


@pytest.mark.parametrize("basis", sorted(OVERRIDING))
def test_vital_interests_and_the_law_need_a_reason_and_then_stand_against_a_no(basis: Basis) -> None:
    no = said(said=Said.NO)

    assert answer(said(basis=basis))[1] is Why.NEEDS_REASON
    assert answer(said(basis=basis), no) == (Verdict.NO, Why.REFUSED)
    found = may_share([said(basis=basis, has_reason=True), no], IDENTITY, LAWYER, MONDAY)
    assert found.allowed
    assert found.parts[0].against is not None


@pytest.mark.parametrize("category", sorted(SPECIAL))
@pytest.mark.parametrize("basis", [Basis.CONSENT, Basis.LEGITIMATE_INTERESTS])
def test_health_and_notes_need_explicit_consent(category: Category, basis: Basis) -> None:
    wide = said(categories=frozenset(Category), basis=basis)

    assert answer(wide, categories={category}) == (Verdict.NO, Why.NOT_EXPLICIT)
    assert answer(wide)[0] is Verdict.YES


def test_an_authority_of_the_country_they_left_is_told_nothing_whatever_the_basis() -> None:
    person = Person(countries_left=frozenset({"RU"}))
    everything = [
        said(purpose=Purpose.AUTHORITY, basis=basis, has_reason=True, recipient=Recipient(kind=RecipientKind.AUTHORITY))
        for basis in Basis
    ]

    def to(country: str) -> tuple[Verdict, Why]:
        whom = Recipient(kind=RecipientKind.AUTHORITY, country=country)
        return answer(*everything, to=whom, person=person)

    assert to("RU") == (Verdict.NO, Why.COUNTRY_LEFT)
    assert to("") == (Verdict.NO, Why.COUNTRY_UNKNOWN)
    assert to("KG")[0] is Verdict.YES


def test_the_never_contact_list_stands_over_every_yes() -> None:
    vital = said(basis=Basis.VITAL_INTERESTS, has_reason=True)
    never = [Never(kind=RecipientKind.PARTNER, id=LAWYER.id)]

    assert answer(vital, never=never) == (Verdict.NO, Why.NEVER_CONTACT)
    assert answer(vital, never=never, to=DOCTOR)[0] is Verdict.YES


def test_a_yes_to_one_purpose_is_none_to_another() -> None:
    support = said(purpose=Purpose.SUPPORT, recipient=Recipient(kind=RecipientKind.OURSELVES))

    assert answer(support)[0] is Verdict.NOT_ASKED


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Why)


days = st.integers(-6, 6).map(day)
instants = st.integers(0, 48).map(lambda hours: NOON + dt.timedelta(hours=hours))
recipients = st.sampled_from([ANY, LAWYER, DOCTOR, Recipient(kind=RecipientKind.PARTNER, sort="lawyer")])
people = st.sampled_from([Person(), Person(birth=Birth(dt.date(2010, 1, 1)))])


@st.composite
def givens(draw: st.DrawFn) -> Given:
    withdrawn = draw(st.none() | days)
    return said(
        said=draw(st.sampled_from(Said)),
        basis=draw(st.sampled_from(Basis)),
        categories=draw(st.frozensets(st.sampled_from(Category), min_size=1)),
        recipient=draw(recipients),
        given_on=draw(days),
        recorded_at=draw(instants),
        given_by=draw(st.sampled_from(GivenBy)),
        valid_until=draw(st.none() | days),
        withdrawn_on=withdrawn,
        withdrawn_at=draw(instants) if withdrawn else None,
        has_reason=draw(st.booleans()),
    )


records = st.lists(givens(), max_size=5)
wanted = st.frozensets(st.sampled_from(Category), min_size=1)


@settings(max_examples=150)
@given(records, wanted, recipients, days, people)
def test_a_yes_always_rests_on_a_record_in_force(
    consents: list[Given], categories: frozenset[Category], to: Recipient, on: dt.date, person: Person
) -> None:
    found = may_share(consents, categories, to, on, person=person)

    by_id = {it.id: it for it in consents}
    for part in found.parts:
        if part.verdict is Verdict.YES:
            rests_on = by_id[part.because.consent_id]
            assert rests_on.said is Said.YES
            assert part.category in rests_on.categories
            assert rests_on.recipient.includes(to)
            assert rests_on.given_on <= on
            assert not rests_on.is_withdrawn(on)
            assert not rests_on.has_run_out(on)
            assert rests_on.basis not in OVERRIDING or rests_on.has_reason


@settings(max_examples=150)
@given(records, wanted, recipients, days, people, st.randoms())
def test_the_order_of_records_and_of_categories_changes_nothing(
    consents: list[Given], categories: frozenset[Category], to: Recipient, on: dt.date, person: Person, random: Any
) -> None:
    shuffled = list(consents)
    random.shuffle(shuffled)

    one, other = (may_share(rows, categories, to, on, person=person) for rows in (consents, shuffled))

    assert [part.verdict for part in one.parts] == [part.verdict for part in other.parts]


@settings(max_examples=150)
@given(records, wanted, recipients, days, people)
def test_one_more_refusal_never_opens_anything(
    consents: list[Given], categories: frozenset[Category], to: Recipient, on: dt.date, person: Person
) -> None:
    before = may_share(consents, categories, to, on, person=person)
    no = said(said=Said.NO, categories=frozenset(Category), recipient=ANY, given_on=day(-6))

    after = may_share([*consents, no], categories, to, on, person=person)

    assert after.allowed_categories <= before.allowed_categories
    assert all(part.because.why in (Why.VITAL, Why.OBLIGED) for part in after.parts if part.verdict is Verdict.YES)


@settings(max_examples=150)
@given(records, wanted, recipients, days, people, st.integers(0, 4))
def test_one_more_withdrawal_never_opens_anything(
    consents: list[Given], categories: frozenset[Category], to: Recipient, on: dt.date, person: Person, which: int
) -> None:
    yes = [it for it in consents if it.said is Said.YES and it.withdrawn_on is None]
    if not yes:
        return
    chosen = yes[which % len(yes)]
    rest = [it for it in consents if it is not chosen]
    ended = said(
        **{name: getattr(chosen, name) for name in Given.__slots__} | {"withdrawn_on": on, "withdrawn_at": NOON}
    )

    before = may_share(consents, categories, to, on, person=person)
    after = may_share([*rest, ended], categories, to, on, person=person)

    assert after.allowed_categories <= before.allowed_categories
