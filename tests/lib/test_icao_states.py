"""Codes of states as documents print them."""

import pytest

from casework.lib.countries import codes, is_nationality
from casework.lib.icao_states import State, state_of


@pytest.mark.parametrize(
    ("printed", "code", "sort"),
    [
        ("RUS", "RU", "country"),
        ("KGZ", "KG", "country"),
        ("D", "DE", "country"),
        ("RKS", "XK", "country"),
        ("GBO", "GB", "british"),
        ("XXB", "XXB", "person"),
        ("UNO", "", "organisation"),
        ("YUG", "", "gone"),
        ("UTO", "", "specimen"),
        ("rus", "", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_what_three_letters_stand_for(printed: str, code: str, sort: str) -> None:
    assert state_of(printed) == State(printed, code, sort)


def test_every_country_can_be_read_but_three_that_print_no_documents() -> None:
    from casework.lib import icao_states

    read = set(icao_states._shortened().values())
    assert codes() - read == {"CQ", "EA", "IC"}
    assert all(is_nationality(code) for code in read)
