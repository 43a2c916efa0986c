import json

import pytest

from casework.lib.strict_json import NestedTooDeeply, read_json


def test_what_can_be_stored_is_read() -> None:
    assert read_json('{"день": ["\\u0416", 1.5, null, true, "\\u2028"]}') == {"день": ["Ж", 1.5, None, True, "\u2028"]}


@pytest.mark.parametrize(
    "text", ["NaN", '{"a": Infinity}', "[-Infinity]", "1e999", "9" * 5000, '"\\u0000"', '["\\ud800"]']
)
def test_what_no_database_takes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_json(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(NestedTooDeeply):
        read_json(text)


def test_a_slip_is_told_by_its_place() -> None:
    with pytest.raises(json.JSONDecodeError) as refusal:
        read_json('{"a": 1,\n "b" 2}')

    assert refusal.value.lineno == 2


def test_halves_that_make_one_character_are_text() -> None:
    assert read_json('"\\ud83d\\ude00"') == "😀"
