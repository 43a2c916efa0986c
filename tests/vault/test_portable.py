"""A file that opens with a passphrase, and with nothing else."""

import pytest

from casework.vault import portable
from casework.vault.portable import BEGINNING, CHUNK_BYTES, DoesNotOpenWithThis, NotPortable, open_with, seal_with

WORDS = "ведро якорь тундра фонарь"


@pytest.fixture(autouse=True)
def cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "COST", 2**4)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_was_sealed_opens_whatever_its_size(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)

    assert open_with(WORDS, seal_with(WORDS, content[:size])) == content[:size]


def test_the_same_words_typed_otherwise_open_it() -> None:
    sealed = seal_with(WORDS, b"x")

    assert open_with(f"  {WORDS.replace(' ', '   ')}\n", sealed) == b"x"
    assert open_with("pâté de foie gras!", seal_with("pâté de foie gras!", b"y")) == b"y"


def test_another_passphrase_does_not_open_it() -> None:
    with pytest.raises(DoesNotOpenWithThis):
        open_with("ведро якорь тундра костёр", seal_with(WORDS, b"x"))


@pytest.mark.parametrize("short", ["", "a" * 15, " " * 40, "a " * 7])
def test_a_short_passphrase_is_refused(short: str) -> None:
    with pytest.raises(ValueError, match="16"):
        seal_with(short, b"x")


def test_a_file_that_was_altered_cut_or_put_together_anew_does_not_open() -> None:
    sealed = seal_with(WORDS, b"x" * (2 * CHUNK_BYTES + 5))
    start, size = len(BEGINNING) + 16, CHUNK_BYTES + 16
    first, second = sealed[start : start + size], sealed[start + size : start + 2 * size]
    wrong = [
        sealed[:-1],
        sealed[: start + 2 * size],  # the last chunk is missing
        sealed[:start],
        sealed[:start] + second + first + sealed[start + 2 * size :],
        sealed[:start] + bytes([sealed[start] ^ 1]) + sealed[start + 1 :],
        sealed[: len(BEGINNING)] + bytes(16) + sealed[start:],
    ]
    for each in wrong:
        with pytest.raises(DoesNotOpenWithThis):
            open_with(WORDS, each)


def test_another_file_is_no_such_file() -> None:
    for content in (b"", b"PK\x03\x04", BEGINNING[:-1]):
        with pytest.raises(NotPortable):
            open_with(WORDS, content)


def test_a_guess_is_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert portable.COST == 2**17
