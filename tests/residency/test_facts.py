"""Rows become facts, in one query for any number of people."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.documents.actions import record_document
from casework.lib.dates import Birth
from casework.residency import actions
from casework.residency.facts import load_facts
from casework.residency.rules import facts
from casework.vault.actions import destroy_key
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_address, make_client
from tests.factories.residency import make_permit, make_registration, make_stay

pytestmark = pytest.mark.django_db


def facts_of(client) -> facts.Facts:
    return load_facts([client.pk])[client.pk]


def test_a_person_is_who_they_are() -> None:
    client = make_client(birth=Birth(date(1990, 5, 17)), nationalities=["RU", "AM"])

    known = facts_of(client)

    assert known.client_id == str(client.pk)
    assert known.birth == facts.DayRange.exactly(date(1990, 5, 17))
    assert known.nationalities == ("RU", "AM")
    assert known.stays == known.documents == known.permits == ()


def test_a_birth_year_has_two_bounds() -> None:
    client = make_client(birth=Birth(year=1990))

    assert facts_of(client).birth == facts.DayRange(earliest=date(1990, 1, 1), latest=date(1990, 12, 31))


def test_an_erased_birth_day_is_unknown() -> None:
    client = make_client()
    destroy_key(client.data_key, by=make_user(), now=NOW)

    assert facts_of(client).birth == facts.DayRange()


def test_a_stay_carries_the_document_that_was_used_to_enter() -> None:
    client = make_client()
    by = make_user(team=client.case.team)
    passport = record_document(
        client=client, kind="internal_passport", country="RU", number="4510 000000", by=by, now=NOW
    )
    stay = make_stay(client, date(2026, 11, 1), document=passport, entry_mode="land", purpose="work")

    assert facts_of(client).stays == (
        facts.Stay(
            id=str(stay.pk),
            country="KZ",
            entered=facts.DayRange.exactly(date(2026, 11, 1)),
            left=None,
            document_kind="internal_passport",
            nationality="RU",
            entry_mode="land",
            purpose="work",
        ),
    )


def test_a_plan_is_one_until_somebody_says_that_it_began() -> None:
    client = make_client()
    make_stay(client, date(2026, 12, 1), planned=True)

    assert [stay.planned for stay in facts_of(client).stays] == [True]


def test_an_exit_on_an_unknown_day_is_an_exit() -> None:
    client = make_client()
    make_stay(client, None, has_left=True)

    (stay,) = facts_of(client).stays

    assert stay.entered == facts.DayRange()
    assert stay.left == facts.DayRange()


def test_an_exit_between_two_days_keeps_both() -> None:
    client = make_client()
    make_stay(client, has_left=True, left_earliest=date(2026, 11, 5), left_latest=date(2026, 11, 9))

    (stay,) = facts_of(client).stays

    assert stay.left == facts.DayRange(earliest=date(2026, 11, 5), latest=date(2026, 11, 9))


def test_papers_and_addresses_are_facts() -> None:
    client = make_client()
    by = make_user(team=client.case.team)
    stay = make_stay(client)
    address = make_address(client, country="KZ", since=date(2026, 11, 2), registration_possible=False)
    permit = make_permit(client)
    registration = make_registration(client, stay=stay, address=address)
    application = actions.record_application(
        client=client, country="KZ", kind="renewal", filed_on=date(2026, 11, 5), permit=permit, by=by, now=NOW
    )

    known = facts_of(client)

    assert known.permits == (
        facts.Permit(
            id=str(permit.pk),
            country="KZ",
            kind="temporary_residence",
            valid_from=date(2026, 2, 1),
            printed_until=date(2027, 1, 31),
        ),
    )
    assert known.registrations == (
        facts.Registration(
            id=str(registration.pk),
            country="KZ",
            registered_on=date(2026, 11, 3),
            stay_id=str(stay.pk),
            address_id=str(address.pk),
        ),
    )
    assert known.applications == (
        facts.Application(
            id=str(application.pk),
            country="KZ",
            kind="renewal",
            filed_on=date(2026, 11, 5),
            permit_id=str(permit.pk),
        ),
    )
    assert known.addresses == (
        facts.Address(id=str(address.pk), country="KZ", since=date(2026, 11, 2), registration_possible=False),
    )


def test_nobody_gets_the_facts_of_somebody_else() -> None:
    one, other = make_client(), make_client()
    make_stay(one)

    loaded = load_facts([one.pk, other.pk])

    assert len(loaded[one.pk].stays) == 1
    assert loaded[other.pk].stays == ()


def test_somebody_who_is_not_there_is_left_out() -> None:
    assert load_facts([uuid4()]) == {}


@pytest.mark.parametrize("people", [1, 12])
def test_any_number_of_people_takes_one_query(people: int) -> None:
    clients = [make_client() for _ in range(people)]
    for client in clients:
        make_stay(client)
        make_permit(client)

    with CaptureQueriesContext(connection) as queries:
        loaded = load_facts([client.pk for client in clients])

    assert len(loaded) == people
    assert len(queries) == 1
