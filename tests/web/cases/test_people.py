"""The page of a person; adding and changing one."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Client

from .pages import World, make_world

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "version": "1",
        "family_name": "Образцова",
        "given_name": "Мария",
        "patronymic": "",
        "other_names": "",
        "relation": "child",
        "birth_year": "2015",
        "sex": "female",
        "nationalities": ["RU", "UA"],
        "language": "ru",
        **changes,
    }


def change(world: World, **changes: Any) -> Any:
    return world.browser.post(world.urls()["change_client"], typed(**changes))


def test_the_page_shows_what_is_known_and_records_that_it_was_seen() -> None:
    world = make_world()

    page = world.browser.get(world.urls()["client"])

    assert "17 May 1990" in page.content.decode()
    assert world.client.reference in page.content.decode()
    assert Event.objects.filter(type="clients.client_seen", subject_id=str(world.client.pk)).count() == 1


def test_a_person_is_added_once_however_often_the_form_is_sent() -> None:
    world, data = make_world(), typed()

    first = world.browser.post(world.urls()["add_client"], data)
    world.browser.post(world.urls()["add_client"], data)

    assert first.url == f"{world.urls()['case']}#people"
    child = world.case.clients.get(relation="child")
    assert (child.given_name, child.birth.year, child.nationalities) == ("Мария", 2015, ["RU", "UA"])
    assert world.case.clients.count() == 2


def test_what_is_known_can_be_changed() -> None:
    world = make_world()

    answer = change(world, birth_day="1", birth_month="March", birth_year="1991")

    assert answer.status_code == 302
    client = Client.objects.get(pk=world.client.pk)
    assert (client.given_name, client.sex, client.language, str(client.birth_date)) == (
        "Мария",
        "female",
        "ru",
        "1991-03-01",
    )
    assert client.relation == "principal"


def test_the_form_shows_what_is_stored() -> None:
    world = make_world()

    page = world.browser.get(world.urls()["change_client"]).content.decode()

    assert 'value="Образцова"' in page
    assert 'name="version" value="1"' in page
    assert '<option value="RU" selected>' in page


def test_two_people_who_change_the_same_person_see_both_versions_and_nothing_is_lost() -> None:
    world = make_world()
    actions.change_client(client=world.client, version=1, given_name="Ольга", by=world.worker, now=timezone.now())

    conflict = change(world, given_name="Мария", birth_year="1990")

    page = conflict.content.decode()
    assert conflict.status_code == 409
    shown = {each.label: (each.theirs, each.mine) for each in conflict.context["differences"]}
    assert shown["Given name"] == ("Ольга", "Мария")
    assert shown["Nationality"] == ("Russia", "Russia, Ukraine")
    assert shown["Sex"] == ("not recorded", "female")
    assert "Version" not in shown
    assert 'value="Мария"' in page
    assert 'name="version" value="2"' in page
    assert Client.objects.get(pk=world.client.pk).given_name == "Ольга"

    again = change(world, given_name="Мария", birth_year="1990", version="2")

    assert again.status_code == 302
    assert Client.objects.get(pk=world.client.pk).given_name == "Мария"


def test_a_form_without_a_version_replaces_nothing_unseen() -> None:
    world = make_world()

    assert change(world, version="").status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"family_name": "", "given_name": ""}, "family_name"),
        ({"birth_year": "3000"}, "birth"),
        ({"nationalities": ["QQ"]}, "nationalities"),
        ({"relation": "principal"}, "relation"),
        ({"sex": "x"}, "sex"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changes: dict[str, Any], field: str) -> None:
    world = make_world()

    page = world.browser.post(world.urls()["add_client"], typed(**changes))

    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert world.case.clients.count() == 1


def test_other_names_stand_one_a_line() -> None:
    world = make_world()

    change(world, other_names="  Maria Obraztsova \r\n\r\n Прежняя ")

    assert Client.objects.get(pk=world.client.pk).other_names == "Maria Obraztsova\nПрежняя"
