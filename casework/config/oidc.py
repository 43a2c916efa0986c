"""The organisation's own sign-in (OpenID Connect), read from the one setting that names it."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NEEDED = {"name", "server", "client_id", "client_secret"}
OPTIONAL = {"acr", "email_is_verified"}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def provider_of(value: Any) -> dict[str, Any]:
    """Return what the sign-in library needs to know of the provider that OIDC names; nothing where it names none.

    Raises ImproperlyConfigured, in words that say what is wrong.
    """
    if not value:
        return {}
    names = set(value) if isinstance(value, dict) else set()
    if not NEEDED <= names <= NEEDED | OPTIONAL:
        raise ImproperlyConfigured(
            f"OIDC is to be a JSON object with {', '.join(sorted(NEEDED))} and, if need be, {', '.join(sorted(OPTIONAL))}."
        )
    server = urlsplit(value["server"])
    if server.scheme != "https" and not (server.scheme == "http" and server.hostname in LOOPBACK):
        raise ImproperlyConfigured("OIDC: the server is to be an address that begins with https://")
    return {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "organisation",
                    "name": value["name"],
                    "client_id": value["client_id"],
                    "secret": value["client_secret"],
                    "settings": {
                        "server_url": value["server"],
                        "fetch_userinfo": False,
                        "oauth_pkce_enabled": True,
                        "scope": ["openid", "email"],
                        "acr": value.get("acr", []),
                        "email_is_verified": value.get("email_is_verified", False),
                    },
                }
            ]
        }
    }
