"""Notes, on the page of their case."""

import uuid

import pytest

from casework.clients.models import Note

from .pages import make_world

pytestmark = pytest.mark.django_db


def test_a_note_is_written_once_however_often_the_form_is_sent() -> None:
    world = make_world()
    data = {"id": str(uuid.uuid4()), "text": "Звонила, всё хорошо", "kind": "call", "pinned": "on"}

    answer = world.browser.post(world.urls()["write_note"], data)
    world.browser.post(world.urls()["write_note"], data)

    assert answer.url == f"{world.urls()['case']}#notes"
    note = Note.objects.get(kind="call")
    assert (note.text, note.pinned, note.written_by) == ("Звонила, всё хорошо", True, world.worker)


def test_a_note_without_words_is_asked_for_again() -> None:
    world = make_world()

    page = world.browser.post(world.urls()["write_note"], {"id": str(uuid.uuid4()), "text": "  ", "kind": "legal"})

    assert page.status_code == 200
    assert "text" in page.context["form"].errors
    assert '<option value="legal" selected>' in page.content.decode()


def test_nobody_writes_as_if_a_case_were_closed() -> None:
    world = make_world()

    page = world.browser.post(world.urls()["write_note"], {"id": str(uuid.uuid4()), "text": "x", "kind": "closing"})

    assert "kind" in page.context["form"].errors


def test_a_note_is_kept_on_top_and_let_go() -> None:
    world = make_world()
    url = world.urls()["pin_note"]

    world.browser.post(url, {"pinned": "yes"})
    is_pinned = Note.objects.get().pinned
    world.browser.post(url, {"pinned": "no"})

    assert (is_pinned, Note.objects.get().pinned) == (True, False)
