"""Sessions: what lies in the table opens nothing, and none lasts longer than it may."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Session
from casework.accounts.sessions import SessionStore, hashed
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(settings: LazySettings) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser()
    browser.force_login(make_user())
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/account/settings/").status_code == 200


def test_the_table_holds_neither_the_key_nor_the_content(browser: Browser) -> None:
    row = Session.objects.get()
    cookie = browser.cookies["session"].value

    assert row.session_key == hashed(cookie) != cookie
    assert str(row.user_id) not in row.session_data
    assert is_in(browser)


def test_what_a_copy_of_the_table_shows_is_no_cookie(browser: Browser) -> None:
    browser.cookies["session"] = Session.objects.get().session_key

    assert not is_in(browser)


def test_altered_content_is_no_session(browser: Browser) -> None:
    Session.objects.update(session_data="altered")

    assert not is_in(browser)


def test_half_an_hour_without_a_request_ends_it(browser: Browser) -> None:
    ends_at = Session.objects.get().expire_date

    assert timedelta(minutes=29) < ends_at - timezone.now() <= timedelta(minutes=30)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(browser)


def test_a_request_begins_the_half_hour_anew(browser: Browser) -> None:
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=2))

    assert is_in(browser)
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=29)


def test_ten_hours_after_signing_in_it_ends_however_busy(browser: Browser) -> None:
    Session.objects.update(opened_at=timezone.now() - timedelta(hours=10, seconds=1))

    assert not is_in(browser)


def test_what_has_ended_is_cleared_away(browser: Browser) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    SessionStore.clear_expired()

    assert not Session.objects.exists()


def test_a_new_key_leaves_the_old_one_behind() -> None:
    store = SessionStore()
    store["x"] = "y"
    store.save()
    before = store.session_key
    store.cycle_key()

    assert store.session_key != before
    assert SessionStore(before).load() == {}
    assert SessionStore(store.session_key).load() == {"x": "y"}
