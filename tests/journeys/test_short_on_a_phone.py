"""What a phone shows at once: all that cannot wait, and what can wait under its number; lists with several facts on a line."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.clients.models import Client
from casework.lib.dates import today_in
from tests.browser import DESK, PHONE
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_deadline
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODAY = "Asia/Almaty"


@pytest.fixture
def worker() -> User:
    return worker_of(almaty())


def make_person(worker: User, name: str, *, due_in: int) -> Client:
    client = make_client(
        case=make_case(team=worker.memberships.get().team, caseworker=worker, by=worker), family_name=name, by=worker
    )
    make_deadline(client, today_in(TODAY, timezone.now()) + timedelta(days=due_in))
    return client


def is_seen(page: Any, words: str) -> bool:
    return bool(page.locator("main .deadline-row", has_text=words).first.is_visible())


def test_what_can_wait_makes_room_on_a_phone_for_what_cannot(visit: Visit, worker: User) -> None:
    make_person(worker, "Просроченная", due_in=-3)
    make_person(worker, "Завтрашняя", due_in=1)
    phone, desk = signed_in(visit(viewport=PHONE), worker), signed_in(visit(viewport=DESK), worker)

    assert (is_seen(desk.page, "Просроченная"), is_seen(desk.page, "Завтрашняя")) == (True, True)
    assert (is_seen(phone.page, "Просроченная"), is_seen(phone.page, "Завтрашняя")) == (True, False)
    assert "Due in 1 day" in phone.text  # beside the title of what is folded

    phone.page.get_by_role("link", name="Next 7 days").click()
    phone.look()
    assert is_seen(phone.page, "Завтрашняя")


def test_nothing_is_folded_where_there_is_nothing_to_make_room_for(visit: Visit, worker: User) -> None:
    make_person(worker, "Завтрашняя", due_in=1)

    assert is_seen(signed_in(visit(viewport=PHONE), worker).page, "Завтрашняя")


def test_without_scripts_nothing_is_folded_on_a_phone(visit: Visit, worker: User) -> None:
    make_person(worker, "Просроченная", due_in=-3)
    make_person(worker, "Завтрашняя", due_in=1)

    assert is_seen(signed_in(visit(viewport=PHONE, java_script_enabled=False), worker).page, "Завтрашняя")


def test_a_deadline_is_done_beside_its_row_and_waived_a_page_on(visit: Visit, worker: User) -> None:
    make_person(worker, "Просроченная", due_in=-3)
    phone = signed_in(visit(viewport=PHONE), worker)
    row = phone.page.locator(".deadline-row", has_text="Просроченная")

    done, words = row.get_by_role("button", name="Done").bounding_box(), row.locator("strong").bounding_box()
    assert done["x"] > words["x"]
    assert done["height"] >= 44
    assert not row.locator(".waive").is_visible()

    phone.follow("Why this date?", within=".deadline-row")
    assert phone.page.get_by_role("link", name="Waive").is_visible()


def test_a_case_has_several_facts_on_a_line_and_no_blanks(visit: Visit, worker: User) -> None:
    make_client(case=make_case(team=worker.memberships.get().team, caseworker=worker, by=worker), by=worker)
    phone = signed_in(visit(viewport=PHONE), worker).go("/cases/")
    row = phone.page.locator("main tbody tr")

    assert "Test Worker" in row.inner_text()
    assert "None" not in row.inner_text()
    assert row.bounding_box()["height"] < 130
    assert not phone.page.get_by_role("button", name="Go on").is_visible()
    phone.page.locator("summary", has_text="With the ticked cases").click()
    assert phone.look().page.get_by_role("button", name="Go on").is_visible()
