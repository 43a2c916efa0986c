"""Short secrets of other libraries open for their purpose only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.errors import TamperedData
from casework.vault.secret_text import open_text, seal_text


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
