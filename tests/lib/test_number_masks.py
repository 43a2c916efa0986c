"""How numbers of documents look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.lib.number_masks import capitals_and_digits, example_of, fits, fits_any, is_mask


@pytest.mark.parametrize(
    ("mask", "number"),
    [
        ("## ## ######", "00 00 000000"),
        ("## ## ######", "0000-000000"),
        ("## #######", "75 № 0000001"),
        ("%-&& № ######", "II-АЯ № 000001"),
        ("%-&& № ######", "ІІІ-ая 000001"),  # Roman numbers typed with Cyrillic letters
        ("N########", "n00000000"),
        ("AN#######", "АН0000000".replace("Н", "N")),  # the first letter is Cyrillic
        ("@@######", "АВ000001"),
        ("&&######", "AB000001"),  # Cyrillic letters typed as Latin ones
        ("**-#", "Я7-1"),
    ],
)
def test_a_number_fits_however_it_is_spaced_and_in_whichever_letters_it_is_typed(mask: str, number: str) -> None:
    assert fits(mask, number)


@pytest.mark.parametrize(
    ("mask", "number"),
    [
        ("## ## ######", "00 00 00000"),
        ("## ## ######", "00 00 0000000"),
        ("## ## ######", "00 00 00000O"),
        ("N########", "E00000000"),
        ("@@######", "ЯЯ000001"),  # these letters look like no Latin one
        ("%-&& № ######", "-АЯ 000001"),
        ("## #######", ""),
    ],
)
def test_what_does_not_look_so_does_not_fit(mask: str, number: str) -> None:
    assert not fits(mask, number)


def test_no_mask_says_nothing_and_one_of_several_is_enough() -> None:
    assert fits_any([], "whatever")
    assert fits_any(["@@######", "#########"], "000000001")
    assert not fits_any(["@@######", "#########"], "1")


@pytest.mark.parametrize("text", ["", "   ", "-", "(##)", "##|@", "#" * 41, "[0-9]+"])
def test_what_says_nothing_about_a_number_is_no_mask(text: str) -> None:
    assert not is_mask(text)


@given(st.text(alphabet="#@&%*AЯ7 -№", min_size=1, max_size=20).filter(is_mask))
def test_the_example_of_a_mask_fits_it(mask: str) -> None:
    assert fits(mask, example_of(mask))


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_answered(mask: str, number: str) -> None:
    assert fits(mask, number) in (True, False)


def test_the_normal_form_keeps_letters_and_digits_in_latin_capitals() -> None:
    assert capitals_and_digits("ан 12-34 я") == "AH1234Я"
