"""What holds for answers of every kind: headers, methods, refusals and errors, and what is said of them in the log."""

import logging
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.conf import LazySettings
from django.test import Client as Browser
from django.test import RequestFactory

from casework.accounts.roles import Role
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db

PAGES = ("/account/login/", "/nothing-is-here/", "/readyz", "/people/", "/programmes/", "/")


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def browser() -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(make_user(Role.ADMINISTRATOR))
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_of_content_names_everything_it_should(browser: Browser, path: str) -> None:
    answer = browser.get(path)

    policy = answer["Content-Security-Policy"]
    for part in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert f"{part} 'none'" in policy
    assert "unsafe" not in policy
    assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert (answer["Cache-Control"], answer["Cross-Origin-Opener-Policy"]) == ("no-store, private", "same-origin")
    if answer.content:
        assert answer["Content-Type"] in {"text/html; charset=utf-8", "text/plain", "text/plain; charset=utf-8"}


@pytest.mark.parametrize("path", PAGES)
def test_no_answer_lets_other_sites_read_it(browser: Browser, path: str) -> None:
    answer = browser.get(path, HTTP_ORIGIN="https://elsewhere.example")

    assert not [name for name in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize("path", PAGES)
def test_trace_is_not_answered(browser: Browser, path: str) -> None:
    answer = browser.trace(path, HTTP_X_SAID="said-by-the-browser")

    assert answer.status_code in {404, 405}
    assert b"said-by-the-browser" not in answer.content


@pytest.mark.parametrize("path", ["/static/", "/static/vendor/", "/media/", "/.git/config", "/static/../casework/"])
def test_a_folder_is_not_listed(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize(("proxies", "believed"), [(0, "192.0.2.1"), (1, "198.51.100.7")])
def test_a_forged_address_of_a_proxy_is_not_believed(settings: LazySettings, proxies: int, believed: str) -> None:
    """With a proxy in front, what the proxy added counts and not what came in with the request; without, nothing does."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    said = "203.0.113.9, 198.51.100.7" if proxies else "203.0.113.9"
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=said, HTTP_X_REAL_IP="203.0.113.9"
    )

    assert get_adapter(request).get_client_ip(request) == believed


def test_a_page_that_is_refused_is_logged_with_who_and_which(caplog: Any) -> None:
    user = make_user(Role.CASEWORKER)
    browser = Browser()
    browser.force_login(user)
    with caplog.at_level(logging.WARNING, logger="casework.web.decorators"):
        assert browser.get("/programmes/").status_code == 403

    assert [record.getMessage() for record in caplog.records if record.name == "casework.web.decorators"] == [
        f"refused: user {user.pk} lacks programmes_manage for programmes"
    ]


def test_what_breaks_is_logged_and_the_page_says_nothing_of_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def breaks(*_args: Any) -> None:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr("casework.web.programmes.views._rows", breaks)
    answer = browser.get("/programmes/")

    assert answer.status_code == 500
    said = answer.content.decode()
    assert not [word for word in ("secret detail", "Traceback", "RuntimeError", "casework/web", ".py") if word in said]
    assert "Internal Server Error: /programmes/" in caplog.text
