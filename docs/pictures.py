# ruff: noqa: INP001 - a script beside the pages that it is for, imported by nothing
"""Make the pictures of docs/guides.md anew, from the running demo. In the development environment:

    bin/run --port 8000 | tee logins.txt    # in another terminal; prints the logins
    .venv/bin/python docs/pictures.py http://localhost:8000 logins.txt

The people in them are invented, and every page says so.
"""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

TO = Path(__file__).parent / "pictures"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
# Which pages: name of the picture, e-mail, path, viewport.
PICTURES: tuple[tuple[str, str, str, dict[str, int]], ...] = (
    ("caseworker", "caseworker@demo.example", "/", DESK),
    ("caseworker-phone", "caseworker@demo.example", "/", PHONE),
    ("caseworker-log-a-case-phone", "caseworker@demo.example", "/cases/new/", PHONE),
    ("coordinator", "coordinator@demo.example", "/", DESK),
    ("coordinator-waiting-list", "coordinator@demo.example", "/housing/waiting/", DESK),
    ("coordinator-capacity", "coordinator@demo.example", "/reports/capacity/", DESK),
    ("policy", "editor@demo.example", "/policy-desk/", DESK),
    ("administrator", "admin@demo.example", "/", DESK),
    ("auditor", "auditor@demo.example", "/audit/", DESK),
    ("report-reader", "reports@demo.example", "/reports/", DESK),
    ("duplicate-reviewer", "duplicates@demo.example", "/duplicates/", DESK),
    ("help-phone", "caseworker@demo.example", "/help/caseworker/", PHONE),
)
LOGIN = re.compile(r"(\S+@demo\.example)\s+(\S+)")


def main(site: str, logins: str) -> None:
    passwords = dict(LOGIN.findall(Path(logins).read_text("utf-8")))
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    TO.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        pages: dict[str, Any] = {}
        for name, email, path, viewport in PICTURES:
            if email not in pages:
                pages[email] = _signed_in(browser.new_page(locale="en-GB"), site, email, passwords[email])
            page = pages[email]
            page.set_viewport_size(viewport)
            page.goto(f"{site}{path}")
            page.screenshot(path=TO / f"{name}.png")
            sys.stdout.write(f"{name}.png  {(TO / f'{name}.png').stat().st_size / 1024:.0f} KB\n")
        browser.close()


def _signed_in(page: Any, site: str, email: str, password: str) -> Any:
    page.goto(f"{site}/account/login/")
    page.fill("main [name=login]", email)
    page.fill("main [name=password]", password)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    return page


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
