"""Single cells: read without a guess, written so that a spreadsheet program keeps them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.residency.tables import cells
from casework.residency.tables.cells import UnreadableCell


def sentence(read, cell):
    with pytest.raises(UnreadableCell) as refused:
        read(cell)
    return refused.value.sentence


@pytest.mark.parametrize(
    "cell",
    [
        "2023-01-27",
        datetime(2023, 1, 27),
        date(2023, 1, 27),
        "27.01.2023",
        "27 January 2023",
        "27 января 2023 г.",
        "27/1/2023",
        "1/27/2023",
    ],
)
def test_a_day_with_one_reading_is_read(cell):
    assert cells.read_day(cell) == date(2023, 1, 27)


def test_a_day_with_two_readings_is_asked_about():
    assert sentence(cells.read_day, "05/12/2026") == (
        "Which day is “05/12/2026”: 2026-05-12 or 2026-12-05? Write it in that way."
    )


def test_the_same_number_twice_has_one_reading():
    assert cells.read_day("05/05/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (44953, "A number stands where a day is wanted"),
        (datetime(2023, 1, 27, 14), "A time of day stands here"),
        ("next week", "“next week” is not a day that can be read"),
        ("2023-02-30", "30 February does not exist"),
        ("44953", "“44953” is not a day that can be read"),
        ("27.01.23", "“27.01.23” is not a day that can be read"),
    ],
)
def test_what_is_no_day_is_refused(cell, said):
    assert said in sentence(cells.read_day, cell)


@pytest.mark.parametrize(("cell", "number"), [(90, 90), (90.0, 90), ("90", 90), ("90.0", 90), ("", None), (None, None)])
def test_whole_numbers_are_read_as_spreadsheets_write_them(cell, number):
    assert cells.read_whole(cell) == number


@pytest.mark.parametrize("cell", ["1,000", "1 000", "90,0", "1.500"])
def test_a_number_with_two_readings_is_asked_about(cell):
    assert "can be read in two ways" in sentence(cells.read_whole, cell)


@pytest.mark.parametrize("cell", [90.5, "ninety", "9e1", True, datetime(2023, 1, 1)])
def test_what_is_no_whole_number_is_refused(cell):
    sentence(cells.read_whole, cell)


@pytest.mark.parametrize(("cell", "share"), [("0.25", 0.25), ("0,25", 0.25), (0.25, 0.25), ("1", 1), ("", None)])
def test_shares_are_read_with_either_decimal_mark(cell, share):
    assert cells.read_share(cell) == share


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("yes", True), ("Да", True), (True, True), ("ИСТИНА", True), ("no", False), (False, False), ("", None)],
)
def test_yes_and_no(cell, answer):
    assert cells.read_yes_no(cell) is answer


def test_neither_yes_nor_no():
    assert "neither yes nor no" in sentence(cells.read_yes_no, "perhaps")


def test_periods_and_pairs():
    assert cells.read_period("3 months") == {"months": 3}
    assert cells.read_period("1 year") == {"years": 1}
    assert cells.read_pairs("internal_passport: 14, travel_passport: 0") == {
        "internal_passport": "14",
        "travel_passport": "0",
    }
    assert "is not a period" in sentence(cells.read_period, "a quarter")
    assert "stands here twice" in sentence(cells.read_pairs, "a: 1, a: 2")


def test_a_text_that_became_a_date_is_refused():
    assert "took this text for a date" in sentence(cells.read_text, datetime(2024, 3, 1))


@pytest.mark.parametrize("text", ["=1+1", "+7 999", "-5", "@SUM(A1)", "\t=1", "'=1", "''+"])
def test_no_text_is_taken_for_a_formula(text):
    assert cells.guarded(text).startswith("'")
    assert cells.unguarded(cells.guarded(text)) == text


@given(st.text(alphabet="'=+-@\t\rab ", max_size=8))
def test_the_mark_is_taken_away_exactly(text):
    assert cells.unguarded(cells.guarded(text)) == text
    assert not cells.guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
