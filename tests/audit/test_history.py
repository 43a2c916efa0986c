"""What a row said before is kept as ciphertext, opens like the row, and is erased with it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Membership, User
from casework.audit.history import KEPT, acting, earlier, history_of
from casework.clients.models import Address, Case, Client, Consent, Contact, LegalHold, Note
from casework.documents.models import Document
from casework.housing.models import HostOffer, HousingRequest, Lease, Placement, Site, Unit
from casework.residency.models import Application, Decision, Permit, Registration, Stay
from casework.vault import registry
from casework.vault.actions import destroy_key
from casework.vault.errors import TamperedData
from casework.vault.fields import ERASED, encrypted_fields
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.clients import make_address, make_client, make_contact, make_note
from tests.factories.residency import make_stay

pytestmark = pytest.mark.django_db

KEEPS = [
    *(Case, Client, Contact, Address, Note, Consent, Document, LegalHold),
    *(Stay, Permit, Registration, Application, Decision, Membership, User),
    *(Site, Unit, Placement, Lease, HostOffer, HousingRequest),
]


@pytest.fixture
def address() -> Address:
    return make_address(make_client(), city="Токмок-Прежний", line="ул. Прежняя, 1")


def move(address: Address, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(address, name, value)
    address.save()


def test_history_is_kept_of_what_people_decide_by() -> None:
    found = {model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}

    assert {model.pgh_tracked_model for model in found} == set(KEEPS)


@pytest.mark.parametrize("model", KEEPS)
def test_no_secret_counter_or_foreign_key_is_in_history(model: type[models.Model]) -> None:
    history = history_of(model)
    columns = {field.name for field in history._meta.local_concrete_fields}

    assert columns & {"password", "last_login", "version", "facts_version", "search_form", "search_xid"} == set()
    assert {field.name for field in history._meta.local_concrete_fields if field.is_relation} <= {"data_key"}
    assert not any(column.table == history._meta.label for column in registry.missing())


def test_a_change_keeps_what_was_there_and_opens_under_the_key_of_the_row(address: Address) -> None:
    move(address, city="Бишкек")
    move(address, line="ул. Новая, 2", until=date(2027, 1, 1))

    second, first = earlier(address)
    assert (first.city, first.line, first.until) == ("Токмок-Прежний", "ул. Прежняя, 1", None)
    assert (second.city, second.line, second.until) == ("Бишкек", "ул. Прежняя, 1", None)
    assert [row.pgh_label for row in (first, second)] == [KEPT[0]] * 2
    assert first.client == address.client_id


def test_what_is_added_needs_no_history(address: Address) -> None:
    assert list(earlier(address)) == []


def test_a_removal_keeps_the_row(address: Address) -> None:
    pk = address.pk
    address.delete()

    (row,) = history_of(Address).objects.filter(id=pk).select_related("data_key")
    assert (row.pgh_label, row.city) == (KEPT[1], "Токмок-Прежний")


def test_changes_past_the_application_are_kept_too(address: Address) -> None:
    Address.objects.filter(pk=address.pk).update(country="KZ")

    assert [row.country for row in earlier(address)] == ["KG"]


def test_the_bytes_are_those_of_the_row(address: Address) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT city FROM clients_address WHERE id = %s", [address.pk])
        sealed = bytes(cursor.fetchone()[0])
        move(address, city="Бишкек")
        cursor.execute("SELECT city FROM clients_addresshistory WHERE id = %s", [address.pk])
        assert bytes(cursor.fetchone()[0]) == sealed
    assert "Прежний".encode() not in sealed


def test_history_is_unreadable_once_the_key_is_destroyed(address: Address) -> None:
    move(address, city="Бишкек")

    destroy_key(address.data_key, by=None, now=timezone.now())

    (row,) = earlier(address)
    assert row.city is ERASED
    assert row.line is ERASED


def test_history_moved_to_another_row_does_not_open(address: Address) -> None:
    move(address, city="Бишкек")
    (row,) = earlier(address)

    row.id = make_address(make_client()).pk

    with pytest.raises(TamperedData):
        _opened = row.city


@pytest.mark.parametrize("act", [lambda rows: rows.update(country="XX"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_history(address: Address, act: Callable[[Any], None]) -> None:
    move(address, city="Бишкек")

    with pytest.raises(DatabaseError), transaction.atomic():
        act(history_of(Address).objects.filter(id=address.pk))


def test_counting_and_computing_write_no_history() -> None:
    client = make_client()
    stay = make_stay(client)
    note = make_note(client.case)

    Client.objects.filter(pk=client.pk).update(
        facts_version=9, facts_changed_at=timezone.now(), identity_version=7, compared_version=7, version=3
    )
    client.refresh_from_db()
    client.save()
    Stay.objects.filter(pk=stay.pk).update(version=5)
    Note.objects.filter(pk=note.pk).update(pinned=True, pinned_at=timezone.now(), pinned_by=note.written_by)
    User.objects.filter(pk=note.written_by_id).update(last_login=timezone.now())

    assert [history_of(model).objects.count() for model in KEEPS] == [0] * len(KEEPS)


def test_it_says_who_by_a_bare_id_and_nothing_else(address: Address) -> None:
    user = make_user()

    with acting(user.pk), transaction.atomic():
        move(address, city="Бишкек")
        assert Address.objects.filter(pk=address.pk).update(country="KZ") == 1

    assert [row.pgh_context for row in earlier(address)] == [{"actor": str(user.pk)}] * 2


@pytest.mark.django_db(transaction=True)
def test_what_the_software_does_by_itself_names_nobody(address: Address) -> None:
    with acting(make_user().pk):
        move(address, city="Бишкек")
    move(address, city="Ош")

    assert earlier(address).first().pgh_context is None


def test_saying_who_costs_no_query(address: Address) -> None:
    with counted_queries() as plain:
        move(address, city="Бишкек")
    with counted_queries() as said, acting(make_user().pk):
        move(address, city="Ош")

    made = sum("accounts_" in query or "vault_" in query for query in said)
    assert len(said) - made == len(plain)


def test_a_form_that_is_sent_says_who_sent_it(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client = make_client()
    user = make_user(team=client.case.team)
    contact = make_contact(client, by=user)
    browser = Browser()
    browser.force_login(user)

    answer = browser.post(f"/contacts/{contact.pk}/end/", {"version": contact.version})

    assert answer.status_code == 302
    (row,) = earlier(contact)
    assert row.pgh_context == {"actor": str(user.pk)}
    assert row.ended_at is None


@pytest.mark.parametrize("model", [model for model in KEEPS if encrypted_fields(model)])
def test_every_encrypted_column_is_encrypted_in_history(model: type[models.Model]) -> None:
    history = history_of(model)
    kept = {field.name for field in history._meta.local_concrete_fields}

    assert {field.name for field in encrypted_fields(model)} & kept == {f.name for f in encrypted_fields(history)}
    assert all(field.label == model._meta.label for field in encrypted_fields(history))
