"""What a browser says of a passkey, where it is no such thing: refused in words; the library would fail on it."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NOT_READABLE = (AttributeError, KeyError, TypeError, ValueError)


class _Readable:
    def clean_credential(self) -> Authenticator:
        try:
            shown: Authenticator = super().clean_credential()  # type: ignore[misc]  # of the form that this is mixed into
        except NOT_READABLE as problem:
            raise _refusal() from problem
        return shown


class AuthenticateForm(_Readable, forms.AuthenticateWebAuthnForm):
    """At sign-in, after the password."""


class LoginForm(_Readable, forms.LoginWebAuthnForm):
    """At sign-in, in place of the password."""


class ReauthenticateForm(_Readable, forms.ReauthenticateWebAuthnForm):
    """Asked again."""


class AddForm(forms.AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except NOT_READABLE as problem:
            raise _refusal() from problem
        return cleaned


def _refusal() -> ValidationError:
    return ValidationError(_("The passkey or security key did not answer. Try again, or use another way to sign in."))
