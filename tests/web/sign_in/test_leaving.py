"""Going: nothing stays behind, and whoever leaves quickly lands where nothing is said."""

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from casework.accounts.roles import Role
from casework.audit.models import Event
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db

SAID = "sign-in without a second factor"


@pytest.fixture
def browser(settings: LazySettings) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser()
    browser.force_login(make_user())
    return browser


@pytest.mark.parametrize("path", ["/account/logout/", "/account/leave/"])
def test_the_browser_is_told_to_forget_and_the_session_ends(browser: Browser, path: str) -> None:
    answer = browser.post(path)

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/my-day/").status_code == 302
    assert Event.objects.get(type="accounts.signed_out")


def test_whoever_leaves_quickly_lands_where_nothing_is_said(browser: Browser) -> None:
    html = browser.post("/account/leave/", follow=True).content.decode()

    assert "This page is empty." in html
    assert "casework" not in html.lower()
    assert 'href="/' not in html


def test_every_page_offers_to_leave_quickly_and_a_stranger_is_not_asked(browser: Browser) -> None:
    assert "data-leave" in browser.get("/my-day/").content.decode()
    assert "data-leave" not in Browser().get("/account/login/").content.decode()


def test_leaving_without_having_come_in_is_no_trouble() -> None:
    assert Browser().post("/account/leave/").status_code == 302


def test_the_demo_says_on_every_page_that_no_second_factor_is_asked(browser: Browser, settings: LazySettings) -> None:
    settings.DEMO = True

    for path in ("/my-day/", "/account/settings/", "/account/2fa/", "/nowhere/", "/account/sessions/"):
        assert SAID in browser.get(path).content.decode(), path
    assert SAID in Browser().get("/account/login/").content.decode()
    keeper = Browser()
    keeper.force_login(make_user(Role.POLICY_EDITOR))
    assert SAID in keeper.get("/admin/").content.decode()
