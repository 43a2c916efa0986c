"""Debian's Chromium, and somebody who visits pages with it and looks at each one.

A module takes the browser in with `from tests.browser import browser`; where there is none, its tests are skipped.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Self

import pytest

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


def program() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not program():
        pytest.skip("no Chromium here: apt-get install chromium")
    # Playwright's loop runs in this thread, where Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program(), args=QUIET)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def opened(browser: Any, address: str, **options: Any) -> Any:
    """Return a page at `address`. Its `troubles` are what the console complained of and what scripts threw."""
    page = browser.new_context(**{"viewport": PHONE, "locale": "en-GB", **options}).new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda line: page.troubles.append(_complaint(line)) if line.type == "error" else None)
    page.goto(address)
    return page


def _complaint(line: Any) -> str:
    return f"{line.text} {line.location.get('url', '')}".strip()


# What a check of barriers looks at, but for the words: elements with their attributes, where they are, and whether they say anything.
FRAME = """() => Array.from(document.querySelectorAll("*"), (it) => [
    it.tagName, it.childElementCount, it.className.baseVal ?? it.className, it.offsetParent === null, it.textContent.trim() === "",
    ...["role", "type", "lang", "tabindex", "disabled", "checked", "open", "scope", "autocomplete"].map((name) => it.getAttribute(name)),
    ...Array.from(it.attributes, ({name, value}) => value ? name : `no ${name}`),
    it.id !== "" && document.querySelectorAll(`label[for="${CSS.escape(it.id)}"]`).length,
].join(" ")).join("|") + innerWidth + matchMedia("(prefers-color-scheme: dark)").matches"""
_without_barriers: set[str] = set()


def barriers(page: Any) -> list[tuple[str, str]]:
    """Return what keeps people with disabilities out: (name of the check, the element).

    The check takes a second; a page that differs from one without barriers in nothing but its words is not checked again.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    frame = page.evaluate(FRAME)
    if frame in _without_barriers:
        return []
    found = axe.Axe().run(page).response["violations"]
    serious = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]
    if not serious:
        _without_barriers.add(frame)
    return serious


class Visitor:
    """Somebody in front of one page. Whatever they open is free of barriers and of complaints in the console."""

    def __init__(self, browser: Any, site: str, **options: Any) -> None:
        self.site = site
        # The check is a script and would never end where there are none; the same pages are checked with scripts.
        self.is_checked = options.get("java_script_enabled", True)
        self.page = opened(browser, "about:blank", **options)

    def go(self, path: str) -> Self:
        self.page.goto(f"{self.site}{path}")
        return self.look()

    def go_in_vain(self, path: str, *, status: int) -> Self:
        """Open a page that is refused with `status`, of which the console complains, rightly and once."""
        answer = self.page.goto(f"{self.site}{path}")
        [complaint] = self.page.troubles
        assert (answer.status, f"status of {status}" in complaint) == (status, True)
        self.page.troubles.clear()
        return self.look()

    def press(self, name: str, *, within: str = "main", times: int = 1) -> Self:
        """Press a button that leads to another page."""
        button = self.page.locator(within).get_by_role("button", name=name).first
        with self.page.expect_navigation():
            button.click(click_count=times)
        return self.look()

    def follow(self, name: str, *, within: str = "main") -> Self:
        return self.click(self.page.locator(within).get_by_role("link", name=name))

    def click(self, found: Any) -> Self:
        """Click the first of what was found, which leads to another page: a click alone does not wait for it."""
        with self.page.expect_navigation():
            found.first.click()
        return self.look()

    def fill(self, **boxes: str) -> Self:
        for name, value in boxes.items():
            self.page.fill(f"main [name={name}]", value)
        return self

    def sign_in(self, email: str, password: str) -> Self:
        return self.go("/account/login/").fill(login=email, password=password).press("Sign in")

    def look(self) -> Self:
        """Fail if the page keeps anybody out, does not fit the screen or has complained."""
        page = self.page
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        complaints: list[Any] = list(page.troubles)
        complaints += barriers(page) if self.is_checked else []
        page.troubles.clear()  # the check itself sets styles, of which the policy complains
        assert not complaints, (page.url, complaints)
        assert too_wide <= 0, page.url
        return self

    @property
    def path(self) -> str:
        return str(self.page.url).removeprefix(self.site)

    @property
    def text(self) -> str:
        """What can be read on the page, without the top and the footer."""
        return str(self.page.locator("main").inner_text())

    def leave(self) -> None:
        self.page.context.close()
