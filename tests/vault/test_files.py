"""Sealed files open whole, unaltered and for their owner, or not at all."""

import secrets
import uuid
from collections.abc import Iterable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.errors import KeyDestroyed, TamperedData
from casework.vault.files import (
    CHUNK_BYTES,
    HEADER_BYTES,
    SEALED_CHUNK_BYTES,
    FileSealer,
    opened,
    sealed,
    sealed_size,
)
from casework.vault.models import DataKey

FILE = uuid.uuid4()
SIZES = st.one_of(
    st.integers(0, 100), st.integers(-2, 2).map(lambda near: CHUNK_BYTES + near), st.integers(0, 3 * CHUNK_BYTES + 5)
)


def new_key() -> DataKey:
    key = DataKey(owner_kind="client", wrapped=b"in memory")
    key.__dict__["_cipher"] = AESGCM(secrets.token_bytes(32))
    return key


def seal(content: bytes, key: DataKey, file_id: object = FILE) -> bytes:
    return b"".join(sealed([content], file_id=file_id, data_key=key))


def unseal(content: Iterable[bytes], key: DataKey, file_id: object = FILE) -> bytes:
    return b"".join(opened(content, file_id=file_id, data_key=key))


def in_pieces(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@given(SIZES, st.integers(1, 200_000), st.integers(1, 200_000))
def test_a_file_comes_back_in_whatever_pieces_it_goes_and_comes(size, written, read):
    content, key = secrets.token_bytes(size), new_key()

    kept = b"".join(sealed(in_pieces(content, max(written, 50)), file_id=FILE, data_key=key))

    assert unseal(in_pieces(kept, max(read, 50)), key) == content
    assert len(kept) == sealed_size(size)


@given(SIZES, st.data())
def test_a_flipped_bit_is_refused(size, data):
    key = new_key()
    kept = bytearray(seal(bytes(size), key))
    kept[data.draw(st.integers(0, len(kept) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(TamperedData):
        unseal([bytes(kept)], key)


@given(SIZES, st.data())
def test_a_file_cut_short_is_refused(size, data):
    key = new_key()
    kept = seal(bytes(size), key)

    with pytest.raises(TamperedData):
        unseal([kept[: data.draw(st.integers(0, len(kept) - 1))]], key)


def test_a_file_cut_between_chunks_is_refused():
    key = new_key()
    kept = seal(bytes(3 * CHUNK_BYTES), key)

    for chunks in (0, 1, 2):
        with pytest.raises(TamperedData):
            unseal([kept[: HEADER_BYTES + chunks * SEALED_CHUNK_BYTES]], key)


def test_chunks_in_another_order_repeated_or_appended_are_refused():
    key = new_key()
    kept = seal(secrets.token_bytes(3 * CHUNK_BYTES), key)
    header = kept[:HEADER_BYTES]
    first, second, third = in_pieces(kept[HEADER_BYTES:], SEALED_CHUNK_BYTES)

    for chunks in ([second, first, third], [first, first, third], [first, third], [first, second, third, third]):
        with pytest.raises(TamperedData):
            unseal([header, *chunks], key)


def test_chunks_of_another_file_under_the_same_key_are_refused():
    key = new_key()
    one, other = (seal(secrets.token_bytes(2 * CHUNK_BYTES), key) for _ in range(2))

    with pytest.raises(TamperedData):
        unseal([one[: HEADER_BYTES + SEALED_CHUNK_BYTES], other[HEADER_BYTES + SEALED_CHUNK_BYTES :]], key)


def test_a_file_under_another_id_or_key_is_refused():
    key = new_key()
    kept = seal(b"passport", key)

    with pytest.raises(TamperedData):
        unseal([kept], key, file_id=uuid.uuid4())
    with pytest.raises(TamperedData):
        unseal([kept], new_key())


@given(st.binary(max_size=200))
def test_what_was_never_sealed_is_refused(content):
    with pytest.raises(TamperedData):
        unseal([content], new_key())


def test_an_upload_that_stops_leaves_nothing_that_opens():
    key = new_key()
    sealer = FileSealer(FILE, key)
    kept = sealer.header + sealer.update(bytes(5 * CHUNK_BYTES))

    with pytest.raises(TamperedData):
        unseal([kept], key)
    assert unseal([kept, sealer.finish()], key) == bytes(5 * CHUNK_BYTES)


def test_an_erased_owner_has_no_files():
    key = new_key()
    kept = seal(b"passport", key)
    key.wrapped = None

    with pytest.raises(KeyDestroyed):
        unseal([kept], key)
    with pytest.raises(KeyDestroyed):
        seal(b"passport", key)


def test_nothing_of_the_file_shows():
    content = b"canary " * 20_000

    assert b"canary" not in seal(content, new_key())


def test_a_large_file_never_lies_in_memory_whole():
    key = new_key()
    pieces = sealed((bytes(CHUNK_BYTES) for _ in range(200)), file_id=FILE, data_key=key)

    assert max(len(piece) for piece in opened(pieces, file_id=FILE, data_key=key)) == CHUNK_BYTES
