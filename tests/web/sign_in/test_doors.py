"""Every door to the application, tried by people without a second factor: none leads to a page with anybody in it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts import actions
from casework.accounts.models import User
from casework.accounts.roles import Role
from tests.factories.accounts import PASSWORD, make_membership, make_user
from tests.guards.urls import addresses
from tests.web.sign_in.codes import give_codes

pytestmark = pytest.mark.django_db

# Pages that anybody may read, and those on which a second factor is set up or shown.
OPEN = [
    it.path
    for it in addresses()
    if it.is_of_sign_in or it.module.startswith("django.views.i18n") or (it.policy is not None and it.policy.public)
]
CLOSED = [it.path for it in addresses() if it.path not in OPEN and it.name != "jsi18n"]
SAMPLE = ["/", "/my-day/", "/cases/", "/account/settings/", "/account/sessions/", "/admin/", "/people/", "/roles/"]


def by_password(browser: Browser, user: User) -> None:
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})


def by_password_on_the_way_to_the_admin(browser: Browser, user: User) -> None:
    browser.post("/account/login/?next=/admin/", {"login": user.email, "password": PASSWORD, "next": "/admin/"})


def by_password_shown_twice(browser: Browser, user: User) -> None:
    by_password(browser, user)
    browser.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/cases/"})
    browser.post("/account/2fa/reauthenticate/", {"code": "000000", "next": "/cases/"})


def by_password_and_a_wrong_code(browser: Browser, user: User) -> None:
    give_codes(user)
    by_password(browser, user)
    browser.post("/account/2fa/authenticate/", {"code": "000000"})


def by_a_session_that_never_showed_the_codes(browser: Browser, user: User) -> None:
    give_codes(user)
    browser.force_login(user)


def by_the_door_of_the_admin(browser: Browser, user: User) -> None:
    browser.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    by_password(browser, user)
    browser.get("/admin/login/?next=/cases/")


def by_an_invented_passkey(browser: Browser, user: User) -> None:
    browser.post("/account/2fa/webauthn/login/", {"credential": '{"id": "x", "response": {}}'})


def by_the_organisation_that_is_none(browser: Browser, user: User) -> None:
    browser.get("/account/organisation/")
    browser.get("/account/organisation/answer/", {"code": "c", "state": "s"})


def by_an_invitation(browser: Browser, user: User) -> None:
    _row, token = actions.invite(
        email="new@example.org", role=Role.AUDITOR, team=None, by=make_user(Role.ADMINISTRATOR), now=timezone.now()
    )
    browser.post(f"/invitation/{token}/", {"display_name": "New", "password": PASSWORD})
    by_password(browser, User.objects.get(email="new@example.org"))


def by_the_link_of_a_recovery(browser: Browser, user: User) -> None:
    _row, token = actions.reset_second_factor(user=user, by=make_user(Role.ADMINISTRATOR), now=timezone.now())
    browser.get(f"/account/recovery/{token}/")
    by_password(browser, user)


DOORS: list[Callable[[Browser, User], None]] = [
    by_password,
    by_password_on_the_way_to_the_admin,
    by_password_shown_twice,
    by_password_and_a_wrong_code,
    by_a_session_that_never_showed_the_codes,
    by_the_door_of_the_admin,
    by_an_invented_passkey,
    by_the_organisation_that_is_none,
    by_an_invitation,
    by_the_link_of_a_recovery,
]


def opened(browser: Browser, paths: list[str]) -> list[tuple[str, int]]:
    answers: list[Any] = [(path, browser.get(path)) for path in paths]
    elsewhere = ("/account/login/", "/account/2fa/totp/activate/", "/admin/login/")
    return [
        (path, answer.status_code)
        for path, answer in answers
        if not (answer.status_code == 302 and answer["Location"].startswith(elsewhere))
    ]


@pytest.fixture(autouse=True)
def two_factors(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_no_door_leads_to_a_page_with_people(door: Callable[[Browser, User], None]) -> None:
    browser, user = Browser(), make_user(Role.COORDINATOR)
    make_membership(user, Role.POLICY_EDITOR)
    door(browser, user)

    assert opened(browser, SAMPLE) == []


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.POLICY_EDITOR])
def test_no_door_leads_to_any_page(door: Callable[[Browser, User], None], role: Role) -> None:
    browser = Browser()
    door(browser, make_user(role))

    assert len(CLOSED) > 150
    assert opened(browser, CLOSED) == []
