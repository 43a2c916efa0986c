"""Trips tried out on the page of a position: told, kept as typed, and stored only when somebody saves one."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.clients.models import Client
from casework.residency.models import Deadline, Stay
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.documents import make_document
from tests.factories.residency import make_rule, make_stay
from tests.web.deadlines.conftest import signed_in

pytestmark = pytest.mark.django_db

MONTHS = {11: "Nov", 12: "Dec", 1: "Jan"}


@pytest.fixture
def client(worker: User) -> Client:
    make_rule("consecutive_days", {"days": 30})
    make_rule("register_within", {"n": 3, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    client = make_client(case=case, by=worker)
    make_stay(client, date(2026, 8, 29), country="GE", document=make_document(client=client))
    return client


def url(client: Client, name: str = "try_trips") -> str:
    return reverse(name, args=[client.reference])


def boxes(name: str, day: date | None) -> dict[str, str]:
    if day is None:
        return {}
    return {f"{name}_day": str(day.day), f"{name}_month": MONTHS[day.month], f"{name}_year": str(day.year)}


def typed(entered: date | None, left: date | None, country: str = "KZ", number: int = 0) -> dict[str, Any]:
    prefix = f"trip{number}-"
    return {
        f"{prefix}id": str(uuid4()),
        f"{prefix}country": country,
        **boxes(f"{prefix}entered", entered),
        **boxes(f"{prefix}left", left),
    }


LAWFUL = (date(2026, 12, 1), date(2026, 12, 30))
TOO_LONG = (date(2026, 12, 1), date(2026, 12, 31))


def test_a_lawful_trip_is_told_to_be_so_and_nothing_is_stored(browser: Browser, client: Client) -> None:
    response = browser.post(url(client), typed(*LAWFUL))

    (row,) = response.context["rows"]
    assert (row.verdict, row.title) == ("lawful", "Kazakhstan, 1 Dec 2026 to 30 Dec 2026")
    assert Stay.objects.filter(client=client).count() == 1
    client.refresh_from_db()
    assert Deadline.objects.filter(client=client, country="KZ").count() == 0


def test_what_a_trip_sets_off_is_told(browser: Browser, client: Client) -> None:
    (row,) = browser.post(url(client), typed(*LAWFUL)).context["rows"]

    assert "by 3 Dec 2026" in [each.value for each in row.rows]


def test_the_first_day_that_breaks_a_limit_is_told_with_the_limit(browser: Browser, client: Client) -> None:
    (row,) = browser.post(url(client), typed(*TOO_LONG)).context["rows"]

    said = {str(each.label): each.value for each in row.rows}
    assert row.verdict == "broken"
    assert said["First day that breaks a limit"] == date(2026, 12, 31)
    assert len(said["Which limit"]) == 1


def test_several_trips_are_tried_together_in_the_order_of_their_entry(browser: Browser, client: Client) -> None:
    data = typed(date(2027, 1, 20), date(2027, 1, 25), number=0) | typed(*LAWFUL, number=2)

    rows = browser.post(url(client), data).context["rows"]

    assert [row.number for row in rows] == [2, 0]


def test_the_pictures_are_drawn_with_the_trips(browser: Browser, client: Client) -> None:
    stays = browser.post(url(client), typed(*LAWFUL)).context["stays"]

    assert "Kazakhstan, planned from 1 Dec 2026" in [stay.title for stay in stays]


@pytest.mark.parametrize(
    ("entered", "left", "country", "wrong"),
    [
        (date(2026, 12, 10), date(2026, 12, 1), "KZ", {"left"}),
        (date(2026, 11, 1), date(2026, 12, 1), "KZ", {"entered"}),
        (date(2066, 12, 1), date(2066, 12, 5), "KZ", {"entered", "left"}),
        (date(2026, 12, 1), None, "KZ", {"left"}),
        (date(2026, 12, 1), date(2026, 12, 5), "", {"country"}),
        (date(2026, 12, 1), date(2026, 12, 5), "ZZ", {"country"}),
        (None, None, "", {"country"}),
    ],
    ids=["exit first", "past", "far ahead", "no exit", "no country", "no such country", "nothing"],
)
def test_bad_input_is_refused_and_kept(
    browser: Browser, client: Client, entered: date | None, left: date | None, country: str, wrong: set[str]
) -> None:
    response = browser.post(url(client), typed(entered, left, country))

    assert response.status_code == 200
    assert set(response.context["trips"].trips[0].errors) == wrong
    assert "rows" not in response.context
    if entered:
        assert f'value="{entered.year}"' in response.content.decode()


def test_nothing_of_it_stands_in_an_address(browser: Browser, client: Client) -> None:
    page = browser.post(url(client), typed(*LAWFUL)).content.decode()

    assert "?" not in "".join(part for part in page.split('"') if part.startswith(url(client)))


def test_a_saved_trip_is_a_planned_stay_on_the_document_of_the_latest(browser: Browser, client: Client) -> None:
    before = client.facts_version

    response = browser.post(url(client, "save_trip"), typed(*LAWFUL) | {"save": "0"})

    assert response["Location"] == reverse("position", args=[client.reference])
    saved = Stay.objects.get(client=client, planned=True)
    assert (saved.country, saved.entered.earliest, saved.left_latest) == ("KZ", *LAWFUL)
    assert saved.document_id is not None
    client.refresh_from_db()
    assert client.facts_version > before


def test_saved_twice_it_is_one(browser: Browser, client: Client) -> None:
    data = typed(*LAWFUL) | {"save": "0"}

    browser.post(url(client, "save_trip"), data)
    browser.post(url(client, "save_trip"), data)

    assert Stay.objects.filter(client=client, planned=True).count() == 1


def test_the_other_trips_stay_as_typed_when_one_is_saved(browser: Browser, client: Client) -> None:
    data = typed(*LAWFUL) | typed(date(2027, 1, 20), date(2027, 1, 25), number=1) | {"save": "0"}

    response = browser.post(url(client, "save_trip"), data)

    assert [row.title for row in response.context["rows"]] == ["Kazakhstan, 20 Jan 2027 to 25 Jan 2027"]
    assert Stay.objects.filter(client=client, planned=True).count() == 1


@pytest.mark.parametrize("save", ["7", "x", "", "1"])
def test_a_trip_that_was_not_typed_cannot_be_saved(browser: Browser, client: Client, save: str) -> None:
    response = browser.post(url(client, "save_trip"), typed(*LAWFUL) | {"save": save})

    assert response.status_code == 200
    assert not Stay.objects.filter(client=client, planned=True).exists()


def test_leaving_later_than_the_first_trip_begins_is_refused(browser: Browser, client: Client) -> None:
    data = typed(*LAWFUL) | boxes("leaves", date(2026, 12, 20))

    response = browser.post(url(client), data)

    assert response.context["trips"].leaving.errors.keys() == {"leaves"}


@pytest.mark.parametrize("name", ["try_trips", "save_trip"])
def test_people_of_other_teams_are_not_there(client: Client, name: str) -> None:
    assert signed_in(make_user()).post(url(client, name), typed(*LAWFUL) | {"save": "0"}).status_code == 404
    assert not Stay.objects.filter(client=client, planned=True).exists()


def test_somebody_elses_stay_cannot_be_overwritten(browser: Browser, client: Client) -> None:
    other = make_stay(make_client(), date(2026, 11, 1))
    data = typed(*LAWFUL) | {"trip0-id": str(other.pk), "save": "0"}

    assert browser.post(url(client, "save_trip"), data).status_code == 400

    other.refresh_from_db()
    assert other.entered.earliest == date(2026, 11, 1)
