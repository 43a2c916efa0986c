"""How allauth behaves here: accounts by invitation only, secrets of second factors encrypted, every act on record."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from casework.accounts import actions
from casework.accounts.models import User
from casework.accounts.sealed_texts import SECOND_FACTOR
from casework.accounts.sessions import SessionStore, hashed
from casework.audit.record import record
from casework.vault.lookup import keyed_hash, normal_email

from .devices import device_of
from .organisation import came_from_organisation
from .second_factor import forget_second_factor, has_second_factor
from .step_up import is_fresh

# What allauth would tell the owner of an account by mail, and what we write down instead.
SECURITY_EVENTS = {
    "account/email/password_changed": "accounts.password_changed",
    "mfa/email/totp_activated": "accounts.one_time_codes_added",
    "mfa/email/totp_deactivated": "accounts.one_time_codes_removed",
    "mfa/email/webauthn_added": "accounts.security_key_added",
    "mfa/email/webauthn_removed": "accounts.security_key_removed",
    "mfa/email/recovery_codes_generated": "accounts.recovery_codes_made",
}

FACTORS_ADDED = {"mfa/email/totp_activated": "totp", "mfa/email/webauthn_added": "webauthn"}

# After these, whoever else sits somewhere under this account is out.
ENDS_OTHER_SESSIONS = {
    "account/email/password_changed",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_removed",
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by accepting an invitation, never by signing up."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Go on to a page of this site, named by its path alone. The library would take other names of this host, too."""
        return bool(url and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user with these credentials. A disabled account answers as a wrong password does."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self._count_a_guess(request, credentials)
            self.authentication_failed(request, **credentials)
            return None
        if user is not None and self._guess is not None:
            self._guess.rollback()
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to try a password after too many wrong ones: by account and address, then by account alone.

        Counted before it is tried and given back if it was right, so that a hundred at once are not all tried.
        """
        super().pre_authenticate(request, **credentials)
        self._guess = self._count_a_guess(request, credentials)
        if self._guess is None:
            raise self.validation_error("too_many_login_attempts")

    def _count_a_guess(self, request: HttpRequest, credentials: dict[str, Any]) -> ratelimit.RateLimitUsage | None:
        account = normal_email(credentials.get("email") or "")
        return ratelimit.consume(request, app="allauth.account", action="login_failed_everywhere", key=account)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By account alone, anybody could keep somebody out of theirs.
        return f"{normal_email(credentials.get('email') or '')}|{self.get_client_ip(request)}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down that somebody was refused; the address that was typed only as a keyed hash."""
        tried = keyed_hash("accounts.sign_in", normal_email(credentials.get("email") or "")).hex()
        record("accounts.sign_in_failed", by=None, now=timezone.now(), account=tried)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether `password` is that of `user`, who is signed in and asked to show it again."""
        again = self.authenticate(self.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """Whether to ask again before factors are changed: as before any act of weight."""
        return not is_fresh(self.request)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """How `user` may show again who they are: passkey first, and never the password alone by who has more than it."""
        if came_from_organisation(self.request):
            return [{"id": "organisation", "description": "", "url": reverse("organisation_again")}]
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [each for each in methods if each["url"] != reverse("account_reauthenticate")]
        return sorted(stronger, key=lambda each: not str(each["id"]).endswith(":webauthn")) or methods

    @transaction.atomic
    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session["device"] = device_of(request.headers.get("User-Agent", ""))
        methods = sorted({str(each["method"]) for each in get_authentication_records(request, user)})
        record("accounts.signed_in", subject=user, by=user, now=timezone.now(), methods=methods)
        SessionStore.clear_expired()

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            record("accounts.signed_out", subject=user, by=user, now=timezone.now())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Somebody shows the passkey of a disabled account: back to the door."""
        return redirect("account_login")

    def send_notification_mail(self, template_prefix: str, user: User, *_others: Any, **_more: Any) -> None:
        """Changes of how somebody signs in are written down; the mail about them is not sent."""
        event, now = SECURITY_EVENTS.get(template_prefix), timezone.now()
        if event is not None:
            record(event, subject=user, by=user, now=now)
        if template_prefix in FACTORS_ADDED:
            # Whoever has just set it up has shown it; without this, nothing would open until the next sign-in.
            record_authentication(self.request, user, method="mfa", type=FACTORS_ADDED[template_prefix])
            actions.finish_recovery(user=user, now=now)
        if template_prefix in ENDS_OTHER_SESSIONS:
            here = hashed(self.request.session.session_key or "")
            actions.end_sessions(user=user, by=user, now=now, besides=here)
            if not has_second_factor(user):
                forget_second_factor(self.request)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return SECOND_FACTOR.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return SECOND_FACTOR.open(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the public address, not to whatever Host header arrives."""
        host = settings.PUBLIC_URL.split("://", 1)[-1].split(":", 1)[0]
        return {"id": host, "name": "Casework"}
