"""Documents: recorded, changed, removed; their numbers found by hash and never readable at rest."""

import json
import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, connection, transaction

from casework.audit.models import Event
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Client
from casework.documents import actions
from casework.documents.actions import UnableToRecordDocument
from casework.documents.lookup import hashes_to_find
from casework.documents.models import Document
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.documents import make_document

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def traces(client: Client) -> tuple[int, int]:
    version = Client.objects.values_list("facts_version", flat=True).get(pk=client.pk)
    return version, Event.objects.count()


def found(number: str) -> list[Document]:
    return list(Document.objects.filter(number_hash__in=hashes_to_find(number)))


def test_a_document_is_recorded_changed_and_removed() -> None:
    client, by = make_client(), make_user()
    version, _ = traces(client)

    document = make_document(client)
    actions.change_document(document=document, version=1, state=Document.State.LOST, by=by, now=LATER)
    kept = Document.objects.get()
    actions.remove_document(document=kept, version=2, by=by, now=LATER)

    assert (kept.state, kept.number, kept.version) == (Document.State.LOST, "75 0000001", 2)
    assert not Document.objects.exists()
    assert traces(client)[0] == version + 3


def test_a_number_is_found_however_it_is_spaced_and_only_as_a_whole() -> None:
    document = make_document(make_client(), number="75 № 0000001")
    make_document(make_client(), number="75 0000002")

    assert found("75 № 0000001") == [document]
    assert found(" 75-№-0000001 ") == [document]
    assert found("75 0000") == []
    assert found("") == []


def test_a_changed_number_is_found_and_the_old_one_no_longer() -> None:
    document = make_document(make_client())

    actions.change_document(document=document, version=1, number="75 0000009", by=make_user(), now=LATER)

    assert found("750000009") == [document]
    assert found("750000001") == []


def test_a_number_taken_away_leaves_no_hash() -> None:
    document = make_document(make_client())

    actions.change_document(document=document, version=1, number="", by=make_user(), now=LATER)

    assert Document.objects.get().number_hash is None


def test_what_is_not_said_of_a_change_stays_as_it_is() -> None:
    document = make_document(make_client())

    actions.change_document(document=document, version=1, biometric=True, by=make_user(), now=LATER)

    assert found("75 0000001") == [document]


def test_the_number_is_readable_neither_at_rest_nor_in_the_audit() -> None:
    document = make_document(make_client(), number="AB7654321")
    actions.change_document(document=document, version=1, number="AB7654322", by=make_user(), now=LATER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text, number, number_hash FROM documents_document d")
        whole_row, number, number_hash = cursor.fetchone()

    assert "AB765432" not in whole_row
    assert b"AB765432" not in bytes(number) + bytes(number_hash)
    events = list(Event.objects.values("type", "subject_id", "data"))
    assert "765432" not in json.dumps(events)
    changed = Event.objects.get(type="documents.document_changed")
    assert changed.data["fields"] == ["number", "number_hash"]


def test_no_document_ends_before_it_was_issued() -> None:
    client, by = make_client(), make_user()
    document = make_document(client)
    before = traces(client)

    with pytest.raises(UnableToRecordDocument) as recording:
        make_document(client, valid_until=date(2020, 2, 29), by=by)
    with pytest.raises(UnableToRecordDocument) as changing:
        actions.change_document(document=document, version=1, issued_on=date(2030, 3, 2), by=by, now=LATER)

    for refusal in (recording.value, changing.value):
        assert refusal.sentence == "The document ends before it was issued. Look at both days again."
        assert refusal.field == "valid_until"
    assert traces(client) == before


def test_the_database_refuses_a_document_that_ends_before_it_was_issued() -> None:
    document = make_document(make_client())

    with pytest.raises(IntegrityError, match="document_ends_after_it_is_issued"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(valid_until=date(2020, 2, 29))


def test_a_form_sent_twice_records_one_document() -> None:
    client, token = make_client(), uuid.uuid4()
    first = make_document(client, id=token)
    before = traces(client)

    assert make_document(client, id=token) == first
    assert traces(client) == before
    with pytest.raises(SuspiciousOperation):
        make_document(make_client(), id=token)


def test_an_older_version_is_refused() -> None:
    client, by = make_client(), make_user()
    document = make_document(client)
    actions.change_document(document=document, version=1, state="lost", by=by, now=LATER)
    before = traces(client)

    with pytest.raises(ChangedMeanwhile):
        actions.change_document(document=document, version=1, state="expired", by=by, now=LATER)
    with pytest.raises(ChangedMeanwhile):
        actions.remove_document(document=document, version=1, by=by, now=LATER)

    assert traces(client) == before
