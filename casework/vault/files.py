"""Encrypted files: sealed piece by piece while they come in, so that no plaintext ever lies on a disk.

A sealed file is `0x01 | the file's own key, sealed under the data key of its owner (61 bytes) | chunks`. Each chunk holds 64 KiB
of the file, the last one what is left, encrypted with AES-256-GCM under the file's own key. Its nonce is its number, which no
other chunk under that key has; bound to it are the file's id, its number and whether it is the last, so that chunks
cannot be reordered, dropped, appended to or taken from another file.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.vault import envelope
from casework.vault.errors import TamperedData
from casework.vault.models import DataKey

VERSION = b"\x01"
CHUNK_BYTES = 64 * 1024
FILE_KEY_BYTES = 32
SEALED_KEY_BYTES = len(envelope.VERSION) + envelope.NONCE_BYTES + FILE_KEY_BYTES + envelope.TAG_BYTES
HEADER_BYTES = len(VERSION) + SEALED_KEY_BYTES
SEALED_CHUNK_BYTES = CHUNK_BYTES + envelope.TAG_BYTES


class FileSealer:
    """Seals one file as its pieces come in: write what `header`, `update` and at last `finish` return, in this order."""

    def __init__(self, file_id: Any, data_key: DataKey) -> None:
        """Raises KeyDestroyed if the owner has been erased."""
        file_key = secrets.token_bytes(FILE_KEY_BYTES)
        self.header = VERSION + envelope.seal(data_key.cipher(), file_key, _key_bound_to(file_id, data_key))
        self._cipher = AESGCM(file_key)
        self._file_id = file_id
        self._number = 0
        self._waiting = bytearray()

    def update(self, piece: bytes) -> bytes:
        """Take a piece of any size; return the sealed chunks that are complete, often nothing."""
        self._waiting += piece
        sealed = bytearray()
        # One chunk is always kept back, because only `finish` knows that there is no more.
        while len(self._waiting) > CHUNK_BYTES:
            sealed += self._chunk(bytes(self._waiting[:CHUNK_BYTES]), is_last=False)
            del self._waiting[:CHUNK_BYTES]
        return bytes(sealed)

    def finish(self) -> bytes:
        """Return the last sealed chunk. Without it the file does not open."""
        return self._chunk(bytes(self._waiting), is_last=True)

    def _chunk(self, plain: bytes, *, is_last: bool) -> bytes:
        sealed = self._cipher.encrypt(
            _nonce(self._number), plain, _chunk_bound_to(self._file_id, self._number, is_last=is_last)
        )
        self._number += 1
        return sealed


def sealed(pieces: Iterable[bytes], *, file_id: Any, data_key: DataKey) -> Iterator[bytes]:
    """Yield a file sealed, from its pieces."""
    sealer = FileSealer(file_id, data_key)
    yield sealer.header
    for piece in pieces:
        if ready := sealer.update(piece):
            yield ready
    yield sealer.finish()


def opened(pieces: Iterable[bytes], *, file_id: Any, data_key: DataKey) -> Iterator[bytes]:
    """Yield the content of a sealed file, each chunk after it has proved genuine.

    Raises KeyDestroyed at once if the owner has been erased, and TamperedData at the first chunk that does not open. That the
    end is missing shows only at the end: whoever must not act on half a file reads all of it first.
    """
    key_cipher = data_key.cipher()
    source = _Exactly(pieces)
    header = source.take(HEADER_BYTES)
    try:
        if header[:1] != VERSION:
            raise envelope.DoesNotOpen
        cipher = AESGCM(envelope.unseal(key_cipher, header[1:], _key_bound_to(file_id, data_key)))
        number = 0
        chunk = source.take(SEALED_CHUNK_BYTES)
        while True:
            following = source.take(SEALED_CHUNK_BYTES)
            yield cipher.decrypt(_nonce(number), chunk, _chunk_bound_to(file_id, number, is_last=not following))
            if not following:
                return
            number += 1
            chunk = following
    except (envelope.DoesNotOpen, InvalidTag, ValueError):
        raise TamperedData("file", file_id, "content") from None


def under_another_key(first: bytes, *, file_id: Any, old: DataKey, new: DataKey) -> bytes:
    """Return the beginning of a sealed file, at least its header, with the file's own key sealed under another data key."""
    header, following = first[:HEADER_BYTES], first[HEADER_BYTES:]
    try:
        if header[:1] != VERSION:
            raise envelope.DoesNotOpen
        file_key = envelope.unseal(old.cipher(), header[1:], _key_bound_to(file_id, old))
    except envelope.DoesNotOpen:
        raise TamperedData("file", file_id, "content") from None
    return VERSION + envelope.seal(new.cipher(), file_key, _key_bound_to(file_id, new)) + following


def sealed_size(plain_size: int) -> int:
    """Return how many bytes a file of `plain_size` bytes has when it is sealed."""
    chunks = max(1, -(-plain_size // CHUNK_BYTES))
    return HEADER_BYTES + plain_size + chunks * envelope.TAG_BYTES


class _Exactly:
    """Pieces of any size, taken in sizes that are asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._waiting = bytearray()

    def take(self, size: int) -> bytes:
        """Return `size` bytes, fewer at the end."""
        while len(self._waiting) < size and (piece := next(self._pieces, None)) is not None:
            self._waiting += piece
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken


def _nonce(number: int) -> bytes:
    return number.to_bytes(envelope.NONCE_BYTES, "big")


def _key_bound_to(file_id: Any, data_key: DataKey) -> bytes:
    return f"v1|file key|{file_id}|{data_key.pk}".encode()


def _chunk_bound_to(file_id: Any, number: int, *, is_last: bool) -> bytes:
    return f"v1|file|{file_id}|{number}|{'last' if is_last else 'more'}".encode()
