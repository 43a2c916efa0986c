"""Nothing that is sent leads anybody to another site, whichever parameter, header or address says so."""

import time
from collections.abc import Callable
from itertools import cycle
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import LazySettings
from django.test import Client as Browser

from casework.accounts.models import Counter, User
from casework.accounts.roles import Role
from casework.config.oidc import provider_of
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.residency import make_rule
from tests.pages import form_in
from tests.web.sign_in.provider import Provider, running

from .fuzz import Harvest
from .office import OUR_ADDRESSES, come_in, open_office
from .payloads import ELSEWHERE
from .safe import leads_away

pytestmark = pytest.mark.django_db

# Names by which pages anywhere are told where to go on.
STEERING = (
    "next",
    "back",
    "to",
    "url",
    "return",
    "return_to",
    "redirect",
    "redirect_uri",
    "continue",
    "go",
    "process",
    "referral",
    "draft",
)


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = True


@pytest.fixture
def user() -> User:
    return make_user(Role.COORDINATOR)


@pytest.fixture
def browser(user: User) -> Browser:
    return come_in(user)


def away(answers: dict[str, Any]) -> list[tuple[str, str]]:
    found = {asked: it.get("Location", "") or it.get("HX-Redirect", "") for asked, it in answers.items()}
    return [(asked, there) for asked, there in found.items() if there and leads_away(there)]


def test_there_are_two_hundred_addresses_elsewhere() -> None:
    assert len(set(ELSEWHERE)) >= 200
    assert sum(leads_away(it) for it in ELSEWHERE) >= 150
    assert not any(
        leads_away(it) for it in ("/", "/cases/?next=//x", "", "?a=b", "#x", "http://testserver/x", "cases/")
    )


def test_the_switch_of_languages(browser: Browser) -> None:
    by_field = {it: browser.post("/language/", {"language": "ru", "next": it}) for it in ELSEWHERE}
    by_header = {it: browser.post("/language/", {"language": "ru"}, headers={"referer": it}) for it in ELSEWHERE[::3]}

    assert away(by_field) == away(by_header) == []
    assert {it.status_code for it in by_field.values()} == {302}
    assert browser.post("/language/", {"language": "ru", "next": "/cases/"})["Location"] == "/cases/"


def test_the_door_to_those_who_are_in_already(browser: Browser) -> None:
    answers = {it: browser.get(f"/account/login/?next={quote(it)}") for it in ELSEWHERE}

    assert away(answers) == []
    assert browser.get("/account/login/?next=/cases/")["Location"] == "/cases/"


def test_the_door_to_those_who_come_in(user: User) -> None:
    answers = {}
    for it in ELSEWHERE[::8]:
        typed = {"login": user.email, "password": PASSWORD}
        answers[it] = Browser().post(f"/account/login/?next={quote(it)}", typed | {"next": it})

    assert away(answers) == []
    assert {answer.status_code for answer in answers.values()} == {302}


def test_the_question_who_it_is(browser: Browser) -> None:
    answers = {}
    for it in ELSEWHERE[1::5]:
        Counter.objects.all().delete()  # nobody is asked so often
        session = browser.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 900}]
        session.save()
        answers[it] = browser.post(f"/account/reauthenticate/?next={quote(it)}", {"password": PASSWORD, "next": it})

    assert away(answers) == []
    assert {answer.status_code for answer in answers.values()} == {302}


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.slow)])
def test_pages_that_go_back_to_where_one_came_from(browser: Browser, step: int) -> None:
    answers = {}
    for it in ELSEWHERE[::step]:
        form = form_in(browser.get("/more-cases/").content.decode(), "reason")
        answers[it] = browser.post("/more-cases/", form | {"reason": "Придумано: звоню всем подряд", "next": it[:200]})
    rule = make_rule()
    editor = come_in(make_user(Role.POLICY_EDITOR))
    url = f"/policy-desk/rules/{rule.pk}/verify/"
    for it in ELSEWHERE[2::step]:
        form = form_in(editor.get(f"{url}?next={quote(it)}").content.decode(), "read_on_day")
        typed = {
            "citation": str(rule.citations.get().pk),
            "read_on_day": "20",
            "read_on_month": "11",
            "read_on_year": "2026",
        }
        answers[f"verify {it}"] = editor.post(url, form | typed | {"next": it})

    assert away(answers) == []
    assert [answer.status_code for answer in answers.values()].count(302) > len(answers) * 0.9


def test_the_sign_in_of_the_organisation(settings: LazySettings) -> None:
    with running() as provider:
        value = {"name": "Example Org", "server": provider.address, "client_id": "casework", "client_secret": "x"}
        settings.SOCIALACCOUNT_PROVIDERS = provider_of(value)
        user = make_user()
        answers = {it: visit(provider, user, it) for it in ELSEWHERE[3::20]}
        again = {it: come_in(user).get(f"/account/organisation/again/?next={quote(it)}") for it in ELSEWHERE[4::20]}

    assert away(answers) == []
    assert {answer.status_code for answer in answers.values()} == {302}
    assert [it for it, page in again.items() if page.status_code != 200 or leads_away(page.context["next"])] == []


def visit(provider: Provider, user: User, it: str) -> Any:
    start = f"/account/organisation/?next={quote(it)}"
    return provider.visit(Browser(), start, email=user.email, email_verified=True, amr=["mfa"])


def test_addresses_that_look_like_those_of_another_site(browser: Browser) -> None:
    """A missing slash is added, and whoever is not signed in is sent to the door with the address in hand."""
    answers: dict[str, Any] = {}
    for it in ELSEWHERE[::2]:
        there = it.encode().decode("latin-1")
        path = {"PATH_INFO": there if it.startswith("/") else f"/{there}", "QUERY_STRING": f"next={quote(it)}"}
        for who in (browser, Browser()):
            answers[f"{it} {len(answers)}"] = who.get("/", **path)  # type: ignore[arg-type]  # what a server hands on

    assert away(answers) == []
    onward = [dict(parse_qsl(urlsplit(it.get("Location", "")).query)).get("next", "") for it in answers.values()]
    assert [it for it in onward if leads_away(it)] == []


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "x-host"])
def test_headers_of_proxies(browser: Browser, header: str) -> None:
    pages: list[Callable[..., Any]] = [browser.get, Browser().get]
    answers = {
        f"{path} {header}": get(path, headers={header: "evil.example"})
        for get in pages
        for path in ("/cases", "/cases/")
    }

    assert away(answers) == []


@pytest.mark.slow
def test_any_page_and_any_form_whatever_it_is_told() -> None:
    office = open_office()
    chief = come_in(office.chief)
    harvest = Harvest()
    there, answers = cycle(ELSEWHERE), {}
    for address in OUR_ADDRESSES:
        asked = {name: next(there) for name in STEERING}
        response = chief.get(office.path(address), asked)
        answers[f"GET {address.route} {asked}"] = response
        harvest.take(office.path(address), response)
    for form in harvest.targets:
        if form.method == "POST" and "/account/" not in form.path:
            asked = form.fields | {name: [next(there)] for name in STEERING if name not in form.fields}
            answers[f"POST {form.path} {asked}"] = chief.post(form.path, asked, headers={"referer": next(there)})

    assert away(answers) == []
    assert sum(it.status_code == 302 for it in answers.values()) > 60
