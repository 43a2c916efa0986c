"""A server of the organisation's own that takes messages: one POST over HTTPS, signed, with a key by which a repeat is known."""

import hashlib
import hmac
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

from . import DeliveryError, Message
from .files import keep
from .outgoing import addresses_of

TIMEOUT = 10
# These answers say "later"; the others of this kind say "never".
LATER = frozenset({408, 425, 429})


class Webhook:
    def __init__(self, name: str) -> None:
        self.name = name

    def deliver(self, message: Message) -> None:
        body = body_of(self.name, message)
        if not settings.PRODUCTION:
            keep(message.key, self.name, body)
            return
        said = settings.CHANNELS.get(self.name)
        if not isinstance(said, dict):
            raise DeliveryError("this channel is not set up", permanent=True)
        judge(_post(said["url"], body, headers_of(message.key, body, said["secret"])))


def body_of(name: str, message: Message) -> bytes:
    said = {
        "key": message.key,
        "channel": name,
        "to": message.address,
        "subject": message.wording.subject,
        "text": message.wording.text,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def headers_of(key: str, body: bytes, secret: str) -> dict[str, str]:
    """Return what tells a receiver that it comes from us and whether it has come before."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key,
        "X-Casework-Signature": f"sha256={signature}",
        "User-Agent": "casework",
    }


def judge(status: int) -> None:
    """Raise DeliveryError unless an answer says that the message was taken."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise DeliveryError(f"the receiver sends us elsewhere ({status})", permanent=True)
    raise DeliveryError(f"the receiver answered {status}", permanent=status < 500 and status not in LATER)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Return the status of the answer, from the very address that was looked at and under the name that its certificate has."""
    address = urlsplit(url)
    host, port = str(address.hostname), address.port or 443
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    pool: Any = urllib3.HTTPSConnectionPool(
        addresses_of(host, port)[0],
        port,
        ssl_context=ssl.create_default_context(),
        server_hostname=host,
        assert_hostname=host,
        timeout=TIMEOUT,
        retries=False,
    )
    try:
        answer = pool.urlopen(
            "POST", target, body=body, headers=headers | {"Host": address.netloc}, redirect=False, preload_content=False
        )
        status = int(answer.status)
        answer.close()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise DeliveryError(f"the receiver could not be reached ({type(error).__name__})") from error
    finally:
        pool.close()
    return status
