"""Short texts of other libraries, such as sessions and the seed of one-time codes, sealed for their own columns.

What is sealed says with which secret of the key file: `x-1f3a:gAAAA...`. A rotation seals it anew, and until then every
process opens both. Texts from before they said so are tried with every secret.
"""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.vault.errors import TamperedData
from casework.vault.keys import provider

MARK = ":"  # in no id, and in nothing that is sealed
LIKE_SEALED = "gAAAA"  # how every sealed text begins, after its mark


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedTexts:
    """A column of texts, or of JSON that holds some, sealed for one purpose. Named where it is written, for rotations."""

    purpose: str
    model: str
    field: str

    def seal(self, text: str) -> str:
        return seal_text(self.purpose, text)

    def open(self, sealed: str) -> str:
        """Return what was sealed, or raise TamperedData."""
        return open_text(self.purpose, sealed)

    def anew(self, value: Any) -> Any:
        """Return what the column holds with each text in it sealed with the current secret. Raises TamperedData."""
        return _each_text(value, lambda text: self.seal(self.open(text)))


def seal_text(purpose: str, text: str) -> str:
    """Return `text` sealed under a key of this purpose, as ASCII."""
    secret = provider().secrets()[0]
    return f"{secret.id}{MARK}{_cipher(purpose, secret.key).encrypt(text.encode()).decode('ascii')}"


def open_text(purpose: str, sealed: str) -> str:
    """Return what `seal_text` was given, or raise TamperedData."""
    key_id, marked, token = sealed.rpartition(MARK)
    for secret in provider().secrets():
        if not marked or secret.id == key_id:
            try:
                return _cipher(purpose, secret.key).decrypt(token.encode("ascii", "replace")).decode()
            except InvalidToken:
                continue
    raise TamperedData("secret", purpose, "text")


def digest(purpose: str, text: str) -> str:
    """Return what tells whether a text that was seen is another one's equal, and nothing else of it; in hex.

    With the current secret only: not for what must be recognised after a rotation.
    """
    return hmac.digest(_derived(f"digest|{purpose}", provider().secrets()[0].key), text.encode(), "sha256").hex()


def secrets_of(value: Any) -> set[str]:
    """Return the ids of the secrets with which the texts in a column are sealed; "" for those that do not say."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.add(text.rpartition(MARK)[0])
        return text

    _each_text(value, note)
    return found


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value) if value.rpartition(MARK)[2].startswith(LIKE_SEALED) else value
    if isinstance(value, dict):
        return {key: _each_text(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_each_text(each, change) for each in value]
    return value


@lru_cache(maxsize=32)
def _cipher(purpose: str, root: bytes) -> Fernet:
    """Kept, because every request opens a session."""
    return Fernet(base64.urlsafe_b64encode(_derived(f"secret text|{purpose}", root)))


@lru_cache(maxsize=32)
def _derived(info: str, root: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(root)
