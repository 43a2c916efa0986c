"""Lists in pages."""

import pytest
from django.http import QueryDict

from casework.accounts.models import Team
from casework.web.components import KeysetPage
from casework.web.paging import keyset_page

pytestmark = pytest.mark.django_db

# Two teams share each country, so the second key decides as well.
TEAMS = [("KG", "a"), ("KG", "b"), ("KZ", "c"), ("KZ", "d"), ("MN", "e")]


@pytest.fixture(autouse=True)
def teams() -> None:
    for country, code in TEAMS:
        Team.objects.create(code=code, name=code, country=country, time_zone="UTC")


def page(query: str = "", keys: tuple[str, ...] = ("country", "code"), size: int = 2) -> KeysetPage:
    return keyset_page(Team.objects.all(), keys, QueryDict(query), "/teams/", size=size)


def codes(found: KeysetPage) -> str:
    return "".join(team.code for team in found.rows)


def follow(url: str, **options: tuple[str, ...]) -> KeysetPage:
    return page(url.removeprefix("/teams/?"), **options)


def test_following_next_shows_every_row_once() -> None:
    first = page()
    second = follow(first.next_url)
    third = follow(second.next_url)

    assert [codes(first), codes(second), codes(third)] == ["ab", "cd", "e"]
    assert (first.previous_url, third.next_url) == ("", "")


def test_following_previous_leads_back_the_same_way() -> None:
    third = follow(follow(page().next_url).next_url)
    second = follow(third.previous_url)
    first = follow(second.previous_url)

    assert [codes(second), codes(first)] == ["cd", "ab"]
    assert first.previous_url == ""
    assert codes(follow(first.next_url)) == "cd"


def test_keys_may_descend() -> None:
    keys = ("-country", "code")
    first = page(keys=keys)

    assert codes(first) == "ec"
    assert codes(follow(first.next_url, keys=keys)) == "da"


def test_a_row_added_before_the_place_moves_nothing() -> None:
    first = page()
    Team.objects.create(code="A", name="new", country="KG", time_zone="UTC")

    assert codes(follow(first.next_url)) == "cd"


def test_the_filters_stay_in_the_address() -> None:
    assert page("status=open").next_url == "/teams/?status=open&after=KG~b"


def test_a_full_last_page_has_no_next() -> None:
    assert page(size=5).next_url == ""


@pytest.mark.parametrize("query", ["after=", "after=KG", "after=KG~a~b", "before=x", "after=KG~%00"])
def test_an_address_that_names_no_place_shows_the_first_page(query: str) -> None:
    assert codes(page(query)) == "ab"


def test_a_key_of_the_wrong_kind_shows_the_first_page() -> None:
    assert codes(page("after=KG~not-a-uuid", keys=("country", "id"), size=5)) != ""
