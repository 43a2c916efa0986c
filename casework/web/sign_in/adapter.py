"""How allauth behaves here: accounts by invitation only, secrets of second factors encrypted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from casework.vault.secret_text import open_text, seal_text


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by accepting an invitation, never by signing up."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail of allauth carries no name and no link to a person; it goes out as it is."""
        super().send_mail(template_prefix, email, context)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return seal_text("mfa", text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_text("mfa", encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the public address, not to whatever Host header arrives."""
        host = settings.PUBLIC_URL.split("://", 1)[-1].split(":", 1)[0]
        return {"id": host, "name": "Casework"}
