"""In a real browser nothing that was typed runs, asks anybody, or goes against the policy of the page."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from tests.browser import DESK, browser
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.clients import make_note
from tests.factories.files import make_file
from tests.factories.referrals import make_coordinator

from .payloads import MARKUP

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTE_EVERY_BREACH = """
document.addEventListener("securitypolicyviolation", it => {
    const kept = JSON.parse(window.name || "[]");
    window.name = JSON.stringify([...kept, `${it.violatedDirective} ${it.blockedURI} on ${location.pathname}`]);
});
"""
# What leaves whichever place a text may stand in, one after the other in one text.
SHORT = '"><img src=//xss.example/x onerror=alert(1)>'


def test_nothing_that_was_typed_runs_or_asks_anybody(
    browser: Any, live_server: LiveServer, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    seen: dict[str, list[str]] = {"dialogs": [], "foreign": [], "errors": []}
    worker = make_user()
    team = worker.memberships.get().team
    assert team is not None
    make_coordinator(team)
    file = make_file(team=team, worker=worker, name=SHORT)
    for at in range(0, 200, 7):
        make_note(file.case, by=worker, text="\n".join(MARKUP[at : at + 7]))
    page = browser.new_context(viewport=DESK, locale="en-GB").new_page()
    page.add_init_script(NOTE_EVERY_BREACH)
    page.on("dialog", lambda it: (seen["dialogs"].append(it.message), it.dismiss()))
    page.on("pageerror", lambda it: seen["errors"].append(str(it)))
    page.on("request", lambda it: seen["foreign"].append(it.url) if is_foreign(it.url, live_server.url) else None)
    page.goto(f"{live_server.url}/account/login/")
    page.fill("main [name=login]", worker.email)
    page.fill("main [name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main button[type=submit]").first.click()
    code, reference = file.case.code, file.client.reference

    for path in (
        *(
            f"/cases/{code}/{tab}"
            for tab in ("", "log/", "needs/", "referrals/", "documents/", "safety/", "appointments/")
        ),
        *(
            f"/clients/{reference}/",
            f"/clients/{reference}/change/",
            f"/cases/{code}/family/",
            "/cases/",
            "/my-day/",
            "/to-dos/",
        ),
        *(f"/referrals/{file.rows['referrals/ referral_id']}/", f"/clients/{reference}/sheet/?name=on&language=ru"),
    ):
        answer = page.goto(f"{live_server.url}{path}")
        assert answer.status == 200, path
        page.evaluate("document.querySelectorAll('main details').forEach(it => { it.open = true; })")
    said = page.evaluate("window.name")

    assert (seen, said) == ({"dialogs": [], "foreign": [], "errors": []}, "")
    page.context.close()


def is_foreign(url: str, here: str) -> bool:
    return urlsplit(url).scheme not in ("data", "about") and urlsplit(url).netloc != urlsplit(here).netloc
