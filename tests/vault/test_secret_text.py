"""Short secrets of other libraries open for their purpose only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault import keyfile
from casework.vault.errors import TamperedData
from casework.vault.secret_text import SealedTexts, digest, open_text, seal_text, secrets_of
from tests.vault.conftest import NOW


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=80))
def test_a_secret_comes_back(text):
    assert open_text("seed", seal_text("seed", text)) == text


def test_another_purpose_does_not_open_it():
    with pytest.raises(TamperedData):
        open_text("other", seal_text("seed", "JBSWY3DPEHPK3PXP"))


@pytest.mark.parametrize("stored", ["", "JBSWY3DPEHPK3PXP", "тайна", "gAAAAA=="])
def test_what_was_never_sealed_is_refused(stored):
    with pytest.raises(TamperedData):
        open_text("seed", stored)


def test_a_changed_letter_is_refused():
    sealed = seal_text("seed", "JBSWY3DPEHPK3PXP")
    changed = sealed[:-10] + ("A" if sealed[-10] != "A" else "B") + sealed[-9:]

    with pytest.raises(TamperedData):
        open_text("seed", changed)


def test_nothing_of_the_secret_shows():
    assert "JBSWY3DPEHPK3PXP" not in seal_text("seed", "JBSWY3DPEHPK3PXP")


def test_a_text_says_with_which_secret_it_is_sealed_and_older_ones_still_open(key_file):
    before = seal_text("seed", "JBSWY3DPEHPK3PXP")

    added = keyfile.add_key(key_file, "secret", now=NOW)

    after = seal_text("seed", "JBSWY3DPEHPK3PXP")
    assert secrets_of({"secret": before, "list": [after, "plain", 7]}) == {before.split(":")[0], added}
    assert open_text("seed", before) == open_text("seed", after) == "JBSWY3DPEHPK3PXP"


def test_a_text_from_before_it_said_so_is_opened_with_whichever_secret_fits(key_file):
    before = seal_text("seed", "JBSWY3DPEHPK3PXP").split(":")[1]
    keyfile.add_key(key_file, "secret", now=NOW)

    assert secrets_of(before) == {""}
    assert open_text("seed", before) == "JBSWY3DPEHPK3PXP"


def test_the_texts_in_a_column_are_sealed_anew_and_what_is_beside_them_stays(key_file):
    column = SealedTexts(purpose="seed", model="mfa.Authenticator", field="data")
    before = {"secret": column.seal("one"), "codes": [column.seal("two")], "mask": 5, "name": "gone"}
    added = keyfile.add_key(key_file, "secret", now=NOW)

    after = column.anew(before)

    assert secrets_of(after) == {added}
    assert (column.open(after["secret"]), column.open(after["codes"][0])) == ("one", "two")
    assert (after["mask"], after["name"]) == (5, "gone")


def test_a_digest_is_the_same_for_the_same_text_only(key_file):
    assert digest("form", "one") == digest("form", "one")
    assert len({digest("form", "one"), digest("form", "two"), digest("page", "one")}) == 3
