"""The pages of the sign-in library in our layout."""

import re

import pytest
from django.test import Client

from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db

PAGES = [
    "/account/logout/",
    "/account/password/change/",
    "/account/reauthenticate/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
]


def signed_in(client: Client) -> Client:
    user = make_user()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def test_signing_in_offers_a_password_and_a_passkey_and_no_sign_up(client: Client) -> None:
    html = client.get("/account/login/").content.decode()

    assert 'autocomplete="current-password"' in html
    assert 'id="passkey_login"' in html
    assert "/account/signup/" not in html


def test_a_wrong_password_is_refused_in_the_error_summary(client: Client) -> None:
    html = client.post("/account/login/", {"login": "nobody@example.org", "password": "x"}).content.decode()

    assert "<title>Error:" in html
    assert html.count("error-summary-title") == 2
    assert 'value="nobody@example.org"' in html


@pytest.mark.parametrize("address", PAGES)
def test_each_page_has_our_look_and_nothing_inline(client: Client, address: str) -> None:
    response = signed_in(client).get(address)
    html = response.content.decode()

    assert response.status_code == 200
    assert '<header class="top">' in html
    assert html.count("<h1>") == 1
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", html)
    assert "<button type" not in html or 'class="btn' in html


def test_no_script_of_these_pages_needs_more_than_our_policy(client: Client) -> None:
    html = signed_in(client).get("/account/2fa/webauthn/add/").content.decode()

    scripts = re.findall(r"<script([^>]*)>", html)

    assert scripts
    assert [each for each in scripts if "src=" not in each and 'type="application/json"' not in each] == []
