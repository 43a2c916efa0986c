"""A file that opens with a passphrase: taken from one installation to another, with no key of either.

It begins with a line of its own, 16 random bytes and chunks. The key is scrypt over the passphrase (n = 2**17, r = 8, p = 1: 128 MiB and
about half a second for each guess). Each chunk holds 64 KiB, the last one what is left, under AES-256-GCM; its nonce is its number, and
bound to it are the beginning of the file, its number and whether it is the last.
"""

import secrets
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from casework.vault.envelope import TAG_BYTES
from casework.vault.errors import VaultError

BEGINNING = b"CASEWORK PORTABLE 1\n"
SALT_BYTES = 16
CHUNK_BYTES = 64 * 1024
COST = 2**17
SHORTEST = 16


class DoesNotOpenWithThis(VaultError):
    """The passphrase is another one, or the file was altered or cut: which of them, nobody can tell."""


class NotPortable(VaultError):
    """It is no file of this kind."""


def seal_with(passphrase: str, content: bytes) -> bytes:
    """Return `content` sealed. Raises ValueError for a passphrase that is too short to keep anything."""
    if len(_folded(passphrase)) < SHORTEST:
        raise ValueError(f"the passphrase has fewer than {SHORTEST} characters")
    head = BEGINNING + secrets.token_bytes(SALT_BYTES)
    cipher = _cipher(passphrase, head)
    pieces = [content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES)] or [b""]
    last = len(pieces) - 1
    sealed = (cipher.encrypt(_nonce(no), piece, _bound_to(head, no, no == last)) for no, piece in enumerate(pieces))
    return head + b"".join(sealed)


def open_with(passphrase: str, sealed: bytes) -> bytes:
    """Return what `seal_with` was given. Raises NotPortable, DoesNotOpenWithThis."""
    if not sealed.startswith(BEGINNING):
        raise NotPortable
    start = len(BEGINNING) + SALT_BYTES
    head, rest, size = sealed[:start], sealed[start:], CHUNK_BYTES + TAG_BYTES
    pieces = [rest[at : at + size] for at in range(0, len(rest), size)]
    if not pieces:
        raise DoesNotOpenWithThis
    cipher, last = _cipher(passphrase, head), len(pieces) - 1
    try:
        return b"".join(
            cipher.decrypt(_nonce(no), piece, _bound_to(head, no, no == last)) for no, piece in enumerate(pieces)
        )
    except InvalidTag:
        raise DoesNotOpenWithThis from None


def _cipher(passphrase: str, head: bytes) -> AESGCM:
    kdf = Scrypt(salt=head[-SALT_BYTES:], length=32, n=COST, r=8, p=1)
    return AESGCM(kdf.derive(_folded(passphrase).encode()))


def _folded(passphrase: str) -> str:
    """However it is typed, on whichever keyboard, with one space or two: the same words are the same passphrase."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).split())


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound_to(head: bytes, number: int, is_last: bool) -> bytes:  # noqa: FBT001 - private, and called in two places
    return head + number.to_bytes(8, "big") + (b"last" if is_last else b"more")
