"""The organisation's own sign-in: who is invited comes in, a second factor is proved, and nothing unsigned is believed."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client as Browser

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.config.oidc import provider_of
from tests.factories.accounts import make_user
from tests.web.sign_in.codes import code, give_codes
from tests.web.sign_in.provider import CALLBACK, CLIENT, Provider, running

pytestmark = pytest.mark.django_db

START = "/account/organisation/"
VALUE = {"name": "Example Org", "server": "", "client_id": CLIENT, "client_secret": "not-so-secret"}


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: LazySettings) -> Provider:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.SOCIALACCOUNT_PROVIDERS = provider_of({**VALUE, "server": server.address, "acr": ["urn:example:two"]})
    server.key = server.published
    return server


def is_in(browser: Browser) -> bool:
    return browser.get("/account/settings/").status_code == 200


def says(user: User, **more: Any) -> dict[str, Any]:
    return {"email": user.email, "email_verified": True, "amr": ["mfa"], **more}


@pytest.mark.parametrize("proof", [{"amr": ["mfa"]}, {"amr": ["pwd", "hwk"]}, {"amr": [], "acr": "urn:example:two"}])
def test_who_showed_a_second_factor_there_comes_in(provider: Provider, proof: dict[str, Any]) -> None:
    user, browser = make_user(), Browser()
    answer = provider.visit(browser, f"{START}?next=/cases/", **says(user, **proof))

    assert (answer.status_code, answer["Location"]) == (302, "/cases/")
    assert is_in(browser)
    assert Event.objects.get(type="accounts.signed_in").data == {"methods": ["mfa", "socialaccount"]}
    assert {"code_challenge", "state"} <= set(provider.asked)
    assert provider.asked["acr_values"] == "urn:example:two"


@pytest.mark.parametrize(
    "proof", [{"amr": ["pwd"]}, {"amr": None}, {"amr": "mfa"}, {"amr": ["sms"]}, {"acr": "1", "amr": []}]
)
def test_without_evidence_a_second_factor_is_asked_for_here(provider: Provider, proof: dict[str, Any]) -> None:
    user, browser = make_user(), Browser()
    provider.visit(browser, START, **says(user, **proof))
    assert browser.get("/cases/")["Location"] == "/account/2fa/totp/activate/"

    give_codes(user)
    again = Browser()
    assert provider.visit(again, START, **says(user, **proof))["Location"].startswith("/account/2fa/authenticate/")
    assert not is_in(again)
    again.post("/account/2fa/authenticate/", {"code": code()})
    assert is_in(again)


@pytest.mark.parametrize(
    "said",
    [
        {"email": "nobody@example.org"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
        {"email": ["x"]},
    ],
)
def test_nobody_comes_in_who_has_no_account_or_no_verified_address(provider: Provider, said: dict[str, Any]) -> None:
    user, browser, before = make_user(), Browser(), User.objects.count()
    answer = provider.visit(browser, START, **says(user, **said))

    assert (answer.status_code, answer["Location"], User.objects.count()) == (302, "/account/login/", before)
    assert not is_in(browser)


def test_a_disabled_account_answers_as_one_that_there_is_not(provider: Provider) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(is_active=False)
    pages = []
    for email in (user.email, "nobody@example.org"):
        browser = Browser()
        provider.visit(browser, START, **says(user, email=email))
        pages.append([str(each) for each in browser.get("/account/login/").context["messages"]])

    assert pages[0] == pages[1] != []


@pytest.mark.parametrize(
    "wrong",
    [{"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1_000_000_000}],
    ids=["issuer", "audience", "old"],
)
def test_what_was_said_by_or_to_others_or_long_ago_opens_nothing(provider: Provider, wrong: dict[str, Any]) -> None:
    user, browser = make_user(), Browser()
    provider.visit(browser, START, **says(user, **wrong))

    assert not is_in(browser)


def test_what_another_key_signed_opens_nothing(provider: Provider) -> None:
    user, browser = make_user(), Browser()
    provider.key = generate_private_key(65537, 2048)
    answer = provider.visit(browser, START, **says(user))

    assert answer["Location"] == "/account/login/"
    assert not is_in(browser)


@pytest.mark.parametrize("query", [{}, {"code": "c"}, {"code": "c", "state": "invented"}, {"error": "access_denied"}])
def test_an_answer_that_nobody_asked_for_opens_nothing(provider: Provider, query: dict[str, str]) -> None:
    browser = Browser()
    browser.get(START)

    assert browser.get(CALLBACK, query)["Location"] == "/account/login/"
    assert not is_in(browser)


def test_nothing_of_it_is_stored(provider: Provider) -> None:
    provider.visit(Browser(), START, **says(make_user()))

    assert not any(model.objects.exists() for model in (SocialAccount, SocialApp, SocialToken))


def test_a_provider_written_into_the_database_is_none(provider: Provider, settings: LazySettings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}
    SocialApp.objects.create(provider="openid_connect", provider_id="organisation", name="x", client_id=CLIENT)

    assert Browser().get(START).status_code == 404


def test_asked_again_they_show_it_there_and_just_now(provider: Provider) -> None:
    user, browser = make_user(Role.ADMINISTRATOR), Browser()
    provider.visit(browser, START, **says(user))
    session = browser.session
    for each in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        each["at"] -= 400
    session.save()

    asked = browser.get(browser.get("/people/invitations/new/")["Location"])
    assert asked["Location"].startswith("/account/organisation/again/?next=%2Fpeople%2Finvitations%2Fnew%2F")
    assert "Sign in again at Example Org" in browser.get(asked["Location"]).content.decode()
    go = "/account/organisation/again/?go=1&next=/people/invitations/new/"
    for not_enough in (
        {"auth_time": time.time() - 600},
        {"auth_time": None},
        {"amr": ["pwd"]},
        {"email": "x@example.org"},
    ):
        provider.visit(browser, go, **says(user, **{"auth_time": time.time(), **not_enough}))
        assert browser.get("/people/invitations/new/").status_code == 302
    answer = provider.visit(browser, go, **says(user, auth_time=time.time()))

    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
    assert answer["Location"] == "/people/invitations/new/"
    assert browser.get("/people/invitations/new/").status_code == 200


def test_without_the_setting_there_is_no_trace_of_it(settings: LazySettings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}

    assert "/account/organisation/" not in Browser().get("/account/login/").content.decode()
    assert {Browser().get(path).status_code for path in (START, CALLBACK)} == {404}


def test_the_page_of_sign_in_offers_it(provider: Provider) -> None:
    assert "Sign in at Example Org" in Browser().get("/account/login/").content.decode()


@pytest.mark.parametrize(
    "value",
    [
        ["a"],
        {"name": "x"},
        {**VALUE, "server": "http://idp.example.org"},
        {**VALUE, "server": "https://idp.example", "more": 1},
    ],
)
def test_a_setting_that_cannot_be_right_is_refused(value: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC"):
        provider_of(value)
