"""Two people change the same thing: who changed what is told apart, each field is chosen once, and nothing typed is lost."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Draft
from casework.clients import actions
from casework.clients.models import Client
from casework.web.conflicts import Side
from tests.pages import Fields, form_in

from .pages import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    their_change(world, family_name="Образцова", given_name="Ольга", other_names="")
    world.client.refresh_from_db()
    return world


def opened(world: World, **typed: str) -> Fields:
    """Open the form of the person as a browser does, and type into it."""
    page = world.browser.get(world.urls()["change_client"]).content.decode()
    return form_in(page, "version") | {name: [value] for name, value in typed.items()}


def their_change(world: World, **values: Any) -> None:
    client = Client.objects.get(pk=world.client.pk)
    actions.change_client(client=client, version=client.version, by=world.worker, now=timezone.now(), **values)


def send(world: World, fields: Fields) -> Any:
    return world.browser.post(world.urls()["change_client"], fields)


def asked(answer: Any) -> dict[str, tuple[Side | None, Side | None]]:
    """Return, by field, who changed it and what is chosen."""
    return {each.name: (each.changed_by, each.choice) for each in answer.context["differences"]}


def again(answer: Any, **more: str) -> Fields:
    """Return what the page of a conflict would send, with more chosen or typed."""
    return form_in(answer.content.decode(), "version") | {name: [value] for name, value in more.items()}


def stored(world: World) -> tuple[str, str, str, str]:
    client = Client.objects.get(pk=world.client.pk)
    return client.family_name, client.given_name, client.other_names, client.sex


def test_what_only_one_of_both_changed_is_chosen_already_and_saved_at_once(world: World) -> None:
    mine = opened(world, sex="female")
    their_change(world, given_name="Мария")

    conflict = send(world, mine)

    assert conflict.status_code == 409
    assert asked(conflict) == {"given_name": (Side.THEIRS, Side.THEIRS), "sex": (Side.MINE, Side.MINE)}
    assert send(world, again(conflict)).status_code == 302
    assert stored(world) == ("Образцова", "Мария", "", "female")


def test_what_both_changed_is_asked_for_and_saved_as_chosen(world: World) -> None:
    mine = opened(world, given_name="Марья", family_name="Примерова", sex="female")
    their_change(world, given_name="Мария", family_name="Тестова")
    conflict = send(world, mine)
    assert asked(conflict) == {
        "family_name": (None, None),
        "given_name": (None, None),
        "sex": (Side.MINE, Side.MINE),
    }

    refused = send(world, again(conflict, keep_family_name="theirs"))

    assert refused.status_code == 409
    assert "Choose what to keep: Given name." in refused.content.decode()
    assert asked(refused)["family_name"] == (None, Side.THEIRS)
    assert stored(world) == ("Тестова", "Мария", "", "unknown")
    assert send(world, again(refused, keep_given_name="mine")).status_code == 302
    assert stored(world) == ("Тестова", "Марья", "", "female")


def test_what_is_kept_of_ones_own_can_be_corrected_by_hand(world: World) -> None:
    mine = opened(world, other_names="Olga")
    their_change(world, other_names="Olha")
    conflict = send(world, mine)

    send(world, again(conflict, keep_other_names="mine", other_names="Olga\r\nOlha"))

    assert stored(world)[2] == "Olga\nOlha"


def test_a_third_person_who_saves_meanwhile_is_asked_about_too_and_what_was_chosen_stays(world: World) -> None:
    mine = opened(world, given_name="Марья", family_name="Примерова", sex="female")
    their_change(world, given_name="Мария", family_name="Тестова")
    conflict = send(world, mine)
    their_change(world, given_name="Марина", other_names="Marina")

    second = send(world, again(conflict, keep_given_name="theirs", keep_family_name="mine"))

    assert second.status_code == 409
    assert asked(second) == {
        "family_name": (None, Side.MINE),
        "given_name": (None, None),
        "other_names": (Side.THEIRS, Side.THEIRS),
        "sex": (Side.MINE, Side.MINE),
    }
    assert {each.mine for each in second.context["differences"]} == {"Примерова", "Марья", "", "female"}
    assert send(world, again(second, keep_given_name="mine")).status_code == 302
    assert stored(world) == ("Примерова", "Марья", "Marina", "female")


def test_a_form_that_does_not_say_what_it_showed_is_asked_about_every_difference(world: World) -> None:
    mine = opened(world, sex="female") | {"as_opened": [""]}
    their_change(world, given_name="Мария")

    assert asked(send(world, mine)) == {"given_name": (None, None), "sex": (None, None)}


def test_a_draft_that_was_kept_amid_a_conflict_leads_back_to_the_conflict(world: World) -> None:
    mine = opened(world, sex="female")
    their_change(world, given_name="Мария")
    conflict = send(world, mine)
    world.browser.post(reverse("save_draft", args=["change_client", world.client.reference]), again(conflict))
    assert Draft.objects.count() == 1

    page = world.browser.get(world.urls()["change_client"] + "?draft").content.decode()
    resumed = send(world, form_in(page, "version"))

    assert asked(resumed) == {"given_name": (Side.THEIRS, Side.THEIRS), "sex": (Side.MINE, Side.MINE)}
    assert stored(world)[1] == "Мария"


def test_a_page_says_nothing_of_what_it_showed_but_digests(world: World) -> None:
    said = opened(world)["as_opened"][0]

    assert "given_name=" in said
    assert "Ольга" not in said


@pytest.mark.parametrize("name", ["change_client", "change_contact", "change_address", "change_priority"])
def test_a_form_that_was_opened_and_left_as_it_was_differs_in_nothing(world: World, name: str) -> None:
    url = world.urls()[name]
    untouched = form_in(world.browser.get(url).content.decode(), "version")

    answer = world.browser.post(url, untouched | {"version": ["0"]})

    assert (answer.status_code, answer.context["differences"]) == (409, [])
