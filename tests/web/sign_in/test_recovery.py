"""A lost second factor: taken away by an administrator, set up anew through a link, and by nobody who has only the password."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core import mail
from django.db import IntegrityError
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Recovery, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from tests.factories.accounts import NOW, PASSWORD, make_user
from tests.web.sign_in.codes import code, give_codes

pytestmark = pytest.mark.django_db

ACTIVATE = "/account/2fa/totp/activate/"


@pytest.fixture
def user() -> User:
    user = make_user()
    give_codes(user)
    return user


@pytest.fixture
def administrator(settings: LazySettings) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser()
    browser.force_login(make_user(Role.ADMINISTRATOR))
    return browser


def reset(administrator: Browser, user: User, settings: LazySettings) -> str:
    """Return the path of the link; from here on a second factor is required."""
    page: Any = administrator.post(f"/people/{user.pk}/second-factor/reset/")
    settings.SECOND_FACTOR_REQUIRED = True
    return re.findall(r"/account/recovery/[^/]+/", page.content.decode())[0]


def signed_in(user: User, browser: Browser | None = None) -> Browser:
    browser = browser or Browser()
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser


def set_up(browser: Browser) -> None:
    browser.get(ACTIVATE)
    browser.post(ACTIVATE, {"code": code(browser.session["mfa.totp.secret"])})


def test_the_password_alone_sets_up_nothing(user: User, administrator: Browser, settings: LazySettings) -> None:
    reset(administrator, user, settings)
    browser = signed_in(user)

    for path in ("/", ACTIVATE, "/account/2fa/webauthn/add/", "/account/2fa/"):
        assert browser.get(path).status_code == browser.post(path).status_code == 403
    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.django_db(transaction=True)
def test_link_and_password_set_up_another_and_the_link_is_used_up(
    user: User, administrator: Browser, settings: LazySettings
) -> None:
    link, browser = reset(administrator, user, settings), Browser()
    assert browser.get(link).status_code == 200
    signed_in(user, browser)
    set_up(browser)

    assert browser.get("/my-day/").status_code == 200
    assert Browser().get(link).status_code == 404
    types = list(Event.objects.filter(type__contains="second_factor").order_by("id").values_list("type", flat=True))
    assert types == ["accounts.second_factor_reset", "accounts.second_factor_recovered"]


def test_the_link_alone_opens_nothing(user: User, administrator: Browser, settings: LazySettings) -> None:
    browser = Browser()
    browser.get(reset(administrator, user, settings))

    assert browser.get(ACTIVATE)["Location"].startswith("/account/login/")


def test_the_link_of_one_person_does_not_help_another(
    user: User, administrator: Browser, settings: LazySettings
) -> None:
    other, browser = make_user(), Browser()
    reset(administrator, other, settings)
    settings.SECOND_FACTOR_REQUIRED = False
    browser.get(reset(administrator, user, settings))

    assert signed_in(other, browser).get(ACTIVATE).status_code == 403


def test_a_link_is_good_for_a_day(user: User, administrator: Browser, settings: LazySettings) -> None:
    link = reset(administrator, user, settings)
    Recovery.objects.update(reset_at=NOW, expires_at=timezone.now() - timedelta(seconds=1))

    assert Browser().get(link).status_code == 404
    assert signed_in(user).get(ACTIVATE).status_code == 403


def test_sessions_end_and_a_newer_link_replaces_the_older(
    user: User, administrator: Browser, settings: LazySettings
) -> None:
    browser = Browser()
    browser.force_login(user)
    first = reset(administrator, user, settings)
    settings.SECOND_FACTOR_REQUIRED = False
    second = reset(administrator, user, settings)

    assert browser.get("/roles/")["Location"].startswith("/account/login/")
    assert (Browser().get(first).status_code, Browser().get(second).status_code) == (404, 200)


def test_the_person_is_told_by_mail_without_link_or_detail(
    user: User, administrator: Browser, settings: LazySettings, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reset(administrator, user, settings)

    [told] = mail.outbox
    assert (told.to, told.subject) == ([user.email], "Your sign-in")
    assert not re.search(r"http|factor|Casework|passkey", told.body)


def test_nobody_resets_their_own(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    user, browser = make_user(Role.ADMINISTRATOR), Browser()
    browser.force_login(user)
    browser.post(f"/people/{user.pk}/second-factor/reset/")

    assert not Recovery.objects.exists()
    with pytest.raises(IntegrityError, match="recovery_not_by_oneself"):
        make_recovery(user, reset_by=user)


def test_two_links_never_wait_for_one_person(user: User) -> None:
    make_recovery(user)

    with pytest.raises(IntegrityError, match="recovery_waits_once"):
        make_recovery(user, token_hash=b"y" * 32)


def test_a_link_that_was_used_was_not_replaced(user: User) -> None:
    with pytest.raises(IntegrityError, match="recovery_used_or_replaced"):
        make_recovery(user, used_at=NOW, replaced_at=NOW)


def make_recovery(user: User, **fields: Any) -> Recovery:
    values = {"token_hash": b"x" * 32, "reset_at": NOW, "expires_at": NOW + timedelta(days=1), **fields}
    return Recovery.objects.create(user=user, **values)
