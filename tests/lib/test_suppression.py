"""Small counts of people are hidden, and cannot be worked out from what is shown."""

import random
import time
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.lib.suppression import (
    ALL,
    LARGEST_HIDDEN,
    SMALLEST_SHOWN,
    Place,
    is_small,
    outgoing,
    outgoing_count,
    outgoing_part,
    outgoing_table,
    suppressed,
)

MOST = 400  # more than any table here sums up to
# Small ones, those at the border, and some that are not.
COUNTS = st.sampled_from([0, 0, 1, 2, 3, 5, 7, 8, 9, 12, 20, 31])


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ({"a": 0, "b": 8}, {"a": 0, "b": 8}, 8),
        ({"a": 7, "b": 8, "c": 20}, {"a": None, "b": None, "c": 20}, 35),
        ({"a": 3, "b": 4}, {"a": None, "b": None}, None),
        ({"a": 4, "b": 4}, {"a": None, "b": None}, 8),
        ({"a": 7}, {"a": None}, None),
        ({"a": 1, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}, 11),
        # Eight people in eight places: the total would say that one is in each.
        (dict.fromkeys("abcdefgh", 1), dict.fromkeys("abcdefgh"), None),
        (dict.fromkeys("abcdefgh", 1) | {"i": 9}, dict.fromkeys("abcdefghi"), 17),
        ({}, {}, 0),
    ],
)
def test_what_is_hidden(counts: dict[str, int], shown: dict[str, int | None], total: int | None) -> None:
    found = suppressed(counts)

    assert (found.counts, found.total) == (shown, total)


def test_what_is_hidden_of_a_list_may_be_anything_from_one_to_seven() -> None:
    for numbers in product((0, 1, 3, 7, 8, 12, 30), repeat=4):
        found = suppressed(dict(enumerate(numbers)))
        hidden = [numbers[key] for key, count in found.counts.items() if count is None]

        assert all(count is None or not is_small(count) for count in found.counts.values())
        if found.total is not None and hidden:
            # All but one of them are one at least; the rest is for that one, which may also leave it to another.
            assert len(hidden) > 1
            assert sum(hidden) - (len(hidden) - 1) >= LARGEST_HIDDEN


@pytest.mark.parametrize(
    ("total", "part", "shown"),
    [(20, 8, 10), (20, 0, 0), (20, 20, 20), (20, 13, None), (20, 12, 10), (20, 7, None), (7, 0, None)],
)
def test_a_part_is_shown_unless_it_or_the_rest_is_small(total: int, part: int, shown: int | None) -> None:
    assert outgoing_part(total, part) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (7, None), (8, 10), (14, 10), (15, 20), (104, 100)])
def test_what_leaves_is_rounded_to_tens(count: int, shown: int | None) -> None:
    assert outgoing_count(count) == shown


def test_no_two_figures_differ_by_one_to_seven_whoever_is_counted_in_one_and_not_in_the_other() -> None:
    """10,000 pairs of reports about the same invented people, each pair with one condition more or one day later."""
    invented = random.Random(5)
    for _number in range(10_000):
        groups = [invented.choice((0, 1, 2, 6, 7, 8, 9, 15, 16, 40)) for _group in range(invented.randint(1, 6))]
        more = [max(0, size + invented.choice((0, 0, 1, -1, 3, 7))) for size in groups]
        one, other = outgoing(dict(enumerate(groups))), outgoing(dict(enumerate(more)))
        pairs = [*zip(one.counts.values(), other.counts.values(), strict=True), (one.total, other.total)]

        for before, after in pairs:
            if before is not None and after is not None:
                assert not is_small(abs(before - after))


# --- Several properties ---


@st.composite
def tables(draw: st.DrawFn) -> dict[Place, int]:
    sizes = draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 4), (2, 2, 2), (2, 2, 3)]))
    return {place: draw(COUNTS) for place in product(*(range(size) for size in sizes))}


@settings(max_examples=150)
@given(tables())
def test_every_small_cell_may_be_one_and_may_be_seven_as_far_as_the_rest_tells(cells: dict[Place, int]) -> None:
    shown = outgoing_table(cells)

    for place, number in cells.items():
        if is_small(number):
            assert shown[place] is None
            assert is_possible(shown, place, 1, 1)
            assert is_possible(shown, place, LARGEST_HIDDEN, LARGEST_HIDDEN)


@settings(max_examples=100)
@given(tables())
def test_no_small_total_can_be_told_from_a_large_one_unless_one_cell_makes_it(cells: dict[Place, int]) -> None:
    shown, true = outgoing_table(cells), truth(cells)

    for place, number in true.items():
        if is_small(number) and ALL in place:
            assert shown[place] is None
            assert is_possible(shown, place, LARGEST_HIDDEN, MOST)
            if sum(count > 0 for cell, count in cells.items() if _is_of(cell, place)) > 1:
                assert is_possible(shown, place, SMALLEST_SHOWN, MOST)


