"""Whom nobody must ever call, and the stop of all contact."""

import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Contact, ContactStop, NeverContact
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client, make_contact
from tests.factories.safety import TODAY, make_never_contact
from tests.racing import at_once

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def test_a_number_on_the_list_is_not_safe_however_it_is_written() -> None:
    client = make_client()
    make_never_contact(client.case, value="0555 01-23-45")

    with pytest.raises(actions.UnableToRecordContact) as refusal:
        make_contact(client, channel="whatsapp", value="+996 555 012345")

    assert refusal.value.field == "is_safe"
    assert make_contact(client, value="+996 555 012345", is_safe=False).pk


def test_ways_that_are_there_already_are_marked() -> None:
    client = make_client()
    contact, other = make_contact(client, value="+996 555 012345"), make_contact(client, value="+996 555 999999")

    make_never_contact(client.case, value="+996555012345")

    assert Contact.objects.get(pk=contact.pk).is_safe is False
    assert Contact.objects.get(pk=other.pk).is_safe is True
    assert Event.objects.filter(type="clients.contact_found_unsafe").count() == 1


def test_what_holds_for_one_person_does_not_hold_for_another() -> None:
    case = make_case()
    her, his = make_client(case=case), make_client(case=case, relation="spouse")
    make_never_contact(case, client=her)

    with pytest.raises(actions.UnableToRecordContact):
        make_contact(her)
    assert make_contact(his).is_safe


def test_an_unsafe_way_cannot_be_called_safe_while_it_is_listed() -> None:
    client = make_client()
    make_never_contact(client.case)
    contact = make_contact(client, is_safe=False)

    with pytest.raises(actions.UnableToRecordContact):
        actions.change_contact(contact=contact, version=1, is_safe=True, by=make_user(), now=LATER)


def test_a_safe_way_cannot_be_given_a_number_that_is_listed() -> None:
    client = make_client()
    make_never_contact(client.case)
    contact = make_contact(client, value="+996 700 000000")

    with pytest.raises(actions.UnableToRecordContact):
        actions.change_contact(contact=contact, version=1, value="+996 555 012345", by=make_user(), now=LATER)


def test_two_people_take_somebody_off_the_list() -> None:
    client, one, other = make_client(), make_user(), make_user()
    entry = make_never_contact(client.case, by=one)

    with pytest.raises(actions.UnableToWithdrawNeverContact):
        actions.withdraw_never_contact(entry=entry, version=1, by=one, now=LATER)
    with pytest.raises(actions.UnableToWithdrawNeverContact):
        actions.ask_to_withdraw_never_contact(entry=entry, reason=" ", version=1, by=one, now=LATER)
    asked = actions.ask_to_withdraw_never_contact(entry=entry, reason="уехал", version=1, by=one, now=LATER)
    with pytest.raises(actions.UnableToWithdrawNeverContact):
        actions.withdraw_never_contact(entry=asked, version=2, by=one, now=LATER)
    with pytest.raises(actions.UnableToRecordContact):
        make_contact(client)

    actions.withdraw_never_contact(entry=asked, version=2, by=other, now=LATER)

    assert make_contact(client).is_safe


def test_the_second_person_may_keep_the_entry() -> None:
    entry = make_never_contact(make_client().case)
    asked = actions.ask_to_withdraw_never_contact(entry=entry, reason="уехал", version=1, by=make_user(), now=LATER)

    kept = actions.keep_never_contact(entry=asked, version=2, by=make_user(), now=LATER)

    assert (kept.asked_by, kept.is_withdrawn) == (None, False)


