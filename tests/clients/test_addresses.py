"""Where somebody lives."""

import uuid
from datetime import date, timedelta

import pytest

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Address, Client
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_address, make_client

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def facts_version(client: Client) -> int:
    return Client.objects.values_list("facts_version", flat=True).get(pk=client.pk)


def test_an_address_is_a_fact_that_deadlines_depend_on() -> None:
    client = make_client()

    address = make_address(client)
    actions.change_address(address=address, version=1, area_closed=True, by=make_user(), now=LATER)
    actions.end_address(address=address, until=date(2026, 11, 1), version=2, by=make_user(), now=LATER)

    assert facts_version(client) == 4
    assert Event.objects.get(type="clients.address_changed").data == {"fields": ["area_closed"]}


def test_a_family_moves_in_together_and_each_has_an_address_of_their_own() -> None:
    client = make_client()
    child = make_client(case=client.case, relation="child")

    make_address(client, together_with=[child], line="ул. Придуманная, 7")

    kept = Address.objects.get(client=child)
    assert kept.line == "ул. Придуманная, 7"
    assert kept.data_key_id == child.data_key_id
    assert facts_version(child) == 2


def test_moving_ends_the_address_before_it_on_the_day_of_the_move() -> None:
    client = make_client()
    before = make_address(client, since=date(2026, 9, 1))
    ended = make_address(client, since=date(2026, 7, 1), until=date(2026, 8, 1))

    make_address(client, since=date(2026, 11, 5), ends_earlier=True)

    assert Address.objects.get(pk=before.pk).until == date(2026, 11, 5)
    assert Address.objects.get(pk=ended.pk).until == date(2026, 8, 1)


def test_a_second_address_leaves_the_first_alone_unless_told() -> None:
    client = make_client()
    before = make_address(client)

    make_address(client, since=date(2026, 11, 5))

    assert Address.objects.get(pk=before.pk).until is None


def test_nobody_moves_out_before_they_move_in() -> None:
    client = make_client()
    address = make_address(client, since=date(2026, 9, 1))

    with pytest.raises(actions.UnableToRecordAddress) as refusal:
        actions.end_address(address=address, until=date(2026, 8, 31), version=1, by=make_user(), now=LATER)
    with pytest.raises(actions.UnableToRecordAddress):
        actions.change_address(address=address, until=date(2026, 8, 31), version=1, by=make_user(), now=LATER)
    with pytest.raises(actions.UnableToRecordAddress):
        make_address(client, since=date(2026, 9, 1), until=date(2026, 8, 31))

    assert refusal.value.field == "until"


def test_a_form_sent_twice_records_one_address_for_each() -> None:
    client, token = make_client(), uuid.uuid4()
    child = make_client(case=client.case, relation="child")

    make_address(client, address_id=token, together_with=[child])
    make_address(client, address_id=token, together_with=[child])

    assert Address.objects.count() == 2


def test_an_older_version_is_refused() -> None:
    address = make_address(make_client())
    actions.change_address(address=address, version=1, city="Ош", by=make_user(), now=LATER)

    with pytest.raises(ChangedMeanwhile):
        actions.end_address(address=address, until=date(2026, 11, 1), version=1, by=make_user(), now=LATER)


def test_the_last_day_of_an_address_is_the_day_before_it_ends() -> None:
    address = make_address(make_client(), since=date(2026, 9, 1), until=date(2026, 11, 1))

    current = [
        day
        for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 1))
        if address.is_current(day)
    ]

    assert current == [date(2026, 9, 1), date(2026, 10, 31)]
    assert [Address.objects.current(day).exists() for day in (date(2026, 10, 31), date(2026, 11, 1))] == [True, False]
