"""What people do most, by Tab, Enter, Space and arrows alone: the focus is seen at each step and never lost."""

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from casework.accounts.roles import Role
from casework.clients.models import Case
from casework.housing.models import Placement
from casework.lib.dates import today_in
from tests.browser import DESK, browser
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.housing import make_beds, make_request, make_site
from tests.factories.referrals import make_coordinator
from tests.factories.residency import make_rule
from tests.journeys.looks import Keys, came_in
from tests.journeys.people import almaty, days_ago, worker_of

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: LiveServer, settings: LazySettings) -> str:
    settings.SECOND_FACTOR_REQUIRED = False
    return str(live_server.url)


def begin(browser: Any, site: str, user: Any, path: str) -> Keys:
    page = came_in(browser, site, user, viewport=DESK)
    page.goto(f"{site}{path}")
    return Keys(page)


def type_day(keys: Keys, name: str, day: date) -> None:
    keys.type(f"{name}_day", str(day.day))
    keys.type(f"{name}_month", f"{day:%B}")
    keys.type(f"{name}_year", str(day.year))


def test_a_person_is_registered_and_their_date_explained(browser: Any, site: str) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    make_rule(parameters={"days": 90}, citation="An invented decree")
    keys = begin(browser, site, worker, "/my-day/")

    # The first key leads past the top of the page.
    keys.press("Tab")
    assert (keys.focus["name"], keys.focus["isSeen"]) == ("Skip to main content", True)
    keys.press("Enter")
    assert keys.focus["id"] == "main"

    keys.page.goto(f"{site}/cases/new/")
    keys.type("family_name", "Придуманов")
    keys.type("given_name", "Евгений")
    type_day(keys, "birth", date(1990, 5, 17))
    keys.tab_to(name="", field="nationalities")
    keys.page.keyboard.type("Russia")
    keys.tab_to(field="country")
    keys.page.keyboard.type("Kazakhstan")
    type_day(keys, "entered_exact", days_ago(10, today))
    keys.open(name="Log this case")
    assert keys.page.url.endswith(f"/cases/{Case.objects.get().code}/")

    keys.open(name="Why this date?")
    assert "An invented decree" in keys.page.locator("main").inner_text()
    keys.page.context.close()


def test_a_family_is_placed(browser: Any, site: str) -> None:
    team = make_team(name="Bishkek", country="KG", time_zone="Asia/Bishkek")
    coordinator, today = make_coordinator(team), today_in("Asia/Bishkek", timezone.now())
    make_beds(4, site=make_site(team=team), for_whom="family", label="Flat 1")
    mother = make_client(case=make_case(team=team, by=coordinator), by=coordinator, family_name="Пятерикова")
    child = make_client(case=mother.case, by=coordinator, relation="child", given_name="Малая")
    make_request([mother, child], by=coordinator, now=timezone.now(), needed_from=today)
    keys = begin(browser, site, coordinator, "/my-team/")

    keys.open(name="Housing", tag="A")
    keys.open(name="Waiting list", tag="A")
    keys.open(name="Find beds")
    keys.open(name="Place them there")
    keys.open(name="Place them there", tag="INPUT")

    assert {row.client for row in Placement.objects.all()} == {mother, child}
    keys.page.context.close()


def test_a_caseload_is_handed_over(browser: Any, site: str) -> None:
    make_user(Role.ADMINISTRATOR)
    team = almaty()
    coordinator, leaver = make_coordinator(team), worker_of(team)
    taker = make_user(team=team, name="Первый Коллега")
    make_client(case=make_case(team=team, caseworker=leaver, by=coordinator), by=coordinator)
    keys = begin(browser, site, coordinator, "/my-team/")

    keys.open(name="Somebody leaves")
    keys.open(name="Test Worker")
    keys.choose("rest", str(taker.pk))
    keys.open(name="Show what will happen")
    keys.open(name="Hand over and end their access now")

    assert Case.objects.get().caseworker == taker
    keys.page.context.close()


def test_menus_and_sheets_give_the_focus_back(browser: Any, site: str) -> None:
    keys = begin(browser, site, worker_of(almaty()), "/my-day/")

    keys.tab_to(name="Test Worker", tag="SUMMARY")
    keys.press("Enter")
    keys.press("Tab")
    assert keys.focus["name"] == "Recent cases"
    keys.press("Escape")
    assert keys.focus["tag"] == "SUMMARY"
    assert keys.page.locator("details[data-menu][open]").count() == 0

    # The sheet of keys holds the focus while it is open: Tab goes round within it.
    keys.tab_to(name="My cases")
    keys.press("?")
    keys.page.locator("dialog[open]").wait_for()
    for _step in range(8):
        keys.press("Tab")
        assert keys.page.evaluate("!document.activeElement.closest('main, header, footer')")
    keys.press("Escape")
    assert keys.focus["name"] == "My cases"
    keys.page.context.close()


def test_a_refused_form_takes_the_focus_to_what_is_wrong_and_says_it(browser: Any, site: str) -> None:
    keys = begin(browser, site, worker_of(almaty()), "/cases/new/")

    keys.open(name="Log this case")
    summary = keys.page.locator("[data-error-summary]")
    assert summary.evaluate("it => it === document.activeElement")
    assert summary.evaluate("it => [it.getAttribute('role'), it.getAttribute('aria-labelledby') !== null]") == [
        "alert",
        True,
    ]
    keys.press("Tab")
    keys.press("Enter")
    assert keys.focus["tag"] in ("INPUT", "SELECT")
    assert keys.focus["isSeen"]
    described = keys.page.evaluate(
        "(document.activeElement.getAttribute('aria-describedby') || '').split(' ').map((id) => document.getElementById(id)?.innerText || '').join(' ')"
    )
    assert described.strip()
    keys.page.context.close()
