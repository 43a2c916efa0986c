"""The index of prices: it follows the same leases, and nothing but their rents moves it."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casework.reports.prices import index


def months(*rents: dict[Any, int]) -> list[float | None]:
    found = index([{lease: Decimal(rent) for lease, rent in of_month.items()} for of_month in rents])
    return [None if each is None else float(each) for each in found]


def test_a_rent_that_trebles_trebles_the_index() -> None:
    assert months({"a": 100}, {"a": 150}, {"a": 300}) == [100, 150, 300]


def test_a_dear_flat_that_is_added_or_given_up_moves_nothing() -> None:
    assert months({"a": 100}, {"a": 100, "b": 900}, {"a": 110, "b": 990}, {"a": 110}) == [100, 100, 110, 110]


def test_two_leases_count_as_what_they_cost() -> None:
    # 100 + 300 become 150 + 300.
    assert months({"a": 100, "b": 300}, {"a": 150, "b": 300}) == [100, 112.5]


def test_where_no_lease_goes_on_it_begins_anew() -> None:
    assert months({}, {"a": 100}, {}, {"b": 70}, {"b": 77}) == [None, 100, None, 100, 110]
    assert months({"a": 100}, {"b": 70}) == [100, 100]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 9), min_size=1), min_size=1, max_size=6))
def test_rents_that_never_change_leave_it_at_a_hundred(rents: list[dict[str, int]]) -> None:
    constant = [{lease: ord(lease) for lease in of_month} for of_month in rents]

    assert set(months(*constant)) == {100.0}
