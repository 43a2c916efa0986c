"""Names of months, in every language of our users' papers."""

import pytest
from babel.dates import get_month_names

from casework.lib.months import LANGUAGES, month_name, parse_month


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("context", ["format", "stand-alone"])
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_every_name_of_every_month_is_read(language: str, context: str, width: str) -> None:
    names = get_month_names(width, context, language)

    assert {month: parse_month(name) for month, name in names.items()} == {month: month for month in range(1, 13)}


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("3", 3),
        ("03", 3),
        ("12", 12),
        ("МАРТА", 3),
        (" марта ", 3),
        ("мар", 3),
        ("сен.", 9),
        ("sept", 9),
        ("Decem", 12),
        ("кантар", 1),
        ("акпан", 2),
        ("шилде", 7),
        ("желтоксан", 12),
        ("12-р сар", 12),
        ("12 сарын", 12),
        ("арван нэгдүгээр сарын", 11),
        ("лютого", 2),
        ("VII", 7),
        ("xii", 12),
    ],
)
def test_what_people_type_is_read(text: str, month: int) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize("text", ["", "0", "13", "ма", "м", "арван", "foo", "2027", "-3", "3.5", "marchy"])
def test_what_names_no_month_or_two_is_refused(text: str) -> None:
    assert parse_month(text) is None


def test_a_month_in_a_date_stands_in_the_genitive_and_alone_in_the_nominative() -> None:
    assert month_name(3, "ru") == "марта"
    assert month_name(3, "ru", alone=True) == "март"
