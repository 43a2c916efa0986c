"""Identifiers are random, all of them, and references can be told apart on the phone."""

import re
from collections import Counter

from casework.lib.ids import REFERENCE_ALPHABET, new_id, new_reference


def test_ids_are_128_random_bits():
    made = [new_id() for _ in range(2000)]
    ones = Counter(bit for each in made for bit in range(128) if each.int >> bit & 1)

    assert len(set(made)) == 2000
    assert len(ones) == 128
    assert all(800 < count < 1200 for count in ones.values())


def test_references_have_no_letter_that_is_mistaken_for_another():
    assert not set("01AEIOULY") & set(REFERENCE_ALPHABET)
    assert len(set(REFERENCE_ALPHABET)) == len(REFERENCE_ALPHABET) == 27


def test_references_look_like_k7q_3f9_and_use_every_character_everywhere():
    made = [new_reference() for _ in range(3000)]

    assert all(re.fullmatch(rf"[{REFERENCE_ALPHABET}]{{3}}-[{REFERENCE_ALPHABET}]{{3}}", each) for each in made)
    for place in (0, 1, 2, 4, 5, 6):
        assert {each[place] for each in made} == set(REFERENCE_ALPHABET)
