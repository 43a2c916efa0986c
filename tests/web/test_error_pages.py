"""Every page of an error says what became of what was sent and what to do next, in the reader's language, and leads on."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as site_settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import translation

from casework.accounts.roles import Role
from casework.web import errors
from casework.web.failures import AWAY, BUSY, DISK_FULL, READ_ONLY, STORAGE_AWAY, failed
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in site_settings.LANGUAGES]
SAID = re.compile(r"<main.*?</main>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
# Each says one of these of what was sent, in the words of the source.
OUTCOMES = (
    "Nothing was changed.",
    "Nothing was saved.",
    "Nothing was done with what you sent.",
    "What you sent was not saved.",
    "What you sent was most likely not saved.",
    "nothing is shown and nothing was changed",
    "your change was not saved",
    "There is nothing at this address that you can see.",
)


def the_500(request: HttpRequest) -> HttpResponse:
    try:
        raise ValueError("what it says holds what somebody typed")
    except ValueError:
        return errors.server_error(request)


def the_503(request: HttpRequest) -> HttpResponse:
    try:
        raise OperationalError("connection failed")
    except OperationalError:
        return errors.server_error(request)


PAGES: dict[str, tuple[int, Callable[[HttpRequest], HttpResponse]]] = {
    "400": (400, lambda request: errors.bad_request(request, SuspiciousOperation())),
    "403": (403, lambda request: errors.forbidden(request, PermissionError())),
    "404": (404, lambda request: errors.not_found(request, LookupError())),
    "413": (413, lambda request: errors.bad_request(request, RequestDataTooBig())),
    "500": (500, the_500),
    "503": (503, the_503),
    "csrf": (403, errors.csrf_failure),
    "not recorded": (503, lambda request: errors.not_recorded()),
    **{
        failure.code: (503, lambda request, failure=failure: failed(request, failure))
        for failure in (DISK_FULL, READ_ONLY, AWAY, BUSY, STORAGE_AWAY)
    },
}


def request_in(language: str) -> Any:
    request: Any = RequestFactory().post("/nothing-is-here/", {"text": "Была в школе, всё хорошо"})
    request.user, request.LANGUAGE_CODE, request.session = make_user(), language, {}
    return request


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_it_says_what_became_of_it_and_leads_on(name: str, language: str) -> None:
    status, page = PAGES[name]

    with translation.override(language):
        answer = page(request_in(language))
        html = answer.content.decode()
    english = said_in(page, "en")

    assert answer.status_code == status
    assert f'<html lang="{language}"' in html
    assert any(outcome in english for outcome in OUTCOMES)
    assert re.search(r"[Gg]o back|[Tt]ry|send it again|ask your|search for", english)
    assert re.search(r'<main.*(?:<a [^>]*href="|<form method="post" action=")/.*</main>', html, re.DOTALL)
    assert "what somebody typed" not in html


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_of_it_stays_english(name: str, language: str) -> None:
    _status, page = PAGES[name]

    said = said_in(page, language)

    assert re.findall(r"\b(?:the|you|was|not|your|with)\b", said) == []
    assert len(re.findall("[а-яёңөү]{4,}", said)) > 8


def said_in(page: Callable[[HttpRequest], HttpResponse], language: str) -> str:
    with translation.override(language):
        html = page(request_in(language)).content.decode()
    [main] = SAID.findall(html)
    return " ".join(TAGS.sub(" ", main).split())


@pytest.fixture
def browser(settings: LazySettings) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser(raise_request_exception=False)
    browser.force_login(make_user(Role.ADMINISTRATOR, language="ru"))
    return browser


def test_an_address_that_only_a_button_leads_to_is_no_white_page(browser: Browser) -> None:
    answer = browser.get("/language/")

    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert "Ничего не изменено." in answer.content.decode()
    assert '<html lang="ru"' in answer.content.decode()


def test_a_script_is_told_in_a_word_that_it_may_not(browser: Browser) -> None:
    answer = browser.get("/language/", headers={"Sec-Fetch-Dest": "empty"})

    assert (answer.status_code, answer.content) == (405, b"")


def test_too_much_at_once_says_so(browser: Browser, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 900
    answer = browser.post("/language/", "language=ky&x=" + "x" * 999, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert "Сократите" in answer.content.decode()


def test_too_many_sign_ins_from_one_address_say_so(settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    browser = Browser(headers={"accept-language": "ky"})
    typed = {"login": "nobody@example.org", "password": "wrong"}
    answers = [browser.post("/account/login/", typed) for _number in range(3)]

    assert [it.status_code for it in answers] == [200, 200, 429]
    html = answers[-1].content.decode()
    assert '<html lang="ky"' in html
    assert "Беш мүнөт" in html
    assert '<a href="/">' in html


def test_without_a_token_it_says_where_what_was_typed_is(settings: LazySettings) -> None:
    browser = Browser(enforce_csrf_checks=True, headers={"accept-language": "ru"})
    answer = browser.post("/account/login/", {"login": "a@example.org", "password": "wrong"})

    assert answer.status_code == 403
    assert "Ничего не сохранено" in answer.content.decode()


def test_whose_session_has_ended_is_asked_to_sign_in_and_comes_back(browser: Browser) -> None:
    browser.session.flush()
    answer = browser.get("/people/")

    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/people/")
