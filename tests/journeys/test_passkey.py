"""A passkey, in a real browser with an authenticator of its own: set up, signed in with, shown again."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from casework.accounts.roles import Role
from casework.web.sign_in import step_up
from tests.browser import Visitor
from tests.factories.accounts import PASSWORD, make_user, team_of
from tests.factories.clients import hide, make_case, make_client

from .conftest import Visit

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plug_in(page: Any) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def come_with_a_passkey(visitor: Visitor, email: str) -> None:
    """Sign in for the first time and set up a passkey as the second factor."""
    visitor.site = visitor.site.replace("127.0.0.1", "localhost")
    plug_in(visitor.page)
    visitor.sign_in(email, PASSWORD)
    assert visitor.path == "/account/2fa/totp/activate/"
    visitor.go("/account/2fa/webauthn/add/").fill(name="Phone")
    visitor.page.check("main [name=passwordless]")
    visitor.press("Add")


def test_a_passkey_opens_the_door_also_when_the_password_has_been_guessed_at(
    visit: Visit, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    user, visitor = make_user(Role.ADMINISTRATOR), visit()
    come_with_a_passkey(visitor, user.email)
    assert visitor.go("/people/").path == "/people/"

    visitor.page.context.clear_cookies()
    for guess in range(25):
        visitor.page.request.post(f"{visitor.site}/account/login/", form={"login": user.email, "password": f"{guess}"})
    visitor.go("/account/login/").press("Sign in with a passkey")
    assert visitor.go("/people/").path == "/people/"


def test_a_restricted_case_asks_for_the_passkey_again_and_keeps_the_note_that_was_being_written(
    visit: Visit, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    worker, visitor = make_user(Role.CASEWORKER), visit()
    case = make_case(team=team_of(worker), caseworker=worker)
    make_client(case=case, by=worker)
    hide(case, worker)
    come_with_a_passkey(visitor, worker.email)
    visitor.go(f"/cases/{case.code}/notes/new/").fill(text="Позвонила из аэропорта")

    with monkeypatch.context() as later:
        later.setattr(step_up, "FRESH_FOR", timedelta(0))
        later.setattr("casework.web.opening.OPEN_FOR", timedelta(0))
        visitor.press("Add this note")
        assert "Show that it is still you" in visitor.text
        assert "What you have typed is kept." in visitor.text
    visitor.press("Use a security key")
    visitor.page.wait_for_url(f"**/cases/{case.code}/*")  # the browser sends by itself what was kept

    assert "Позвонила из аэропорта" in visitor.text
