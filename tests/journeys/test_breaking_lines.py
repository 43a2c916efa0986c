"""A line that breaks, a server that goes away and a session that runs out: nobody wonders whether it was saved, and nobody types it twice."""

import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from casework.accounts.models import Draft, Session, User
from casework.clients.models import Case, Client
from casework.documents.models import ScanPage
from casework.lib.dates import today_in
from casework.residency.models import Stay
from tests.browser import DESK, PHONE, Visitor, browser
from tests.factories.accounts import PASSWORD
from tests.factories.clients import make_case, make_client
from tests.journeys.people import almaty, days_ago, signed_in, type_case, type_day, worker_of
from tests.slow_line import SlowLine, slow_line

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def line(live_server: LiveServer, settings: LazySettings) -> Iterator[SlowLine]:
    settings.SECOND_FACTOR_REQUIRED = False
    with slow_line(live_server.thread.port) as line:
        yield line


@pytest.fixture
def worker() -> User:
    return worker_of(almaty())


def begin_case(browser: Any, line: SlowLine, worker: User, **options: Any) -> Visitor:
    """Somebody who has filled in the form of a new case."""
    visitor = signed_in(Visitor(browser, line.address, viewport=PHONE, **options), worker).go("/cases/new/")
    type_case(visitor, entered=days_ago(10, today_in("Asia/Almaty", timezone.now())))
    return visitor


def on_case(visitor: Visitor) -> Case:
    """Wait until the page of the one case that there is has opened."""
    visitor.page.wait_for_selector("#deadlines", timeout=30_000)
    case = Case.objects.get()
    assert visitor.path.startswith(f"/cases/{case.code}/")
    visitor.page.troubles.clear()  # the console complains of the line
    return case


def wait_until(visitor: Visitor, holds: Callable[[], bool]) -> None:
    """Pages let nobody evaluate words as scripts, as the browser's own waiting would."""
    for _moment in range(300):
        if holds():
            return
        visitor.page.wait_for_timeout(100)
    raise AssertionError(visitor.page.url)


def end_of_sessions() -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def test_a_form_waits_while_the_line_is_down_and_goes_once_it_is_back(
    browser: Any, line: SlowLine, worker: User
) -> None:
    visitor = begin_case(browser, line, worker)
    line.is_down = True
    line.cut()

    visitor.page.get_by_role("button", name="Log this case").click()
    visitor.page.get_by_text("Not saved, trying again").wait_for()
    assert (visitor.path, visitor.page.input_value("[name=given_name]")) == ("/cases/new/", "Евгений")
    assert not Case.objects.exists()

    line.is_down = False
    on_case(visitor)
    assert not Draft.objects.filter(ended_at=None).exists()
    visitor.leave()


def test_a_form_whose_answer_was_lost_is_sent_again_and_makes_one_case(
    browser: Any, line: SlowLine, worker: User
) -> None:
    visitor = begin_case(browser, line, worker)
    line.loses = ("answer", b"POST /cases/new/ ")
    line.stays_down = True

    visitor.page.get_by_role("button", name="Log this case").click()
    wait_until(visitor, lambda: visitor.page.url.startswith("chrome-error:"))
    assert line.lost == 1
    line.is_down = False
    visitor.page.reload()

    on_case(visitor)
    visitor.leave()


def test_what_was_typed_is_there_after_the_line_broke_while_it_was_sent(
    browser: Any, line: SlowLine, worker: User
) -> None:
    visitor = begin_case(browser, line, worker)
    line.loses = ("request", b"POST /cases/new/ ")
    line.stays_down = True

    visitor.page.get_by_role("button", name="Log this case").click()
    wait_until(visitor, lambda: visitor.page.url.startswith("chrome-error:"))
    assert not Case.objects.exists()
    line.is_down = False
    visitor.page.troubles.clear()

    visitor.go("/cases/new/").follow("Go on with the draft")
    assert visitor.page.input_value("[name=family_name]") == "Придуманов"
    assert visitor.page.input_value("[name=document_number]") == "70 1234567"
    visitor.press("Log this case")
    on_case(visitor)
    visitor.leave()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_what_was_typed_is_kept_over_the_sign_in_when_the_session_ran_out(
    browser: Any, line: SlowLine, worker: User, has_scripts: bool
) -> None:
    visitor = begin_case(browser, line, worker, java_script_enabled=has_scripts)
    end_of_sessions()

    visitor.page.get_by_role("button", name="Log this case").click()
    visitor.page.wait_for_url("**/account/login/**")
    assert "What you typed is kept" in visitor.text
    assert not Case.objects.exists()
    visitor.fill(login=worker.email, password=PASSWORD)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    if not has_scripts:
        visitor.page.get_by_role("button", name="Send it now").click()

    case = on_case(visitor)
    assert case.clients.get().given_name == "Евгений"
    visitor.leave()


