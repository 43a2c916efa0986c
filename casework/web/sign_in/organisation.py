"""The organisation's own sign-in: lets in who was invited, takes its word for a second factor, and makes no accounts.

What it says is believed only where its signature is right. Nothing of it is stored: each time it is asked who it is.
"""

import time
from typing import Any, NoReturn

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.vault.lookup import keyed_hash, normal_email

from .second_factor import has_second_factor
from .step_up import FRESH_FOR

PROVIDER = "organisation"
# Ways to sign in by RFC 8176 that are more than something one knows. A text message is none: numbers are taken over.
POSSESSION = {"otp", "hwk", "swk", "pop", "sc", "fpt", "face", "iris", "retina", "vbm"}
CLOCKS_DIFFER_BY = 60


class OrganisationAdapter(DefaultSocialAccountAdapter):
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return what the settings name. Rows of the database are no providers: who can write there would be everybody."""
        return [
            SocialApp(provider=kind, **app)
            for kind, each in settings.SOCIALACCOUNT_PROVIDERS.items()
            for app in each["APPS"]
            if provider in (None, kind, app["provider_id"]) and client_id in (None, app["client_id"])
        ]

    def get_requests_session(self) -> Any:
        """Ask only at the address that the settings name and those that it publishes: nobody leads us elsewhere."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in, or refuse. Never returns: the library would go on to make an account."""
        app = self.list_apps(request)[0]
        claims: dict[str, Any] = (sociallogin.account.extra_data or {}).get("id_token") or {}
        user, is_proved = user_of(claims, app), has_evidence(claims, app)
        to = sociallogin.get_redirect_url(request) or settings.LOGIN_REDIRECT_URL
        if request.user.is_authenticated:
            if user != request.user or not is_proved or not was_just_now(claims):
                _refuse(request, _("That was not you, or not just now, or without a second factor. Nothing was done."))
            record_authentication(request, user, method="mfa", type=PROVIDER, reauthenticated=True)
            raise ImmediateHttpResponse(redirect(to))
        if user is None:
            tried = keyed_hash("accounts.sign_in", normal_email(str(claims.get("email", "")))).hex()
            record("accounts.sign_in_failed", by=None, now=timezone.now(), account=tried)
            _refuse(request, _("There is no account here for this sign-in. Ask your administrator for an invitation."))
        record_authentication(request, user, method="socialaccount", provider=PROVIDER)
        if is_proved and not has_second_factor(user):
            record_authentication(request, user, method="mfa", type=PROVIDER)
        raise ImmediateHttpResponse(perform_login(request, Login(user=user, redirect_url=to)))

    def on_authentication_error(self, request: HttpRequest, *_others: Any, **_more: Any) -> NoReturn:
        _refuse(request, _("The sign-in of your organisation did not work. Try again, or sign in with your password."))


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):
    """Checks the signature of what the provider says. The library leaves it out where it trusts the connection."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        decoded: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return decoded


def is_offered() -> bool:
    return bool(settings.SOCIALACCOUNT_PROVIDERS)


def name_of_organisation() -> str:
    """Return the name of the provider, "" where there is none."""
    return next((str(app["name"]) for each in settings.SOCIALACCOUNT_PROVIDERS.values() for app in each["APPS"]), "")


def user_of(claims: dict[str, Any], app: SocialApp) -> User | None:
    """Return the active user whose address the provider has verified. Nobody is made."""
    is_verified = claims.get("email_verified") is True or app.settings["email_is_verified"] is True
    email = normal_email(str(claims.get("email") or ""))
    return User.objects.filter(email=email, is_active=True).first() if is_verified and email else None


def has_evidence(claims: dict[str, Any], app: SocialApp) -> bool:
    """Return whether the provider says that a second factor was shown: by how (`amr`), or by a class that we were told means it."""
    how = claims.get("amr")
    methods = {str(each) for each in how} if isinstance(how, list) else set()
    return (
        "mfa" in methods
        or ("pwd" in methods and bool(POSSESSION & methods))
        or claims.get("acr") in app.settings["acr"]
    )


def was_just_now(claims: dict[str, Any]) -> bool:
    """Return whether it was shown within the time in which an answer counts."""
    at = claims.get("auth_time")
    return isinstance(at, int | float) and -CLOCKS_DIFFER_BY <= time.time() - at <= FRESH_FOR.total_seconds()


def came_from_organisation(request: HttpRequest) -> bool:
    """Return whether the second factor of this session is the provider's word, so that only it can repeat it."""
    records = get_authentication_records(request, request.user)
    return is_offered() and any(each.get("type") == PROVIDER for each in records)


def _refuse(request: HttpRequest, why: str) -> NoReturn:
    messages.error(request, why)
    raise ImmediateHttpResponse(redirect("home" if request.user.is_authenticated else "account_login"))
