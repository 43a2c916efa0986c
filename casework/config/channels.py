"""Ways out of the house beside e-mail, read from the one setting that names them. Their secrets stay in the environment."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# By a gateway for messages to one person; `webhook` is a server of the organisation's own.
MESSENGERS = ("sms", "telegram", "whatsapp", "signal")
WEBHOOK = "webhook"
# The secret with which a gateway signs the answers that it brings back, such as STOP.
ANSWERS = "answers"
KNOWN = {*MESSENGERS, WEBHOOK, ANSWERS}
SHORTEST_SECRET = 32


def channels_of(value: Any) -> dict[str, Any]:
    """Return what CHANNELS names: an address of Apprise with "{to}" in it, or a webhook with its secret.

    Raises ImproperlyConfigured, in words that say what is wrong and never what stands there.
    """
    if not value:
        return {}
    if not isinstance(value, dict) or not set(value) <= KNOWN:
        raise ImproperlyConfigured(f"CHANNELS is to be a JSON object with some of {', '.join(sorted(KNOWN))}.")
    for name, said in value.items():
        if name == ANSWERS:
            _check_secret(name, said)
        elif isinstance(said, dict):
            _check_webhook(name, said)
        elif name == WEBHOOK or not isinstance(said, str) or "{to}" not in said or "://" not in said:
            raise ImproperlyConfigured(f'CHANNELS: {name} is to be an address with "{{to}}" in it, or a webhook.')
    return value


def _check_webhook(name: str, said: dict[str, Any]) -> None:
    if set(said) != {"url", "secret"}:
        raise ImproperlyConfigured(f"CHANNELS: the webhook of {name} is to have a url and a secret.")
    address = urlsplit(str(said["url"]))
    if address.scheme != "https" or not address.hostname or address.username or address.fragment:
        raise ImproperlyConfigured(f"CHANNELS: the webhook of {name} is to be an address that begins with https://")
    _check_secret(name, said["secret"])


def _check_secret(name: str, secret: Any) -> None:
    if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"CHANNELS: the secret of {name} is to have {SHORTEST_SECRET} characters or more.")
