"""Sets of days as spans agree with sets of days."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casework.residency.rules.days import Span, Tally, clipped, difference, intersection, meet, size, union

SPANS = st.lists(
    st.tuples(st.integers(min_value=1, max_value=60), st.integers(min_value=0, max_value=12)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=6,
)


def days_in(spans: list[Span]) -> set[int]:
    return {day for first, last in spans for day in range(first, last + 1)}


@given(spans=SPANS)
def test_a_union_has_the_days_of_its_parts_once_and_in_order(spans: list[Span]) -> None:
    merged = union(spans)

    assert days_in(merged) == days_in(spans)
    assert size(merged) == len(days_in(spans))
    assert all(one[1] + 1 < other[0] for one, other in pairwise(merged))


@given(one=SPANS, other=SPANS)
def test_intersection_difference_and_meeting_are_those_of_sets(one: list[Span], other: list[Span]) -> None:
    one, other = union(one), union(other)

    assert days_in(intersection(one, other)) == days_in(one) & days_in(other)
    assert days_in(difference(one, other)) == days_in(one) - days_in(other)
    assert meet(one, other) == bool(days_in(one) & days_in(other))


@given(spans=SPANS, first=st.integers(min_value=0, max_value=80), last=st.integers(min_value=0, max_value=80))
def test_a_tally_counts_and_finds_days(spans: list[Span], first: int, last: int) -> None:
    spans = union(spans)
    inside = sorted(day for day in days_in(spans) if first <= day <= last)

    assert Tally(spans).between(first, max(first - 1, last)) == len(inside)
    assert days_in(clipped(spans, first, last)) == set(inside)
    after = sorted(day for day in days_in(spans) if day >= first)
    for n in range(1, len(after) + 3):
        assert Tally(spans).nth(n, first) == (after[n - 1] if n <= len(after) else None)
