"""Exact search compares keyed hashes of one normal form."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault import keyfile
from casework.vault.keys import provider
from casework.vault.lookup import keyed_hash, keyed_hashes, normal_document_number, normal_email, normal_phone, tag_of
from tests.vault.conftest import NOW


@pytest.mark.parametrize(
    ("text", "region", "normal"),
    [
        ("+996 555 12-34-56", None, "+996555123456"),
        ("0555 123456", "KG", "+996555123456"),
        ("996555123456", "KG", "+996555123456"),
        ("8 (701) 123-45-67", "KZ", "+77011234567"),
        ("＋９９６ ５５５ １２３４５６", None, "+996555123456"),
        ("00996555123456", "KG", "+996555123456"),
        ("+976 9911 2233", "MN", "+97699112233"),
        ("0555 123456", None, "0555123456"),
        ("12-34", "KG", "1234"),
        ("+1", None, "+1"),
        ("call the neighbour", "KG", ""),
        ("", None, ""),
    ],
)
def test_phone_numbers_have_one_normal_form(text, region, normal):
    assert normal_phone(text, region) == normal


@pytest.mark.parametrize("text", ["ас 123 456-7", "AC1234567", "аС1234567", " АC 12345 67 ", "AC№1234567"])
def test_document_numbers_typed_in_either_alphabet_are_the_same(text):
    assert normal_document_number(text) == {"AC№1234567": "ACNO1234567"}.get(text, "AC1234567")


def test_letters_that_look_like_no_other_stay():
    assert normal_document_number("ЖД 123") == "ЖД123"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" Anna.Test@Example.ORG ", "anna.test@example.org"),
        ("анна@пример.рф", "анна@xn--e1afmkfd.xn--p1ai"),
        ("no at sign", "no at sign"),
        ("a@" + "b" * 80, "a@" + "b" * 80),
    ],
)
def test_e_mail_addresses_have_one_normal_form(text, normal):
    assert normal_email(text) == normal


@given(st.text(max_size=40), st.sampled_from([None, "KG", "KZ", "XX"]))
def test_any_text_has_a_normal_form_that_stays_as_it_is(text, region):
    for normalise in (normal_document_number, normal_email):
        assert normalise(normalise(text)) == normalise(text)
    assert set(normal_phone(text, region)[1:]) <= set("0123456789")


@given(st.text(max_size=40), st.text(max_size=40))
def test_hashes_are_equal_exactly_where_the_texts_are(one, other):
    assert (keyed_hash("phone", one) == keyed_hash("phone", other)) == (one == other)
    assert len(keyed_hash("phone", one)) == 16


def test_the_same_text_has_other_hashes_in_other_fields_and_installations(key_file):
    here = keyed_hash("phone", "+996555123456")
    assert keyed_hash("email", "+996555123456") != here
    key_file.unlink()
    keyfile.make(key_file)

    assert keyed_hash("phone", "+996555123456") != here


def test_while_keys_are_rotated_the_older_hashes_are_looked_for_too(key_file):
    old = keyed_hash("phone", "+996555123456")

    keyfile.add_key(key_file, "lookup", now=NOW)

    new = keyed_hash("phone", "+996555123456")
    assert keyed_hashes("phone", "+996555123456")[:2] == [new, old]


def test_a_hash_says_of_which_key_it_is_and_one_from_before_it_did_is_found_too(key_file):
    (key,) = provider().hash_keys("phone")
    before = hmac.digest(key.key, b"+996555123456", "sha256")[:16]

    found = keyed_hashes("phone", "+996555123456")

    assert found == [keyed_hash("phone", "+996555123456"), before]
    assert found[0][:4] == tag_of(key.id)
    assert found[0][4:] == before[:12]
