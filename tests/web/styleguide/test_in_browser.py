"""The components in a real browser: accessible, usable on a phone, with keyboard and without script."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
# WCAG 2.5.8 asks for 24 px; a thumb on a bus asks for more.
TARGET_PX = 44
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("no Chromium here: apt-get install chromium")
    # Playwright's loop runs in this thread, where Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Serve the style guide. It writes nothing, so no table need be emptied afterwards."""
    with django_db_blocker.unblock(), override_settings(DEMO=True):
        server = LiveServer("localhost")
        yield f"{server.url}/styleguide/"
        server.stop()


def opened(browser: Any, address: str, **options: Any) -> Any:
    page = browser.new_context(**{"viewport": PHONE, "locale": "en-GB", **options}).new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda line: page.troubles.append(line.text) if line.type == "error" else None)
    page.goto(address)
    return page


def barriers(page: Any) -> list[tuple[str, str]]:
    found = axe.Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]


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