def test_whoever_signs_in_again_in_another_tab_goes_on_where_they_typed(
    browser: Any, line: SlowLine, worker: User
) -> None:
    visitor = begin_case(browser, line, worker)
    end_of_sessions()
    visitor.fill(other_names="Pridumanov Evgenii")
    visitor.page.get_by_text("you are signed out").wait_for(timeout=20_000)

    other = visitor.page.context.new_page()
    other.goto(f"{line.address}/account/login/")
    other.fill("[name=login]", worker.email)
    other.fill("[name=password]", PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url("**/my-day/")

    visitor.page.get_by_role("button", name="Log this case").click()
    assert on_case(visitor).clients.get().other_names == "Pridumanov Evgenii"
    visitor.leave()


def upload_at(tools: Any, rate: int) -> None:
    """Let the browser send no more than so many bytes a second; -1: as fast as it goes."""
    tools.send("Network.enable")
    asked = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": rate}
    tools.send("Network.emulateNetworkConditions", asked)


def large_photo() -> bytes:
    """A photo as phones take them: twelve megapixels, some megabytes, no two pixels alike."""
    small = Image.frombytes("RGB", (1000, 750), os.urandom(1000 * 750 * 3))
    kept = io.BytesIO()
    small.resize((4000, 3000), Image.Resampling.BICUBIC).save(kept, "JPEG", quality=92)
    return kept.getvalue()


def test_a_large_photo_is_shrunk_shows_its_progress_and_can_be_stopped_and_sent_after_all(
    browser: Any, line: SlowLine, worker: User
) -> None:
    client: Client = make_client(
        case=make_case(team=worker.memberships.get().team, caseworker=worker, by=worker), by=worker
    )
    visitor = signed_in(Visitor(browser, line.address, viewport=PHONE), worker)
    page = visitor.go(f"/clients/{client.reference}/scans/new/").page
    photo = large_photo()
    page.set_input_files(
        "main input[type=file]", files=[{"name": "big.jpg", "mimeType": "image/jpeg", "buffer": photo}]
    )
    page.select_option("main [name=kind]", "identity")
    page.wait_for_selector(".chosen canvas[width='160']")
    row = page.locator(".chosen li")

    # Slowed down within the browser: before a line on this machine, the system would take the whole photo in at once.
    tools = page.context.new_cdp_session(page)
    upload_at(tools, 60_000)
    page.get_by_role("button", name="Add these pages").click()
    wait_until(visitor, lambda: 0 < page.evaluate("document.querySelector('.chosen progress').value") < 1)
    row.get_by_role("button", name="Stop").click()
    row.get_by_text("Stopped").wait_for()
    visitor.look()
    assert not ScanPage.objects.exists()

    upload_at(tools, -1)
    line.is_down = True
    line.cut()
    page.get_by_role("button", name="Add these pages").click()
    row.get_by_text("Not saved, trying again").wait_for()
    line.is_down = False
    with page.expect_navigation():
        row.get_by_role("button", name="Try now").click()

    kept = ScanPage.objects.get()
    assert (kept.width, kept.height) == (2400, 1800)
    assert line.most_sent < len(photo) / 2
    page.troubles.clear()
    visitor.look().leave()


@pytest.mark.slow
def test_a_case_is_logged_and_a_stay_recorded_at_32_kbit_a_second_and_two_seconds_to_and_fro(
    browser: Any, line: SlowLine, worker: User
) -> None:
    """On plain files, without what compresses them: what a first visit weighs is measured in test_weights."""
    visitor = signed_in(Visitor(browser, line.address, viewport=DESK), worker)
    visitor.page.set_default_timeout(120_000)
    visitor.page.set_default_navigation_timeout(120_000)
    line.rate, line.delay = 4000, 1.0
    today = today_in("Asia/Almaty", timezone.now())

    visitor.go("/cases/new/")
    type_case(visitor, entered=days_ago(10, today))
    visitor.press("Log this case")
    case = on_case(visitor)
    visitor.follow("Record a stay")
    visitor.page.select_option("[name=country]", "KZ")
    for name, day in (("entered", days_ago(99, today)), ("left", days_ago(60, today))):
        visitor.page.check(f"[name={name}_known][value=exact]")
        type_day(visitor, f"{name}_exact", day)
    visitor.press("Save this stay")

    assert visitor.path.startswith(f"/cases/{case.code}/")
    assert Stay.objects.filter(client__case=case).count() == 2
    visitor.leave()
