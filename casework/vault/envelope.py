"""Sealing and opening of bytes: AES-256-GCM with a random nonce, bound to where they belong.

A sealed value is `0x01 | nonce (12 bytes) | ciphertext and tag`. Nonces are random: a data key seals few values, far from
the 2**32 after which random nonces become a concern. Before sealing, a value is prefixed by its length (4 bytes) and padded
with zeros to 16, 32, 64, 128, 256 or a multiple of 256 bytes, so that the length of what is stored does not tell
"detained" from "ok".
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
SMALL_BUCKETS = (16, 32, 64, 128, 256)
LENGTH_BYTES = 4


class DoesNotOpen(Exception):
    """The sealed bytes do not authenticate. Callers turn it into an error that says where they were."""


def seal(cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    """Return `plain` sealed, to be opened only by who names the same `bound_to`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + cipher.encrypt(nonce, plain, bound_to)


def unseal(cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    """Return what `seal` was given, or raise DoesNotOpen."""
    if sealed[:1] != VERSION or len(sealed) < 1 + NONCE_BYTES + TAG_BYTES:
        raise DoesNotOpen
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], bound_to)
    except InvalidTag:
        raise DoesNotOpen from None


def padded(plain: bytes) -> bytes:
    """Return `plain` with its length before it and zeros after it, in the smallest bucket that holds it."""
    size = LENGTH_BYTES + len(plain)
    bucket = next((bucket for bucket in SMALL_BUCKETS if size <= bucket), -(-size // 256) * 256)
    return len(plain).to_bytes(LENGTH_BYTES, "big") + plain + bytes(bucket - size)


def unpadded(content: bytes) -> bytes:
    """Return what `padded` was given. Raises DoesNotOpen for bytes that it cannot have made."""
    length = int.from_bytes(content[:LENGTH_BYTES], "big")
    if length > len(content) - LENGTH_BYTES:
        raise DoesNotOpen
    return content[LENGTH_BYTES : LENGTH_BYTES + length]
