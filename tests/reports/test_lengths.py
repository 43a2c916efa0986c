"""How long people stay: moves between beds are no end, and quartiles are those of spreadsheets."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reports.lengths import Stay, joined, quartiles

DAY = date(2026, 11, 1)


def on(number: int) -> date:
    return DAY + timedelta(days=number)


def stay(first: int, last: int | None, *, person: str = "a", kind: str = "shelter", is_over: bool = True) -> Stay:
    return Stay(person=person, kind=kind, since=on(first), until=None if last is None else on(last), is_over=is_over)


def lengths(*stays: Stay) -> list[int]:
    return sorted(each.nights(on(30)) for each in joined(stays))


def test_a_move_from_bed_to_bed_is_one_stay() -> None:
    assert lengths(stay(5, 9), stay(0, 5), stay(9, 20)) == [20]


def test_a_night_elsewhere_ends_it_and_so_does_another_kind_of_place() -> None:
    assert lengths(stay(0, 5), stay(6, 9)) == [3, 5]
    assert lengths(stay(0, 5), stay(5, 9, kind="host_family")) == [4, 5]


def test_people_are_not_taken_together() -> None:
    assert lengths(stay(0, 5), stay(5, 9, person="b")) == [4, 5]


def test_who_moved_and_is_still_there_has_been_there_since_the_first_bed() -> None:
    [whole] = joined([stay(0, 5), stay(5, None, is_over=False)])

    assert not whole.is_over
    assert whole.nights(on(12)) == 12


def test_a_planned_end_is_not_reached_yet() -> None:
    assert stay(0, 99, is_over=False).nights(on(12)) == 12
    assert stay(12, 99, is_over=False).nights(on(3)) == 0


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([7], (7, 7, 7)),
        ([1, 2, 3, 4, 5], (2, 3, 4)),
        ([4, 1, 3, 2], (Fraction(7, 4), Fraction(5, 2), Fraction(13, 4))),
        ([10, 20], (Fraction(25, 2), 15, Fraction(35, 2))),
    ],
)  # fmt: skip
def test_quartiles_are_as_worked_out_by_hand(numbers: list[int], told: tuple[Fraction, ...]) -> None:
    found = quartiles(numbers)

    assert found is not None
    assert (found.lower, found.median, found.upper) == told


def test_there_are_none_of_nothing() -> None:
    assert quartiles([]) is None


@given(st.lists(st.integers(0, 400), min_size=1))
def test_half_of_the_numbers_lie_on_each_side_of_the_median(numbers: list[int]) -> None:
    found = quartiles(numbers)

    assert found is not None
    assert min(numbers) <= found.lower <= found.median <= found.upper <= max(numbers)
    assert 2 * sum(number < found.median for number in numbers) <= len(numbers)
    assert 2 * sum(number > found.median for number in numbers) <= len(numbers)
