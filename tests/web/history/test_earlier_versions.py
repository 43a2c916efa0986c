"""What a case said before: field by field, who and when; nothing of what is elsewhere now."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.audit.history import acting
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Case, Client, Note
from casework.vault.actions import destroy_key
from casework.web.history.changes import changes_of
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.clients import make_case, make_note
from tests.web.cases.pages import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: object) -> World:
    settings.SECOND_FACTOR_REQUIRED = False  # type: ignore[attr-defined] - the fixture is untyped here
    return make_world()


def page_of(world: World) -> str:
    return world.browser.get(reverse("earlier_versions", args=[world.case.code])).content.decode()


def test_nothing_was_changed_yet(world: World) -> None:
    assert "Nothing has been changed yet" in page_of(world)


def test_every_field_says_what_stood_there_before_and_after_and_who_it_was(world: World) -> None:
    colleague, now = make_user(team=world.team, name="Test Colleague"), timezone.now()
    client, address, contact = world.client, world.address, world.contact
    with acting(colleague.pk):
        actions.change_client(
            client=client, version=client.version, by=colleague, now=now, given_name="Переименована", sex="male"
        )
        address.line = "ул. Новая, 2"
        address.save()
        contact.instructions = "только вечером"
        contact.save()

    response = world.browser.get(reverse("earlier_versions", args=[world.case.code]))

    lines = {(change.what, line.label): line for change in response.context["changes"] for line in change.lines}
    assert lines["Client", "Given name"].after == "Переименована"
    assert lines["Client", "Sex"].after == "male"
    assert lines["Address", "Street, house, flat"].after == "ул. Новая, 2"
    assert lines["Contact", "What else to know"].after == "только вечером"
    assert {change.who for change in response.context["changes"]} == {"Test Colleague"}
    assert {change.whose for change in response.context["changes"]} == {Client.objects.get(pk=client.pk).full_name}
    assert len(lines) == 4


def test_several_changes_follow_each_other(world: World) -> None:
    for text in ("Второй текст", "Третий текст"):
        world.note.text = text
        world.note.save()

    changes = world.browser.get(reverse("earlier_versions", args=[world.case.code])).context["changes"]

    said = [(line.before, line.after) for change in changes for line in change.lines]
    assert said[0] == ("Второй текст", "Третий текст")
    assert said[1][1] == "Второй текст"


def test_who_looks_after_the_case_is_told_by_name(world: World) -> None:
    colleague = make_user(team=world.team, name="Test Colleague")
    world.case.caseworker = colleague
    world.case.save()

    page = page_of(world)

    assert "Test Colleague" in page
    assert "Caseworker" in page


def test_a_note_that_was_taken_back_can_be_read_here(world: World) -> None:
    note = make_note(world.case, text="Написано по ошибке", by=world.worker, now=timezone.now())
    actions.remove_note(note=note, by=world.worker, now=timezone.now())

    page = page_of(world)

    assert "Написано по ошибке" in page
    assert "removed" in page


def test_a_note_that_is_in_another_case_now_is_not_told_of(world: World) -> None:
    note = make_note(world.case, text="Первый текст", by=world.worker)
    note.text = "Второй текст"
    note.save()
    Note.objects.filter(pk=note.pk).update(case=make_case())

    assert "текст" not in page_of(world)


def test_a_code_word_is_not_shown_in_passing(world: World) -> None:
    world.contact.code_word = "тополь"
    world.contact.save()
    world.contact.code_word = "ясень"
    world.contact.save()

    page = page_of(world)

    assert "Code word" in page
    assert "тополь" not in page
    assert "ясень" not in page


def test_what_was_erased_is_gone_from_here_too(world: World) -> None:
    world.address.line = "ул. Новая, 2"
    world.address.country = "KZ"
    world.address.save()
    destroy_key(world.address.data_key, by=None, now=timezone.now())

    case: Any = Case.objects.get(pk=world.case.pk)
    case.joined_here = []
    (change,), _has_more = changes_of(case, list(Client.objects.filter(case=case)))

    assert {line.label: line.before for line in change.lines} == {"Country": "KG"}


def test_looking_is_written_down_once(world: World) -> None:
    page_of(world)

    assert Event.objects.filter(type="clients.earlier_seen", case_id=world.case.pk).count() == 1


def test_it_asks_the_database_a_constant_number_of_times(world: World) -> None:
    def change_all(text: str) -> None:
        world.note.text = world.address.line = world.contact.instructions = text
        world.case.caseworker = make_user(team=world.team)
        for row in (world.note, world.address, world.contact, world.case):
            row.save()

    change_all("раз")
    change_all("два")
    page_of(world)
    with counted_queries() as few:
        page_of(world)
    for number in range(5):
        change_all(f"ещё {number}")
    with counted_queries() as many:
        page_of(world)

    assert len(few) == len(many) <= 20, many
