"""The components in a real browser: accessible, usable on a phone, with keyboard and without script."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.browser import DESK, PHONE, barriers, browser, opened

__all__ = ["browser"]

# Marked, so that the database is made also when these tests run alone: the pages ask for sessions.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# WCAG 2.5.8 asks for 24 px; a thumb on a bus asks for more.
TARGET_PX = 44


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Serve the style guide. It writes nothing, so no table need be emptied afterwards."""
    with django_db_blocker.unblock(), override_settings(DEMO=True):
        server = LiveServer("localhost")
        yield f"{server.url}/styleguide/"
        server.stop()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["forms/", "pictures/"])
def test_no_state_of_a_form_and_no_picture_is_a_barrier(
    browser: Any, address: str, viewport: dict[str, int], scheme: str, name: str
) -> None:
    page = opened(browser, address + name, viewport=viewport, color_scheme=scheme)

    assert (barriers(page), page.troubles) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_component_is_a_barrier(browser: Any, address: str, viewport: dict[str, int], scheme: str) -> None:
    page = opened(browser, address, viewport=viewport, color_scheme=scheme)
    asked = barriers(page)
    page.click("main form [type=submit]")
    refused = barriers(page)

    assert page.locator(".error-summary").count() == 1
    assert (asked, refused, page.troubles) == ([], [], [])


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_cut_off_or_too_small_to_touch(browser: Any, address: str, viewport: dict[str, int]) -> None:
    page = opened(browser, address, viewport=viewport)

    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    too_small = page.evaluate(
        """least => [...document.querySelectorAll("a, button, input, select, summary")]
        .filter(e => getComputedStyle(e).display !== "inline" && !["radio", "checkbox", "hidden"].includes(e.type))
        .filter(e => { const h = e.getBoundingClientRect().height; return h > 0 && h < least - 0.5; })
        .map(e => e.outerHTML)""",
        TARGET_PX,
    )

    assert (too_wide, too_small) == (0, [])


@pytest.mark.parametrize("javascript", [True, False])
def test_a_refused_form_begins_at_its_summary(browser: Any, address: str, javascript: bool) -> None:
    page = opened(browser, address, java_script_enabled=javascript)

    page.fill("[name=entered_on_day]", "30")
    page.fill("[name=entered_on_month]", "feb")
    page.fill("[name=entered_on_year]", "2026")
    page.click("main form [type=submit]")
    page.wait_for_selector(".error-summary:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.title() == "Error: Style guide – Casework"
    assert page.url.endswith("#id_name")
    assert page.input_value("[name=entered_on_month]") == "feb"


def test_only_the_boxes_of_the_chosen_precision_are_shown(browser: Any, address: str) -> None:
    page = opened(browser, address)

    def shown() -> tuple[bool, bool]:
        return page.is_visible("[name=left_exact_day]"), page.is_visible("[name=left_latest_day]")

    at_first = shown()
    page.check("[name=left_known][value=between]")
    between = shown()
    page.check("[name=left_known][value=unknown]")
    unknown = shown()

    assert (at_first, between, unknown) == ((True, False), (False, True), (False, False))


def test_a_double_tap_sends_a_form_once(browser: Any, address: str) -> None:
    page = opened(browser, address)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)

    page.dblclick("main form [type=submit]")
    page.wait_for_selector(".error-summary")

    assert sent == ["POST"]


def test_a_table_becomes_cards_on_a_phone(browser: Any, address: str) -> None:
    phone = opened(browser, address)
    desk = opened(browser, address, viewport=DESK)
    display = "e => getComputedStyle(e).display"

    assert phone.eval_on_selector(".table-cards td", display) == "block"
    assert desk.eval_on_selector(".table-cards td", display) == "table-cell"
