"""A server that is restarted, as an upgrade does it, between the typing of a form and its sending: nothing that was typed is lost."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from casework.accounts.models import Draft, User
from casework.clients.models import Case
from casework.lib.dates import today_in
from casework.residency.models import Stay
from tests.backups import key_file
from tests.browser import PHONE, Visitor, browser
from tests.journeys.people import almaty, days_ago, signed_in, type_case, worker_of
from tests.serving import SHIPPED, served, ship
from tests.slow_line import SlowLine, slow_line

__all__ = ["browser", "key_file"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Server:
    """Processes of the application, one after another, behind an address that stays."""

    def __init__(self, key_file: Path, folder: Path, line: SlowLine) -> None:
        self._running, self.line = ExitStack(), line
        self._where = (str(connection.settings_dict["NAME"]), key_file, folder)
        ship(*self._where)

    def start(self) -> None:
        self.line.server = self._running.enter_context(served(*self._where, settings_module=SHIPPED))

    def stop(self) -> None:
        self._running.close()
        self.line.cut()


@pytest.fixture
def server(key_file: Path, tmp_path: Path) -> Iterator[Server]:
    with slow_line(0) as line:
        server = Server(key_file, tmp_path, line)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def worker(key_file: Path) -> User:
    return worker_of(almaty())


def begin_case(browser: Any, server: Server, worker: User, *, has_scripts: bool) -> Visitor:
    """Somebody who has filled in the form of a new case."""
    visitor = Visitor(browser, server.line.address, viewport=PHONE, java_script_enabled=has_scripts)
    signed_in(visitor, worker).go("/cases/new/")
    type_case(visitor, entered=days_ago(10, today_in("Asia/Almaty", timezone.now())))
    return visitor.fill(other_names="Pridumanov Evgenii")


def assert_all_is_kept(visitor: Visitor) -> None:
    visitor.page.wait_for_selector("#deadlines", timeout=60_000)
    client = Case.objects.get().clients.get()
    assert (client.family_name, client.given_name, client.other_names) == (
        "Придуманов",
        "Евгений",
        "Pridumanov Evgenii",
    )
    assert client.birth_date == date(1990, 5, 17)
    assert client.documents.get().number == "70 1234567"
    stay = Stay.objects.get(client=client)
    assert stay.entered_earliest == stay.entered_latest == days_ago(10, today_in("Asia/Almaty", timezone.now()))
    assert not Draft.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_form_typed_before_a_restart_is_sent_after_it(
    browser: Any, server: Server, worker: User, has_scripts: bool
) -> None:
    visitor = begin_case(browser, server, worker, has_scripts=has_scripts)
    server.stop()
    server.start()

    visitor.page.get_by_role("button", name="Log this case").click()

    assert_all_is_kept(visitor)
    visitor.leave()


def test_a_form_that_is_sent_while_there_is_no_server_waits_for_it(browser: Any, server: Server, worker: User) -> None:
    visitor = begin_case(browser, server, worker, has_scripts=True)
    server.stop()

    visitor.page.get_by_role("button", name="Log this case").click()
    visitor.page.get_by_text("Not saved, trying again").wait_for()
    assert visitor.page.input_value("[name=other_names]") == "Pridumanov Evgenii"
    assert not Case.objects.exists()
    server.start()

    assert_all_is_kept(visitor)
    visitor.leave()