@settings(max_examples=100)
@given(tables())
def test_what_is_shown_of_a_table_is_true_and_a_table_without_small_numbers_is_shown_whole(
    cells: dict[Place, int],
) -> None:
    shown, true = outgoing_table(cells), truth(cells)

    assert {place: number for place, number in shown.items() if number is not None}.items() <= true.items()
    if not any(is_small(number) for number in true.values()):
        assert shown == true
    assert all(shown[place] == 0 for place, number in true.items() if number == 0)


@settings(max_examples=50)
@given(tables(), st.randoms(use_true_random=False))
def test_the_same_table_hides_the_same_in_whatever_order_it_comes(cells: dict[Place, int], by: random.Random) -> None:
    shuffled = list(cells.items())
    by.shuffle(shuffled)

    assert outgoing_table(dict(shuffled)) == outgoing_table(cells)


def test_one_small_number_costs_three_others_and_no_total() -> None:
    cells: dict[Place, int] = {place: 3 if place == ("a", "x") else 20 for place in product("abc", "xyz")}

    hidden = [place for place, number in outgoing_table(cells).items() if number is None]

    assert len(hidden) == 4
    assert not any(ALL in place for place in hidden)


def test_two_lines_that_are_safe_by_themselves_and_not_together_are_found() -> None:
    """Two numbers hidden in each line, and yet one is told: between two rings it is the only bridge."""
    ring: dict[Place, int] = {
        (0, 0): 5,
        (0, 1): 5,
        (1, 0): 5,
        (1, 1): 5,
        (2, 2): 5,
        (2, 3): 5,
        (3, 2): 5,
        (3, 3): 5,
        (1, 2): 5,
    }
    cells: dict[Place, int] = {place: ring.get(place, 0) for place in product(range(4), repeat=2)}
    naive: dict[Place, int | None] = {**truth(cells), **dict.fromkeys(ring)}

    assert not is_possible(naive, (1, 2), 1, 1)
    assert is_possible(outgoing_table(cells), (1, 2), 1, 1)


def test_a_table_like_that_of_a_donor_takes_seconds_and_keeps_most_of_what_is_large() -> None:
    invented = random.Random(7)
    sizes = (range(5), range(20), range(3), range(5))  # programme, service, sex, age
    cells: dict[Place, int] = {
        place: int(invented.expovariate(1 / 12)) if invented.random() < 0.5 else 0 for place in product(*sizes)
    }
    begun = time.process_time()

    shown = outgoing_table(cells)

    assert time.process_time() - begun < 20
    true = truth(cells)
    by_one = [place for place in true if place.count(ALL) == 3]
    assert sum(shown[place] is not None for place in by_one) > len(by_one) * 2 / 3
    assert shown[ALL, ALL, ALL, ALL] == sum(cells.values())


def truth(cells: Mapping[Place, int]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for cell, count in cells.items():
        for place in product(*((value, ALL) for value in cell)):
            found[place] = found.get(place, 0) + count
    return found


def is_possible(shown: Mapping[Place, int | None], place: Place, least: int, most: int) -> bool:
    """Whether some table agrees with all that is shown and has a number from `least` to `most` at `place`: tried out.

    This knows nothing of how the table was made. What is hidden is one at least, since nothing is hidden of what is empty.
    """
    bounds = {each: (1, MOST) if number is None else (number, number) for each, number in shown.items()}
    bounds[place] = max(bounds[place][0], least), min(bounds[place][1], most)
    cells = [each for each in shown if ALL not in each]
    lines = {total: [cell for cell in cells if _is_of(cell, total)] for total in shown if ALL in total}
    return _can_be_filled(bounds, lines)


def _can_be_filled(bounds: dict[Place, tuple[int, int]], lines: Mapping[Place, list[Place]]) -> bool:
    """Whether numbers can be found within the bounds: narrow them line by line, then try the values of one cell."""
    bounds, before = dict(bounds), None
    while bounds != before:
        before = dict(bounds)
        for total, members in lines.items():
            low, high = sum(bounds[cell][0] for cell in members), sum(bounds[cell][1] for cell in members)
            bounds[total] = max(bounds[total][0], low), min(bounds[total][1], high)
            for cell in members:
                least, most = bounds[cell]
                bounds[cell] = max(least, bounds[total][0] - high + most), min(most, bounds[total][1] - low + least)
        if any(least > most for least, most in bounds.values()):
            return False
    unsure = [each for each, (least, most) in bounds.items() if least < most and each not in lines]
    if not unsure:
        return True
    cell = min(unsure, key=lambda each: bounds[each][1] - bounds[each][0])
    least, most = bounds[cell]
    return any(_can_be_filled({**bounds, cell: (value, value)}, lines) for value in range(least, most + 1))


def _is_of(cell: Place, total: Place) -> bool:
    return all(wanted is ALL or wanted == value for value, wanted in zip(cell, total, strict=True))
