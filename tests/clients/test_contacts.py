"""Ways to reach somebody."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.lookup import hashes_to_find
from casework.clients.models import Client, Contact
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client, make_contact
from tests.factories.safety import make_never_contact

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("channel", "value", "looked_for"),
    [
        ("phone", "+996 555 01-23-45", "0555 012345"),
        ("whatsapp", "0555012345", "+996555012345"),
        ("email", "Vymysel@Example.org", " vymysel@example.ORG"),
        ("telegram", "@Vymysel", "vymysel"),
        ("signal", "+7 (701) 000-00-00", "+77010000000"),
    ],
)
def test_a_contact_is_found_however_it_is_written(channel: str, value: str, looked_for: str) -> None:
    contact = make_contact(make_client(), channel=channel, value=value)

    assert bytes(contact.value_hash) in hashes_to_find(looked_for, "KG")


@pytest.mark.parametrize("channel", ["in_person", "other"])
def test_what_is_no_address_is_not_looked_up(channel: str) -> None:
    assert make_contact(make_client(), channel=channel, value="у сестры").value_hash is None


def test_a_number_is_asked_for_unless_they_are_met_in_person() -> None:
    client = make_client()

    with pytest.raises(actions.UnableToRecordContact) as refusal:
        make_contact(client, channel="phone", value=" ")

    assert refusal.value.field == "value"
    assert make_contact(client, channel="in_person", value="").pk


def test_a_form_sent_twice_records_one_contact() -> None:
    client, token = make_client(), uuid.uuid4()

    assert make_contact(client, contact_id=token) == make_contact(client, contact_id=token)
    assert Event.objects.filter(type="clients.contact_recorded").count() == 1


def test_a_changed_number_is_found_by_the_new_one_alone() -> None:
    contact = make_contact(make_client(), value="+996 555 012345")

    changed = actions.change_contact(contact=contact, version=1, value="+996 700 999999", by=make_user(), now=LATER)

    assert bytes(changed.value_hash) in hashes_to_find("+996700999999", "KG")
    assert bytes(changed.value_hash) not in hashes_to_find("+996555012345", "KG")
    assert Event.objects.get(type="clients.contact_changed").data == {"fields": ["value"]}


def test_an_older_version_is_refused() -> None:
    contact = make_contact(make_client())
    actions.change_contact(contact=contact, version=1, is_safe=False, by=make_user(), now=LATER)

    with pytest.raises(ChangedMeanwhile):
        actions.change_contact(contact=contact, version=1, instructions="после 18", by=make_user(), now=LATER)


def test_a_contact_that_has_ended_stays_on_record() -> None:
    contact = make_contact(make_client())

    actions.end_contact(contact=contact, version=1, by=make_user(), now=LATER)

    kept = Contact.objects.get(pk=contact.pk)
    assert (kept.ended_at, kept.value) == (LATER, "+996 555 012345")
    assert not Contact.objects.in_use().exists()


def test_safe_ways_come_before_unsafe_ones_and_those_that_have_ended_last() -> None:
    client = make_client()
    ended = make_contact(client, value="+996 555 000001")
    actions.end_contact(contact=ended, version=1, by=make_user(), now=LATER)
    unsafe = make_contact(client, value="+996 555 000002", is_safe=False)
    safe = make_contact(client, value="+996 555 000003", now=LATER)

    assert list(Contact.objects.safe_first()) == [safe, unsafe, ended]


def ended(client: Client, **fields: Any) -> Contact:
    return actions.end_contact(contact=make_contact(client, **fields), version=1, by=make_user(), now=LATER)


def resumed(contact: Contact) -> Contact:
    contact.refresh_from_db()
    return actions.resume_contact(contact=contact, version=contact.version, by=make_user(), now=LATER)


def test_a_way_that_is_used_again_is_what_it_was() -> None:
    contact = resumed(ended(make_client(), is_preferred=True))

    assert (contact.ended_at, contact.is_safe, contact.is_preferred) == (None, True, True)
    assert Event.objects.filter(type="clients.contact_resumed").count() == 1


def test_used_again_it_is_not_safe_if_all_contact_was_stopped_meanwhile() -> None:
    client, other = make_client(), make_client()
    contact, foreign = ended(client), ended(other, value="+996 555 000009")
    actions.stop_contact(case=client.case, by=make_user(), now=LATER)

    assert resumed(contact).is_safe is False
    assert resumed(foreign).is_safe is True
    actions.lift_contact_stop(case=client.case, by=make_user(), now=LATER)
    assert Contact.objects.get(pk=contact.pk).is_safe is True


def test_used_again_it_is_not_safe_if_it_came_onto_the_never_contact_list() -> None:
    client = make_client()
    contact = ended(client)
    make_never_contact(client.case)

    assert resumed(contact).is_safe is False


def test_used_again_it_takes_no_place_of_the_way_that_they_like_best_now() -> None:
    client = make_client()
    contact = ended(client, is_preferred=True)
    best = make_contact(client, value="+996 555 000002", is_preferred=True)

    assert resumed(contact).is_preferred is False
    assert Contact.objects.get(is_preferred=True) == best
