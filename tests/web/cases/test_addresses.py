"""Where people live, on their pages."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from casework.clients import actions
from casework.clients.models import Address
from tests.factories.clients import make_client

from .pages import make_world

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "version": "1",
        "country": "KG",
        "city": "Ош",
        "line": "ул. Новая, 2",
        "since_day": "5",
        "since_month": "ноября",
        "since_year": "2026",
        "registration_possible": "no",
        "area_closed": "",
        **changes,
    }


def test_a_family_moves_in_one_step_and_leaves_the_earlier_address() -> None:
    world = make_world()
    make_client(case=world.case, relation="child", by=world.worker)
    data = typed(everybody="on", ends_earlier="on")

    answer = world.browser.post(world.urls()["record_address"], data)
    world.browser.post(world.urls()["record_address"], data)

    assert answer.url == f"{world.urls()['case']}#addresses"
    assert Address.objects.count() == 3
    assert Address.objects.get(pk=world.address.pk).until == date(2026, 11, 5)
    assert Address.objects.filter(registration_possible=False, area_closed=None).count() == 2


def test_somebody_alone_is_not_asked_about_a_family() -> None:
    world = make_world()

    assert "everybody" not in world.browser.get(world.urls()["record_address"]).context["form"].fields


def test_an_address_can_be_corrected_and_ended() -> None:
    world = make_world()

    world.browser.post(world.urls()["change_address"], typed(area_closed="yes"))
    ended = {"version": "2", "until_day": "20", "until_month": "11", "until_year": "2026"}
    world.browser.post(world.urls()["end_address"], ended)

    address = Address.objects.get()
    assert (address.city, address.area_closed, address.until) == ("Ош", True, date(2026, 11, 20))


def test_nobody_moves_out_before_they_move_in() -> None:
    world = make_world()
    early = {"version": "1", "until_day": "1", "until_month": "1", "until_year": "2026"}

    page = world.browser.post(world.urls()["end_address"], early)

    assert page.status_code == 200
    assert "until" in page.context["form"].errors


def test_a_change_over_the_change_of_somebody_else_shows_both() -> None:
    world = make_world()
    actions.change_address(address=world.address, version=1, city="Токмок", by=world.worker, now=timezone.now())

    conflict = world.browser.post(world.urls()["change_address"], typed())

    assert conflict.status_code == 409
    shown = {each.label: (each.theirs, each.mine) for each in conflict.context["differences"]}
    assert shown["Town or district"] == ("Токмок", "Ош")
    assert shown["Does the owner agree to a registration?"] == ("not known", "no")
    assert 'value="Ош"' in conflict.content.decode()


def test_an_unknown_country_is_refused() -> None:
    world = make_world()

    page = world.browser.post(world.urls()["record_address"], typed(country="Atlantis"))

    assert "country" in page.context["form"].errors
    assert "ул. Новая, 2" in page.content.decode()
