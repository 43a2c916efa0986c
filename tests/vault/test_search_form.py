"""Search forms at rest open for their own person only."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault import keyfile
from casework.vault.errors import KeyFileError, TamperedData, UnknownKey
from casework.vault.search_form import open_search_form, seal_search_form
from tests.vault.conftest import NOW

PK = uuid.uuid4()


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=300))
def test_a_search_form_comes_back(text):
    blob = seal_search_form(PK, text)

    assert open_search_form(PK, blob) == text
    assert open_search_form(PK, memoryview(blob)) == text


def test_what_is_stored_shows_neither_the_words_nor_their_length():
    short, long = seal_search_form(PK, "1990\nabcd\nabcd"), seal_search_form(PK, "1990\nabcdefgh\nabcdefgh")

    assert len(short) == len(long)
    assert b"abcd" not in short


def test_another_person_does_not_open_it():
    with pytest.raises(TamperedData):
        open_search_form(uuid.uuid4(), seal_search_form(PK, "text"))


@given(st.data())
def test_an_altered_form_is_refused(data):
    blob = bytearray(seal_search_form(PK, "ivanov ivan"))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises((TamperedData, UnknownKey)):
        open_search_form(PK, bytes(blob))


@given(st.binary(max_size=100))
def test_anything_else_is_refused(blob):
    with pytest.raises((TamperedData, KeyFileError)):
        open_search_form(PK, blob)


def test_forms_under_an_older_key_still_open(key_file):
    blob = seal_search_form(PK, "ivanov")

    keyfile.add_key(key_file, "search", now=NOW)

    assert open_search_form(PK, blob) == "ivanov"
    assert seal_search_form(PK, "ivanov")[:12] != blob[:12]
