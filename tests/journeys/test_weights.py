"""What somebody's first visit weighs, with everything that the browser fetches, from the server and the files that are shipped.

Measured by Chromium itself, with an empty cache, at the home of each role. `bin/test -s` prints the table.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from django.test import Client as Browser

from casework.accounts.roles import DEFINITIONS, Role
from tests.backups import key_file
from tests.browser import PHONE, browser
from tests.factories.accounts import make_user
from tests.serving import SHIPPED, served, ship
from tests.web.hostile.office import open_office
from tests.weights import FIRST_VISIT_BYTES, Weight, table

__all__ = ["browser", "key_file"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shipped(key_file: Path, tmp_path: Path, settings: LazySettings) -> Iterator[str]:
    """A server as it is shipped, over the rows of this test."""
    settings.SECOND_FACTOR_REQUIRED = False
    database = str(connection.settings_dict["NAME"])
    ship(database, key_file, tmp_path)
    with served(database, key_file, tmp_path, settings_module=SHIPPED) as port:
        yield f"http://localhost:{port}"


def weighed(browser: Any, site: str, path: str, session: str) -> tuple[int, int, list[str]]:
    """Return the bytes of the document, of everything, and the addresses of what came uncompressed though it is text."""
    page = browser.new_context(viewport=PHONE).new_page()
    if session:
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    answers: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    line.on("Network.responseReceived", lambda it: answers.update({it["requestId"]: it}))
    line.on("Network.loadingFinished", lambda it: sizes.update({it["requestId"]: int(it["encodedDataLength"])}))
    assert page.goto(f"{site}{path}").status == 200
    page.wait_for_load_state("networkidle")
    assert page.url == f"{site}{path}"
    document = sum(sizes[key] for key, it in answers.items() if it["type"] == "Document")
    plain = [
        it["response"]["url"]
        for it in answers.values()
        if it["type"] in ("Document", "Stylesheet", "Script")
        and "content-encoding" not in {name.lower() for name in it["response"]["headers"]}
        and sizes.get(it["requestId"], 0) > 1500
    ]
    page.context.close()
    return document, sum(sizes.values()), plain


HOMES = {
    Role.CASEWORKER: "/my-day/",
    Role.COORDINATOR: "/my-team/",
    Role.POLICY_EDITOR: "/policy-desk/",
    Role.ADMINISTRATOR: "/upkeep/",
    Role.AUDITOR: "/oversight/",
    Role.DUPLICATE_REVIEWER: "/duplicates/",
    Role.REPORT_READER: "/reports/",
}


def test_the_first_visit_to_each_home_is_light(browser: Any, shipped: str, tmp_path: Path) -> None:
    office = open_office()
    rows, plain = [], []
    asked = {"sign in": ("/account/login/", "")}
    for role, path in HOMES.items():
        coming = Browser()
        coming.force_login(make_user(role, team=office.team if DEFINITIONS[role].of_a_team else None))
        asked[str(role)] = (path, coming.cookies[settings.SESSION_COOKIE_NAME].value)

    for name, (path, session) in asked.items():
        document, everything, uncompressed = weighed(browser, shipped, path, session)
        rows.append(Weight(name=f"{name}: {path}, the page", weight=document))
        rows.append(Weight(name=f"{name}: {path}, first visit", weight=everything, budget=FIRST_VISIT_BYTES))
        plain += uncompressed

    said = table(rows, title="What a first visit weighs, as Chromium measures it with the headers of all answers")
    (tmp_path / "first-visits.txt").write_text(said, "utf-8")
    print(f"\n{said}")
    assert plain == []
    assert all(each.is_kept for each in rows), said