def test_a_form_sent_twice_makes_one_entry() -> None:
    case, token = make_case(), uuid.uuid4()

    assert make_never_contact(case, entry_id=token) == make_never_contact(case, entry_id=token)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value": "  "}, "value"),
        ({"kind": "authority"}, "country"),
        ({"since": TODAY + timedelta(days=1)}, "since"),
    ],
)
def test_what_is_missing_is_said(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(actions.UnableToListNeverContact) as refusal:
        make_never_contact(make_case(), **fields)

    assert refusal.value.field == field


def test_a_stop_marks_every_way_and_lifted_gives_back_what_was_safe() -> None:
    client, by = make_client(), make_user()
    safe, unsafe = make_contact(client), make_contact(client, value="+996 700 000000", is_safe=False)

    stop = actions.stop_contact(case=client.case, by=by, now=LATER)
    assert actions.stop_contact(case=client.case, by=by, now=LATER) == stop
    assert not Contact.objects.filter(is_safe=True).exists()

    actions.lift_contact_stop(case=client.case, by=by, now=LATER)
    assert Contact.objects.get(pk=safe.pk).is_safe is True
    assert Contact.objects.get(pk=unsafe.pk).is_safe is False
    assert actions.lift_contact_stop(case=client.case, by=by, now=LATER) is None


def test_lifting_gives_no_number_back_that_was_listed_meanwhile() -> None:
    client = make_client()
    make_contact(client)
    actions.stop_contact(case=client.case, by=make_user(), now=LATER)
    make_never_contact(client.case)

    actions.lift_contact_stop(case=client.case, by=make_user(), now=LATER)

    assert not Contact.objects.filter(is_safe=True).exists()


def test_during_a_stop_an_old_way_stays_unsafe_and_a_new_one_may_be_safe() -> None:
    client = make_client()
    old = make_contact(client)
    actions.stop_contact(case=client.case, by=make_user(), now=LATER)
    old.refresh_from_db()

    with pytest.raises(actions.UnableToRecordContact):
        actions.change_contact(contact=old, version=old.version, is_safe=True, by=make_user(), now=LATER)
    assert make_contact(client, value="+996 700 000000").is_safe


def test_one_way_of_a_person_is_preferred() -> None:
    client = make_client()
    first = make_contact(client, is_preferred=True)

    second = make_contact(client, value="+996 700 000000", is_preferred=True)

    assert [it.pk for it in Contact.objects.filter(is_preferred=True)] == [second.pk]
    first.refresh_from_db()
    actions.change_contact(contact=first, version=first.version, is_preferred=True, by=make_user(), now=LATER)
    assert [it.pk for it in Contact.objects.filter(is_preferred=True)] == [first.pk]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"safe_from": time(18)}, "safe_until"),
        ({"safe_until": time(18)}, "safe_from"),
        ({"safe_from": time(18), "safe_until": time(18)}, "safe_until"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_hours_that_cannot_be_are_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(actions.UnableToRecordContact) as refusal:
        make_contact(make_client(), **fields)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("contact_hours_have_both_ends", {"safe_from": time(18)}),
        ("contact_hours_have_both_ends", {"safe_from": time(18), "safe_until": time(18)}),
        ("contact_days_are_of_the_week", {"safe_days": [8]}),
    ],
)
def test_the_database_refuses_impossible_hours(constraint: str, values: dict[str, Any]) -> None:
    contact = make_contact(make_client())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(**values)


def test_the_database_refuses_two_preferred_ways_and_a_stopped_one_that_is_safe() -> None:
    client = make_client()
    make_contact(client), make_contact(client, value="+996 700 000000")
    with pytest.raises(IntegrityError, match="contact_preferred_once_a_person"), transaction.atomic():
        Contact.objects.update(is_preferred=True)

    stop = actions.stop_contact(case=client.case, by=make_user(), now=LATER)
    with pytest.raises(IntegrityError, match="contact_stopped_is_not_safe"), transaction.atomic():
        Contact.objects.update(is_safe=True)
    with pytest.raises(IntegrityError, match="contact_stop_holds_once_a_case"), transaction.atomic():
        ContactStop(data_key=stop.data_key, case=stop.case, ordered_by=stop.ordered_by, ordered_at=NOW).save()
    with pytest.raises(IntegrityError, match="contact_stop_lifted_by_somebody"), transaction.atomic():
        ContactStop.objects.update(lifted_at=NOW)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("never_contact_of_a_case_or_a_person", {"case": None}),
        ("never_contact_asked_by_somebody", {"asked_at": NOW}),
        ("never_contact_withdrawn_by_another_than_asked", {"withdrawn_at": NOW}),
    ],
)
def test_the_database_refuses_half_an_entry(constraint: str, values: dict[str, Any]) -> None:
    entry = make_never_contact(make_case())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        NeverContact.objects.filter(pk=entry.pk).update(**values)


def test_the_database_refuses_a_withdrawal_by_whoever_asked() -> None:
    entry, by = make_never_contact(make_case()), make_user()

    with pytest.raises(IntegrityError, match="never_contact_withdrawn"), transaction.atomic():
        NeverContact.objects.filter(pk=entry.pk).update(asked_by=by, asked_at=NOW, withdrawn_by=by, withdrawn_at=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_number_that_is_listed_and_recorded_at_once_ends_unsafe_or_unrecorded() -> None:
    client, by = make_client(), make_user()

    at_once(
        lambda: make_contact(client, by=by),
        lambda: make_never_contact(client.case, by=by),
    )

    assert NeverContact.objects.count() == 1
    assert not Contact.objects.filter(is_safe=True).exists()
