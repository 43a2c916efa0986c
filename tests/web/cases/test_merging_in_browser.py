"""Two people in two browsers change the same person: on a phone, by keyboard alone, and nothing typed is lost."""

from typing import Any

import pytest
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from casework.clients.models import Client
from tests.browser import PHONE, Visitor, browser
from tests.factories.accounts import PASSWORD, make_user, team_of
from tests.factories.clients import make_client

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_people_change_one_person_and_the_second_chooses_by_keyboard(
    browser: Any, live_server: LiveServer, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    one = make_user()
    client = make_client(team=team_of(one), by=one)
    first, second = (
        Visitor(browser, str(live_server.url), viewport=PHONE).sign_in(each.email, PASSWORD)
        for each in (one, make_user(team=team_of(one)))
    )
    address = f"/clients/{client.reference}/change/"
    for each in (first, second):
        each.go(address)
    first.fill(given_name="Мария", family_name="Тестова").press("Save this person")

    page = second.page
    second.fill(given_name="Марья", other_names="Marya")
    with page.expect_navigation():
        page.get_by_role("button", name="Save this person").click()
    page.troubles.clear()  # the console complains of the status 409
    second.look()
    page.focus("#keep-given_name-theirs")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    second.look()

    client = Client.objects.get()
    assert "What is known about this person is saved." in second.text
    assert (client.family_name, client.given_name, client.other_names) == ("Тестова", "Марья", "Marya")
    first.leave()
    second.leave()
