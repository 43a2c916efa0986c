"""A passkey, in a real browser with an authenticator of its own: set up, signed in with, shown again."""

from typing import Any

from django.conf import LazySettings

from casework.accounts.roles import Role
from tests.factories.accounts import PASSWORD, make_user

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


def test_a_passkey_opens_the_door_also_when_the_password_has_been_guessed_at(
    visit: Visit, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    user, visitor = make_user(Role.ADMINISTRATOR), visit()
    visitor.site = visitor.site.replace("127.0.0.1", "localhost")
    plug_in(visitor.page)
    visitor.sign_in(user.email, PASSWORD)
    assert visitor.path == "/account/2fa/totp/activate/"

    visitor.go("/account/2fa/webauthn/add/").fill(name="Phone")
    visitor.page.check("main [name=passwordless]")
    visitor.press("Add")
    assert visitor.go("/people/").path == "/people/"

    visitor.page.context.clear_cookies()
    for guess in range(25):
        visitor.page.request.post(f"{visitor.site}/account/login/", form={"login": user.email, "password": f"{guess}"})
    visitor.go("/account/login/").press("Sign in with a passkey")
    assert visitor.go("/people/").path == "/people/"
