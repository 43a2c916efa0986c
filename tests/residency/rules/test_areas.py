"""Whether an address names a place that is recorded as closed, in whatever script."""

import pytest

from casework.residency.rules.areas import area_rules, closed_areas_named
from casework.residency.rules.kinds import Duty, Kind, LegalStatus
from casework.residency.rules.known import known_rules

from .making import NOW, book, day, rule

AREAS = ["Esenyurt", "Fatih", "Yeni Mahalle", "5-й микрорайон"]
CLOSED = rule("TR", Kind.AREA_RESTRICTION, {"areas": AREAS}, valid_from="2022-07-01", duty=Duty.AREA)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Istanbul, Esenyurt", ["Esenyurt"]),
        ("Стамбул, Эсеньюрт", ["Esenyurt"]),
        ("район ФАТИХ, дом 3", ["Fatih"]),
        ("yeni  mahalle 12", ["Yeni Mahalle"]),
        ("Mahalle Yeni", []),
        ("Fatihova ulica 5", []),
        ("5 mikrorayon, 7", ["5-й микрорайон"]),
        ("6 mikrorayon, 5", []),
        ("", []),
    ],
)
def test_an_area_is_found_by_whole_words_in_any_script(text: str, named: list[str]) -> None:
    assert [each.name for each in closed_areas_named([CLOSED], text)] == named


def test_a_name_is_not_put_together_from_two_lines() -> None:
    assert closed_areas_named([CLOSED], "Yeni", "Mahalle") == []


def test_the_restrictions_are_those_of_the_country_and_the_day() -> None:
    planned = rule(
        "TR", Kind.AREA_RESTRICTION, {"areas": ["X"]}, part="p", legal_status=LegalStatus.PROPOSED, duty=Duty.AREA
    )
    known = known_rules(book(CLOSED, planned), NOW)

    assert area_rules(known, "TR", day("2022-06-30")) == ()
    assert area_rules(known, "TR", day("2022-07-01")) == (CLOSED,)
    assert area_rules(known, "KZ", day("2026-01-01")) == ()
