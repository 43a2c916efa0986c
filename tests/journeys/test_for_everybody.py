"""Pages for whoever enlarges them, spreads their text, prints them in grey, wants no movement, needs strong colours or listens to them.

A sample of pages in `bin/test`, every page of the application with `--all`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from casework.accounts.models import User
from casework.lib.dates import today_in
from casework.residency.actions import refresh
from casework.residency.models import Deadline
from tests.browser import PHONE, barriers, browser, program
from tests.factories.accounts import PASSWORD
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay
from tests.journeys.looks import CUT, FAINT, MOVES, WIDE_TEXT, WORDLESS, came_in, nameless
from tests.journeys.people import almaty, days_ago, worker_of
from tests.journeys.walking import STICKS_OUT
from tests.web.hostile.office import open_office

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZOOMED = {"width": 640, "height": 400}  # 1280 pixels at 200 %
REFLOWED = {"width": 320, "height": 256}  # and at 400 %: the least that WCAG asks for


@pytest.fixture
def site(live_server: LiveServer, settings: LazySettings) -> str:
    settings.SECOND_FACTOR_REQUIRED = False
    return str(live_server.url)


@pytest.fixture
def worker() -> User:
    return worker_of(almaty())


@pytest.fixture
def pages(worker: User) -> list[str]:
    """My day with what is overdue, a case, a date explained, the form that people fill in most."""
    today = today_in("Asia/Almaty", timezone.now())
    client = make_client(case=make_case(team=worker.memberships.get().team, caseworker=worker, by=worker), by=worker)
    make_rule(parameters={"days": 90})
    make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")
    make_stay(client, days_ago(80, today), by=worker)
    refresh(client_ids=[client.pk], now=timezone.now())
    deadline = Deadline.objects.filter(client=client).earliest("due_on")
    return ["/my-day/", f"/cases/{client.case.code}/", f"/deadlines/{deadline.pk}/", "/cases/new/"]


Look = Callable[[Any], Iterable[str]]


def enlarged(page: Any) -> Iterator[str]:
    for size in (ZOOMED, REFLOWED):
        page.set_viewport_size(size)
        if out := page.evaluate(STICKS_OUT):
            yield f"wider than {size['width']}: {out}"
        yield from (f"at {size['width']}: {each}" for each in page.evaluate(CUT))
    page.add_style_tag(content=WIDE_TEXT)
    if out := page.evaluate(STICKS_OUT):
        yield f"wider with wide text: {out}"
    yield from (f"with wide text: {each}" for each in page.evaluate(CUT))


def on_grey_paper(page: Any) -> Iterator[str]:
    page.emulate_media(media="print")
    yield from (f"too faint on paper, {each}" for each in page.evaluate(FAINT))
    yield from (f"told by colour alone: {each}" for each in page.evaluate(WORDLESS))


def without_movement(page: Any) -> Iterator[str]:
    yield from (f"moves: {each}" for each in page.evaluate(MOVES))


def in_the_dark(page: Any) -> Iterator[str]:
    yield from (f"{name} in the dark: {element[:140]}" for name, element in barriers(page))


def listened_to(page: Any) -> Iterator[str]:
    yield from (f"without a name: {each}" for each in nameless(page))


LOOKS: dict[str, tuple[Look, dict[str, Any]]] = {
    "enlarged": (enlarged, {"viewport": ZOOMED, "device_scale_factor": 2, "bypass_csp": True}),
    "on grey paper": (on_grey_paper, {"color_scheme": "dark"}),
    "without movement": (without_movement, {"reduced_motion": "reduce"}),
    "in the dark": (in_the_dark, {"color_scheme": "dark", "viewport": PHONE}),
    "listened to": (listened_to, {}),
}


def looked_at(browser: Any, site: str, user: User, how: str, paths: Iterable[str]) -> list[str]:
    """Look at those of the addresses that are pages for this user."""
    look, options = LOOKS[how]
    page, session = came_in(browser, site, user, **options), Browser(raise_request_exception=False)
    session.force_login(user)
    found = []
    for path in paths:
        answer = session.get(path)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        page.emulate_media(media="screen")
        page.goto(f"{site}{path}")
        found += [f"{path} {trouble}" for trouble in look(page)]
    page.context.close()
    return found


@pytest.mark.parametrize("how", LOOKS)
def test_pages_that_people_use_all_day(browser: Any, site: str, worker: User, pages: list[str], how: str) -> None:
    found = looked_at(browser, site, worker, how, pages)

    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("how", LOOKS)
def test_every_page(browser: Any, site: str, how: str) -> None:
    office = open_office()
    paths = [path for route, path in office.paths.items() if "admin/" not in route and "export" not in route]

    found = looked_at(browser, site, office.chief, how, paths)

    assert not found, "\n".join(found)


def test_without_its_colours_a_page_shows_where_the_focus_is_and_what_a_state_is(
    browser: Any, site: str, worker: User, pages: list[str]
) -> None:
    page = came_in(browser, site, worker, forced_colors="active")
    page.goto(f"{site}/cases/new/")
    page.focus("[name=family_name]")
    box = page.locator("[name=family_name]").evaluate(
        "it => [getComputedStyle(it).outlineStyle, getComputedStyle(it).outlineWidth]"
    )
    page.goto(f"{site}/my-day/")
    borders = page.locator(".deadline").evaluate_all("all => all.map((it) => getComputedStyle(it).borderTopStyle)")

    assert box == ["solid", "3px"]
    assert set(borders) == {"solid"}
    page.context.close()


def test_papers_that_people_print_hold_all_and_nothing_to_press(
    browser: Any, site: str, worker: User, pages: list[str]
) -> None:
    """The widest table on the narrowest paper stays within it, and what is folded on the screen does not stand there as a lone title."""
    page = came_in(browser, site, worker)
    for path in pages[:3]:
        page.goto(f"{site}{path}")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 559, "height": 794})  # A5 at 96 dots an inch
        assert page.evaluate(STICKS_OUT) == "", path
        shown = page.locator("main :is(button, input, select, textarea, summary)").evaluate_all(
            "all => all.filter((it) => it.checkVisibility()).map((it) => it.outerHTML.slice(0, 120))"
        )
        assert shown == [], path
        assert page.pdf(format="A5").startswith(b"%PDF")
        page.emulate_media(media="screen")
    page.context.close()


def test_nothing_stays_in_the_browser_after_signing_out(browser: Any, site: str, worker: User, tmp_path: Any) -> None:
    """Looked for in what pages can store, in the page that "back" leads to, and in every file that the browser wrote."""
    canary, other = "Канарейкин", "Kanareykin"
    case = make_case(team=worker.memberships.get().team, caseworker=worker, by=worker)
    make_client(case=case, by=worker, family_name=canary)
    # As people start it: with its memory of pages that were left, which tests usually switch off.
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=program(),
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = context.pages[0]
    page.goto(f"{site}/account/login/")
    page.fill("main [name=login]", worker.email)
    page.fill("main [name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/my-day/")
    page.goto(f"{site}/cases/new/")
    page.fill("[name=family_name]", other)
    page.fill("#search", canary)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert canary in page.content()
    page.goto(f"{site}/cases/{case.code}/")
    assert canary in page.content()
    page.locator(".top-menu summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()

    stored = page.evaluate(
        "(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length])()"
    )
    cookies = {each["name"]: each["value"] for each in context.cookies()}
    page.go_back()
    page.wait_for_url("**/account/login/**")
    page.wait_for_load_state()
    assert canary not in page.content()
    context.close()

    assert stored == [0, 0, 0]
    assert set(cookies) <= {"csrf", "django_language", "messages"}
    written = [path for path in (tmp_path / "profile").rglob("*") if path.is_file()]
    assert any(b"/my-day/" in path.read_bytes() for path in written if path.name == "History")
    spelled = [word.encode(code) for word in (canary, other) for code in ("utf-8", "utf-16-le")]
    assert [str(path) for path in written if any(word in path.read_bytes() for word in spelled)] == []
