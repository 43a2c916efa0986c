"""Notes of a case."""

import uuid
from datetime import timedelta

import pytest

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Note
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_note

pytestmark = pytest.mark.django_db


def test_a_note_is_sealed_under_the_key_of_the_case() -> None:
    case = make_case()

    note = make_note(case, text="Секрет: тайное место")

    kept = Note.objects.get(pk=note.pk)
    assert kept.text == "Секрет: тайное место"
    assert kept.data_key_id == case.data_key_id
    assert Event.objects.get(type="clients.note_written").data == {"kind": "note"}


def test_a_note_without_words_is_refused() -> None:
    with pytest.raises(actions.UnableToWriteNote):
        make_note(make_case(), text=" \n ")


def test_a_form_sent_twice_writes_one_note() -> None:
    case, token = make_case(), uuid.uuid4()

    assert make_note(case, submit_token=token) == make_note(case, submit_token=token, text="другое")
    assert Note.objects.count() == 1


def test_pinned_notes_come_first_then_the_newest() -> None:
    case = make_case()
    old = make_note(case)
    new = make_note(case, now=NOW + timedelta(hours=1))
    pinned = actions.pin_note(note=make_note(case, now=NOW - timedelta(days=1)), pinned=True, by=make_user(), now=NOW)

    assert list(Note.objects.pinned_first()) == [pinned, new, old]


def test_pinning_twice_is_recorded_once() -> None:
    note = make_note(make_case())

    actions.pin_note(note=note, pinned=True, by=make_user(), now=NOW)
    actions.pin_note(note=note, pinned=True, by=make_user(), now=NOW)

    assert Event.objects.filter(type="clients.note_pinned").count() == 1
