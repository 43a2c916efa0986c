"""Small counts of people are hidden, and cannot be worked out from what is shown."""

from itertools import product

import pytest

from casework.lib.suppression import SMALLEST_SHOWN, part_of, suppressed


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ({"a": 0, "b": 8}, {"a": 0, "b": 8}, 8),
        ({"a": 7, "b": 8, "c": 20}, {"a": None, "b": None, "c": 20}, 35),
        ({"a": 3, "b": 4}, {"a": None, "b": None}, None),
        ({"a": 4, "b": 4}, {"a": None, "b": None}, 8),
        ({"a": 7}, {"a": None}, None),
        ({"a": 1, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}, 11),
        ({}, {}, 0),
    ],
)
def test_what_is_hidden(counts: dict[str, int], shown: dict[str, int | None], total: int | None) -> None:
    found = suppressed(counts)

    assert (found.counts, found.total) == (shown, total)


def test_no_small_count_can_be_worked_out_from_the_total() -> None:
    for numbers in product((0, 1, 3, 7, 8, 12, 30), repeat=4):
        found = suppressed(dict(enumerate(numbers)))
        hidden = [numbers[key] for key, count in found.counts.items() if count is None]

        assert all(count is None or count == 0 or count >= SMALLEST_SHOWN for count in found.counts.values())
        if found.total is not None and hidden:
            assert len(hidden) > 1
            assert sum(hidden) >= SMALLEST_SHOWN


@pytest.mark.parametrize(
    ("total", "part", "shown"),
    [(20, 8, 8), (20, 0, 0), (20, 20, 20), (20, 13, None), (20, 12, 12), (20, 7, None), (7, 0, None)],
)
def test_a_part_is_shown_unless_it_or_the_rest_is_small(total: int, part: int, shown: int | None) -> None:
    assert part_of(total, part) == shown
