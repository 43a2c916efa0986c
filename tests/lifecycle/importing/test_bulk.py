"""In bulk or one by one, what is recorded is the same."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction

from casework.audit.models import Event
from casework.clients.models import Client, Note
from casework.lifecycle.importing import bulk, recording
from casework.residency.models import Rule
from casework.vault.fields import EncryptedField, encrypted_fields
from tests.factories.accounts import make_user
from tests.factories.residency import make_rule

from .tables import csv_of, imported

HEADINGS = ["family", "relation", "family_name", "given_name", "patronymic", "other_names", "birth_date", "nationality", "sex",
            "language", "phone", "email", "telegram", "country", "entered_on", "document_type", "document_number",
            "document_country", "document_valid_until", "caseworker", "note"]  # fmt: skip
# What differs from one recording to the next, whoever does it.
CHANCE = {"id", "data_key", "code", "reference", "submit_token", "search_form", "search_xid", "pgh_id"}
TABLES = ("clients.Case", "clients.Client", "clients.Contact", "clients.Note", "clients.NotePerson", "documents.Document",
          "residency.Stay", "residency.Deadline", "residency.ComputedPosition")  # fmt: skip


def rows(email: str) -> list[list[str]]:
    return [
        ["A", "", "Образцов", "Выдуман", "Придуманович", "Obraztsov; Vyduman", "1990-05-17", "RU;KG", "male", "ru",
         "+996 555 012345", "a@example.org", "vyduman", "KG", "2026-11-01", "international_passport", "70 1234567", "RU",
         "2030-01-01", email, "Ждёт жену"],
        ["A", "spouse", "Образцова", "Вымышлена", "", "", "1991", "RU", "", "", "0555 012346", "", "", "", "", "identity_card",
         "", "", "", "", ""],
        ["A", "child", "Образцов", "Малыш", "", "", "2026-11-05", "RU", "", "", "", "", "", "KG", "2026-11-05", "", "", "", "", "", ""],
        ["", "", "Примерова", "", "", "", "", "XXA", "female", "ky", "", "", "", "KZ", "", "", "", "", "", "", "Одна"],
    ]  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """What is on record, without what is chance, in an order that is not."""
    found: dict[str, list[dict[str, Any]]] = {}
    for label in TABLES:
        model = apps.get_model(label)
        found[label] = sorted((plain(row) for row in model._default_manager.all()), key=repr)
    events = Event.objects.exclude(type__startswith="lifecycle.import").order_by("id")
    found["events"] = sorted(({"type": event.type, "data": sorted(event.data), "model": event.subject_model,
                               "has_case": event.case_id is not None} for event in events), key=repr)  # fmt: skip
    return found


def plain(row: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for each in row._meta.concrete_fields:
        if each.name in CHANCE or (isinstance(each, models.ForeignKey) and each.related_model is not Rule):
            continue
        if each.name not in ("because", "computed_at", "subject", "subject_id", "identity", "warnings"):
            values[each.name] = getattr(row, each.name)
    for sealed in encrypted_fields(type(row)):
        assert isinstance(sealed, EncryptedField)
        if sealed.name not in CHANCE and sealed.name not in ("because", "facts", "details"):
            values[sealed.name] = getattr(row, sealed.name)
    return values


@pytest.mark.django_db
def test_both_ways_leave_the_same_rows_and_the_same_events(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(country="KG", parameters={"days": 30})
    found = []
    for in_bulk in (True, False):
        with transaction.atomic():
            monkeypatch.setattr(recording, "is_plain", bulk.is_plain if in_bulk else lambda *_given: False)
            worker = make_user()
            of = imported(csv_of(rows(worker.email), HEADINGS), worker)
            assert set(of.rows.values_list("state", flat=True)) == {"imported"}
            found.append(everything())
            transaction.set_rollback(True)

    assert found[0].keys() == found[1].keys()
    for table in found[0]:
        assert found[0][table] == found[1][table], table
    assert [len(found[0][table]) for table in TABLES[:7]] == [2, 4, 4, 2, 2, 2, 4]


@pytest.mark.django_db
def test_what_the_database_refuses_of_a_chunk_is_said_in_its_row_and_the_others_come_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("casework.lifecycle.importing.reading.LONGEST", {"family_name": 10_000})
    add = bulk.Batch.add

    def broken(self: bulk.Batch, *given: Any) -> Any:
        recorded = add(self, *given)
        for client in recorded.people:
            if client.given_name == "Сломан":
                client.relation = Client.Relation.CHILD  # the database knows that a principal applicant is none
        return recorded

    monkeypatch.setattr(bulk.Batch, "add", broken)
    headings = ["family_name", "given_name", "nationality"]

    of = imported(csv_of([["Образцов", "Выдуман", "RU"], ["Примеров", "Сломан", "RU"]], headings))

    assert set(of.rows.values_list("state", flat=True)) == {"imported"}  # one by one, where nothing is broken
    assert Client.objects.count() == 2
    assert not Note.objects.exists()
