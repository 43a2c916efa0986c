"""Beside addresses: closed areas, the owner's consent, what is to be registered, the risk of return."""

import re
from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.clients.models import Address, Client
from casework.lib.ids import new_id
from tests.factories.accounts import team_of
from tests.factories.clients import make_address, make_case, make_client
from tests.factories.residency import make_rule, make_stay

pytestmark = pytest.mark.django_db

SINCE = {"since_day": "20", "since_month": "11", "since_year": "2026"}


@pytest.fixture
def client(worker: User) -> Client:
    make_rule("consecutive_days", {"days": 90})
    make_rule("area_restriction", {"areas": ["Придуманный район"]}, duty="area", nationality="*")
    make_rule(
        "register_within",
        {"n": 5, "unit": "calendar_days", "day_one": "entry_day", "triggers": ["address_change"], "actor": "host"},
        duty="register_address",
    )
    client = make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker)
    make_stay(client, date(2026, 11, 1), by=worker)
    make_address(client, country="KZ", city="Алматы", since=date(2026, 11, 1), by=worker)
    return client


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>", maxsplit=1)[0]))


def record(browser: Browser, client: Client, **typed: str) -> str:
    data = {"id": str(new_id()), "country": "KZ", "city": "", "line": "", "ends_earlier": "on"} | SINCE | typed
    return browser.post(reverse("record_address", args=[client.reference]), data, follow=True).content.decode()


def test_the_form_says_what_is_recorded_of_living_there(browser: Browser, client: Client) -> None:
    address = client.addresses.get()
    page = text(browser.get(reverse("change_address", args=[address.pk])).content.decode())

    assert "What is recorded: Kazakhstan" in page
    assert "Closed: Придуманный район" in page
    assert "Risk of return: unknown" in page
    assert "Nothing is recorded about the owner's consent." in page


def test_a_move_is_said_to_be_registered_by_a_day_and_the_host_to_have_a_part(browser: Browser, client: Client) -> None:
    refused = text(record(browser, client, until_day="1", until_month="1", until_year="2020", city="Алматы"))

    assert "If they move on 20 Nov 2026:" in refused
    assert "By 24 Nov 2026 : Register the new address" in refused
    assert "Must act or agree, or nothing can be registered there:" in refused


def test_a_closed_area_is_flagged_and_recorded_all_the_same(browser: Browser, client: Client) -> None:
    page = text(record(browser, client, city="Pridumannyi raion, 5"))

    assert Address.objects.filter(client=client).count() == 2
    assert "This address names an area that is recorded as closed to new permits. See below." in page
    assert "names a closed area: Придуманный район" in page


def test_another_address_is_not_flagged(browser: Browser, client: Client) -> None:
    page = text(record(browser, client, city="Другой район"))

    assert "closed" not in page.split("Addresses", 1)[1].split("Notes")[0]


def test_the_page_of_the_person_flags_it_too(browser: Browser, client: Client, worker: User) -> None:
    make_address(client, country="KZ", city="Придуманный район", since=date(2026, 11, 10), by=worker)

    page = text(browser.get(reverse("client", args=[client.reference])).content.decode())

    assert "names a closed area: Придуманный район" in page
