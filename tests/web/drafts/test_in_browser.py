"""Drafts in a real browser: saved while somebody types, through a line that fails, and nothing stays in the browser."""

import re
import time
from typing import Any

import pytest
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from casework.accounts.models import Draft
from tests.browser import PHONE, Visitor, browser
from tests.factories.accounts import PASSWORD, make_user, team_of
from tests.factories.clients import make_case, make_client

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVING = "**/drafts/save/**"


def test_what_is_typed_survives_a_line_that_fails(
    browser: Any, live_server: LiveServer, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    worker = make_user()
    case = make_client(team=team_of(worker), by=worker).case
    them = Visitor(browser, str(live_server.url), viewport=PHONE).sign_in(worker.email, PASSWORD)
    address, page = f"/cases/{case.code}/notes/new/", them.page
    them.go(address)

    page.route(SAVING, lambda route: route.abort())
    them.fill(text="Недописано")
    page.get_by_text("Not saved, trying again").wait_for(timeout=20_000)
    assert not Draft.objects.exists()
    page.troubles.clear()  # the console complains of the line

    page.unroute(SAVING)
    page.locator("[data-draft-status]", has_text=re.compile(r"^Saved \d")).wait_for(timeout=25_000)
    kept = page.evaluate("[localStorage.length, sessionStorage.length]")
    them.go(address)
    assert "You have a draft of" in them.text
    them.follow("Go on with the draft")

    assert page.input_value("[name=text]") == "Недописано"
    assert kept == [0, 0]
    them.press("Add this note")
    assert "The note is added." in them.text
    assert "You have a draft" not in them.text
    them.leave()


def test_what_was_typed_right_before_leaving_is_saved(
    browser: Any, live_server: LiveServer, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    worker = make_user()
    case = make_client(team=team_of(worker), by=worker).case
    them = Visitor(browser, str(live_server.url), viewport=PHONE).sign_in(worker.email, PASSWORD)
    them.go(f"/cases/{case.code}/notes/new/").fill(text="В последнюю секунду")

    them.page.goto("about:blank")
    until = time.monotonic() + 10
    while not Draft.objects.exists() and time.monotonic() < until:
        them.page.wait_for_timeout(100)

    them.go(f"/cases/{case.code}/notes/new/?draft")
    assert them.page.input_value("[name=text]") == "В последнюю секунду"
    them.leave()


def test_a_needs_assessment_is_there_again_after_its_tab_was_closed(
    browser: Any, live_server: LiveServer, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    worker = make_user()
    client = make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker)
    them = Visitor(browser, str(live_server.url), viewport=PHONE).sign_in(worker.email, PASSWORD)
    address, page = f"/clients/{client.reference}/assessments/new/", them.page
    them.go(address).fill(note="Спросили обо всём, кроме жилья")

    page.locator("[data-draft-status]", has_text=re.compile(r"^Saved \d")).wait_for(timeout=25_000)
    page.goto("about:blank")
    them.go(address).follow("Go on with the draft")

    assert page.input_value("[name=note]") == "Спросили обо всём, кроме жилья"
    them.leave()
