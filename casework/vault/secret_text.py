"""Short secrets of other libraries, such as the seed of one-time codes, sealed for their own columns."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from casework.vault.errors import TamperedData


def seal_text(purpose: str, text: str) -> str:
    """Return `text` sealed under a key of this purpose, as ASCII."""
    return _cipher(purpose, settings.SECRET_KEY).encrypt(text.encode()).decode("ascii")


def open_text(purpose: str, sealed: str) -> str:
    """Return what `seal_text` was given, or raise TamperedData."""
    try:
        return _cipher(purpose, settings.SECRET_KEY).decrypt(sealed.encode("ascii", "replace")).decode()
    except InvalidToken:
        raise TamperedData("secret", purpose, "text") from None


@lru_cache(maxsize=16)
def _cipher(purpose: str, root: str) -> Fernet:
    """Derived from the secret of the key file, which the settings hold since the start: every request opens a session."""
    info = f"secret text|{purpose}".encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(root.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
