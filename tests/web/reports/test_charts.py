"""Charts: areas that stand where their numbers are, lines that break where there is none, words that do not overlap."""

import re
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from casework.web.reports import charts
from casework.web.reports.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Layer, Mark, Plane

DAY = date(2026, 12, 1)


def stacked(*numbers: list[float], marks: list[Mark] | None = None) -> charts.Chart:
    layers = [Layer(look=f"chart-{number}", word="beds", numbers=each) for number, each in enumerate(numbers)]
    return charts.stacked(key="x", title="Beds", told="Beds", since=DAY, layers=layers, marks=marks or [])


def corners(path: str) -> list[tuple[float, float]]:
    """The corners of an outline of horizontal and vertical strokes."""
    x = y = 0.0
    found = []
    for stroke, first, second in re.findall(r"([MHV])([\d.]+)(?: ([\d.]+))?", path):
        x, y = (
            (float(first), float(second))
            if stroke == "M"
            else (float(first), y)
            if stroke == "H"
            else (x, float(first))
        )
        found.append((x, y))
    return found


def area(path: str) -> float:
    """What an outline encloses, by the shoelace formula."""
    points = corners(path)
    return (
        abs(
            sum(
                x * next_y - next_x * y
                for (x, y), (next_x, next_y) in zip(points, points[1:] + points[:1], strict=True)
            )
        )
        / 2
    )


@given(st.lists(st.lists(st.integers(0, 9), min_size=6, max_size=6), min_size=1, max_size=3))
def test_areas_are_as_large_as_their_numbers(numbers: list[list[float]]) -> None:
    found = stacked(*numbers)

    top = charts.nice_top(max(map(sum, zip(*numbers, strict=True))))
    a_bed_day = (WIDTH - LEFT - RIGHT) / 6 * (HEIGHT - TOP - BOTTOM) / top
    drawn = {shape.look: area(shape.path) for shape in found.shapes}
    for number, each in enumerate(numbers):
        # Places are rounded to a tenth of a point: seven edges across and two along may each be off by half of that.
        assert drawn.get(f"chart-{number}", 0) == pytest.approx(sum(each) * a_bed_day, abs=90)


def test_an_area_lies_upon_the_one_below() -> None:
    lower, upper = (corners(shape.path) for shape in stacked([2, 2, 1], [1, 1, 1]).shapes)

    plane = Plane(DAY, 3, charts.nice_top(3))
    assert {y for _x, y in lower} == {plane.y(0), plane.y(1), plane.y(2)}
    assert {y for _x, y in upper} == {plane.y(1), plane.y(2), plane.y(3)}


def test_nothing_is_drawn_of_nothing() -> None:
    assert stacked([0, 0], [0, 0]).shapes == []
    assert stacked([], []).shapes == []


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (1, 1), (3, 5), (12, 20), (38, 50), (501, 1000)])
def test_an_axis_ends_at_a_round_number(highest: float, top: float) -> None:
    assert charts.nice_top(highest) == top


def test_marks_that_stand_near_each_other_are_named_once_and_those_outside_not_at_all() -> None:
    marks = [Mark(day=DAY + timedelta(days=number), word=f"mark {number}") for number in (-3, 2, 3, 60, 99)]

    found = stacked([1.0] * 85, marks=marks)

    assert [text.words for text in found.texts if text.words.startswith("mark")] == ["mark 2", "mark 60"]
    assert len(found.marks) == 3


def test_a_line_breaks_where_there_is_no_number() -> None:
    months = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    layer = Layer(look="chart-line-1", word="KGS", numbers=[100.0, None, 50.0, 100.0])

    found = charts.lines(key="x", title="Index", told="Index", points=months, layers=[layer])

    [shape] = found.shapes
    assert shape.path.count("M") == 2
    assert shape.path.count("L") == 1
    assert found.is_lines


def test_everything_stands_within_the_drawing() -> None:
    found = stacked([3.0] * 40, marks=[Mark(day=DAY + timedelta(days=39), word="the end of a lease")])

    for shape in found.shapes:
        assert all(LEFT <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in corners(shape.path))
    assert all(0 <= text.x <= WIDTH and 0 <= text.y <= HEIGHT for text in found.texts)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_bars_are_as_long_as_their_numbers_and_say_their_sum(numbers: list[tuple[int, int]]) -> None:
    layers = [Layer(look=f"chart-{each}", word="cases", numbers=[pair[each] for pair in numbers]) for each in (0, 1)]
    found = charts.bars(key="x", title="Cases", told="Cases", names=["Somebody"] * len(numbers), layers=layers)

    top = charts.nice_top(max(map(sum, numbers)))
    a_case = (WIDTH - charts.NAMES - charts.ROOM_OF_SUM) / top
    drawn = {shape.look: _lengths(shape.path) for shape in found.shapes}
    for each in (0, 1):
        assert sum(drawn.get(f"chart-{each}", [])) == pytest.approx(sum(it[each] for it in numbers) * a_case, abs=1)
    assert [text.words for text in found.texts[1::2]] == [str(sum(pair)) for pair in numbers]


def _lengths(path: str) -> list[float]:
    return [abs(float(end) - float(begin)) for begin, end in re.findall(r"M([\d.]+) [\d.]+H([\d.]+)V", path)]


def test_bars_grow_from_the_right_where_one_reads_from_there_and_long_names_are_cut() -> None:
    def drawn() -> charts.Chart:
        layer = Layer(look="chart-0", word="cases", numbers=[2, 1])
        return charts.bars(key="x", title="Cases", told="Cases", names=["A" * 60, "B"], layers=[layer])

    left = drawn()
    with translation.override("ar"):
        right = drawn()

    assert left.texts[0].words == "A" * 23 + "…"
    assert (left.texts[0].x, right.texts[0].x) == (0, WIDTH)
    assert left.shapes[0].path.startswith(f"M{float(charts.NAMES)} ")
    assert right.shapes[0].path.startswith(f"M{float(WIDTH - charts.NAMES)} ")
