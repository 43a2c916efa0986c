"""Ways to reach people, on their pages."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from casework.clients import actions
from casework.clients.models import Contact

from .pages import make_world

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    known = {"id": str(uuid.uuid4()), "version": "1", "channel": "telegram", "value": "@vymysel", "is_safe": "on"}
    return {**known, "instructions": "", **changes}


def test_a_way_is_recorded_once_however_often_the_form_is_sent() -> None:
    world, data = make_world(), typed()

    answer = world.browser.post(world.urls()["record_contact"], data)
    world.browser.post(world.urls()["record_contact"], data)

    assert answer.url == f"{world.urls()['case']}#contacts"
    assert Contact.objects.filter(channel="telegram").count() == 1


def test_a_way_without_a_number_is_asked_for_again() -> None:
    world = make_world()

    page = world.browser.post(world.urls()["record_contact"], typed(value="", instructions="после 18:00"))

    assert page.status_code == 200
    assert "value" in page.context["form"].errors
    assert "после 18:00" in page.content.decode()


def test_a_way_can_be_called_unsafe() -> None:
    world = make_world()
    data = typed()
    del data["is_safe"]

    world.browser.post(world.urls()["change_contact"], data)

    assert Contact.objects.get().is_safe is False


def test_a_change_over_the_change_of_somebody_else_shows_both() -> None:
    world = make_world()
    actions.change_contact(
        contact=world.contact, version=1, value="+996 700 111111", by=world.worker, now=timezone.now()
    )

    conflict = world.browser.post(world.urls()["change_contact"], typed(channel="phone", value="+996 700 222222"))

    assert conflict.status_code == 409
    assert "+996 700 111111" in conflict.content.decode()
    assert "+996 700 222222" in conflict.content.decode()


def test_yes_and_no_stand_in_words_where_two_changes_meet() -> None:
    world = make_world()
    actions.change_contact(contact=world.contact, version=1, is_safe=False, by=world.worker, now=timezone.now())

    conflict = world.browser.post(world.urls()["change_contact"], typed(channel="phone", value="+996 555 012345"))

    [difference] = conflict.context["differences"]
    assert (difference.theirs, difference.mine) == ("no", "yes")


def test_a_way_that_is_not_used_any_more_stays_on_record() -> None:
    world = make_world()

    world.browser.post(world.urls()["end_contact"], {"version": "1"})

    assert Contact.objects.get().ended_at is not None
    assert "not used since" in world.browser.get(world.urls()["case"]).content.decode()
