"""What countries issue, and whether a number looks like it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from casework.clients.changes import ChangedMeanwhile
from casework.documents import actions
from casework.documents.actions import UnableToKeepType
from casework.documents.models import Document, DocumentType
from casework.documents.numbers import doubt_about, doubts_about
from casework.documents.reference import load_types, shipped_types
from casework.lib.countries import is_country
from casework.lib.number_masks import is_mask
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.documents import make_document

pytestmark = pytest.mark.django_db


def add(**values: Any) -> DocumentType:
    known: dict[str, Any] = {"country": "RS", "kind": "identity_card", "name": "Lična karta", "masks": ["#########"]}
    return actions.add_type(by=make_user(), now=NOW, **(known | values))


def test_every_entry_that_comes_along_can_be_used() -> None:
    for entry in shipped_types():
        assert is_country(entry["country"]), entry
        assert entry["kind"] in Document.Kind, entry
        assert all(is_mask(mask) for mask in entry.get("masks", ())), entry


def test_what_comes_along_is_added_once_and_what_was_changed_stays() -> None:
    DocumentType.objects.all().delete()
    call_command("load_document_types", verbosity=0)
    row = DocumentType.objects.get(code="ru-internal-passport")
    actions.change_type(row=row, version=1, name="Внутренний паспорт", by=make_user(), now=NOW)
    actions.retire_type(row=DocumentType.objects.get(code="tr-passport"), version=1, by=make_user(), now=NOW)

    assert load_types() == 0
    assert DocumentType.objects.get(code="ru-internal-passport").name == "Внутренний паспорт"
    assert DocumentType.objects.get(code="tr-passport").retired_at == NOW
    assert DocumentType.objects.count() == len(shipped_types())


def test_a_number_that_looks_otherwise_is_doubted_in_words() -> None:
    load_types()
    client = make_client()
    short = make_document(client, kind="internal_passport", number="00 00 00001")
    right = make_document(client, kind="internal_passport", number="0000 000001")
    unknown = make_document(client, kind="internal_passport", country="FR", number="1")
    without = make_document(client, kind="internal_passport", number="")

    assert "00 00 000000" in doubt_about(short)
    assert [doubt_about(each) for each in (right, unknown, without)] == ["", "", ""]
    assert doubts_about([short, right, unknown, without]) == {str(short.pk): doubt_about(short)}


def test_one_of_several_looks_is_enough_and_a_retired_type_says_nothing() -> None:
    row = add()
    document = make_document(make_client(), country="RS", kind="identity_card", number="AB1")

    assert doubt_about(document) != ""
    add(name="Stara lična karta", masks=["@@#"])
    assert doubt_about(document) == ""
    actions.retire_type(row=DocumentType.objects.get(name="Stara lična karta"), version=1, by=make_user(), now=NOW)
    actions.retire_type(row=row, version=1, by=make_user(), now=NOW)
    assert doubt_about(document) == ""


def test_a_mask_that_says_nothing_is_refused() -> None:
    with pytest.raises(UnableToKeepType) as refusal:
        add(masks=["[0-9]+"])

    assert refusal.value.field == "masks"


def test_a_name_is_used_once_of_a_country_and_kind_and_again_once_it_is_retired() -> None:
    row = add()
    with pytest.raises(UnableToKeepType) as refusal:
        add()

    assert refusal.value.field == "name"
    retired = actions.retire_type(row=row, version=1, by=make_user(), now=NOW)
    add()
    with pytest.raises(UnableToKeepType):
        actions.restore_type(row=retired, version=2, by=make_user(), now=NOW)


def test_a_form_sent_twice_adds_once_and_a_stale_one_changes_nothing() -> None:
    row = add()
    assert add(type_id=row.pk) == row
    actions.change_type(row=row, version=1, remark="new", by=make_user(), now=NOW)

    with pytest.raises(ChangedMeanwhile):
        actions.change_type(row=row, version=1, remark="newer", by=make_user(), now=NOW)


def test_the_database_refuses_a_nameless_type() -> None:
    with pytest.raises(IntegrityError, match="document_type_has_a_name"), transaction.atomic():
        DocumentType.objects.create(country="RS", kind="other", name="")
