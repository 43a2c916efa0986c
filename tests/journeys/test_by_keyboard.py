"""A morning by keyboard alone: search, open, mark a deadline done, undo; the sheet of keys; and without single keys."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.lib.dates import today_in
from casework.residency.actions import refresh
from casework.residency.models import Deadline
from tests.browser import DESK, Visitor
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def go(visitor: Visitor, *keys: str) -> Visitor:
    """Press keys of which the last leads to another page."""
    for key in keys[:-1]:
        visitor.page.keyboard.press(key)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(keys[-1])
    return visitor.look()


def focused(visitor: Visitor, what: str) -> str:
    return str(visitor.page.evaluate(f"document.activeElement?.{what} ?? ''"))


@pytest.fixture
def worker() -> User:
    return worker_of(almaty())


def test_a_morning_without_a_mouse(visit: Visit, worker: User) -> None:
    team, today = worker.memberships.get().team, today_in("Asia/Almaty", timezone.now())
    client = make_client(
        case=make_case(team=team, caseworker=worker, by=worker), family_name="Придуманова", given_name="Ася", by=worker
    )
    make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")
    make_stay(client, today - timedelta(days=40), by=worker)
    refresh(client_ids=[client.pk], now=timezone.now())
    deadline = client.deadlines.get()
    visitor = signed_in(visit(viewport=DESK), worker)
    keyboard = visitor.page.keyboard
    assert visitor.path == "/my-day/"

    # "/" leads to the search box from anywhere, and is a letter within it.
    keyboard.press("/")
    assert focused(visitor, "id") == "search"
    keyboard.type("Pridumanova/j")
    assert visitor.page.input_value("#search") == "Pridumanova/j"
    visitor.page.fill("#search", "Pridumanova")
    go(visitor, "Enter")
    assert "Придуманова Ася" in visitor.text

    # The first row of what was found, opened; and back to it by what was opened last.
    go(visitor, "j", "o")
    assert visitor.path == f"/clients/{client.reference}/"
    go(visitor, "g", "r")
    assert visitor.path == "/cases/recent/"
    go(visitor, "j", "o")
    assert visitor.path == f"/cases/{client.case.code}/"

    # My day: the overdue deadline is the first row. Done, and undone.
    go(visitor, "g", "d")
    assert visitor.path == "/my-day/"
    keyboard.press("j")
    assert "Overdue" in focused(visitor, "innerText")
    go(visitor, "d")
    assert "Marked as done." in visitor.text
    assert Deadline.objects.get(pk=deadline.pk).state == "done"
    go(visitor, "u")
    assert "Undone." in visitor.text
    assert Deadline.objects.get(pk=deadline.pk).state == "open"

    # The sheet opens over the page and closes by Escape, and nobody has left the page.
    keyboard.press("?")
    visitor.page.locator("dialog[open]").get_by_text("mark the row as done").wait_for()
    keyboard.press("j")
    assert focused(visitor, "tagName") == "BUTTON"
    keyboard.press("Escape")
    assert visitor.page.locator("dialog[open]").count() == 0
    assert visitor.path == "/my-day/"


def test_whoever_turned_single_keys_off_types_in_peace(visit: Visit, worker: User) -> None:
    visitor = signed_in(visit(viewport=DESK), worker)
    go(visitor, "g", "h").go("/shortcuts/")

    visitor.page.get_by_role("button", name="Turn single keys off").focus()
    go(visitor, "Enter")
    for key in ("/", "j", "?", "g", "c"):
        visitor.page.keyboard.press(key)

    assert visitor.path == "/shortcuts/"
    assert (focused(visitor, "id"), visitor.page.locator("dialog").count()) == ("", 0)
