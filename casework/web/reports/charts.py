"""Charts as SVG that the server draws: shapes with classes and patterns, no style and no script. The table beside says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi

from casework.lib import day_words

WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 34, 6, 14, 22
_STEPS = (1, 2, 5)
MOST_HEADS = 5
# Bars with a name each.
NAMES, ROOM_OF_SUM = 128, 30
BAR_TOP, BAR_ROW, BAR_HEIGHT = 4, 19, 14
MOST_BARS, LONGEST_NAME = 30, 24
ROOM_OF_WORDS = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One of the things that a chart shows, a number a day or a point. `look` is a class of static/reports/charts.css."""

    look: str
    word: Promise | str
    numbers: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A day that is marked across the chart, in few words."""

    day: date
    word: str


@dataclass(frozen=True, slots=True)
class Shape:
    look: str
    path: str


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    words: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing as its template needs it. `title` and `told` say to those who do not see it what it shows."""

    key: str
    title: str
    told: str
    shapes: Sequence[Shape]
    grid: Sequence[Shape]
    texts: Sequence[Text]
    marks: Sequence[Shape]
    legend: Sequence[tuple[str, str]]
    is_lines: bool = False
    width: int = WIDTH
    height: int = HEIGHT


def nice_top(highest: float) -> float:
    """Return the end of an axis: the next of 1, 2 or 5 times a power of ten that is not below, 1 at least."""
    power = 1.0
    while True:
        for step in _STEPS:
            if step * power >= highest:
                return step * power
        power *= 10


class Plane:
    """Where a day and a number stand on the drawing."""

    def __init__(self, since: date, days: int, top: float) -> None:
        self.since, self.days, self.top = since, max(days, 1), top or 1

    def x(self, number: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * number / self.days, 1)

    def y(self, number: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * number / self.top, 1)

    def grid(self) -> tuple[list[Shape], list[Text]]:
        """Return lines and numbers at nothing, half and all of the height."""
        lines, texts = [], []
        for part in (0, 0.5, 1):
            y = self.y(self.top * part)
            lines.append(Shape("chart-grid", f"M{LEFT} {y}H{WIDTH - RIGHT}"))
            texts.append(Text(LEFT - 4, y + 3.5, f"{self.top * part:g}", "end"))
        return lines, texts

    def heads(self) -> list[Text]:
        """Return the days below, at most a few, the first and the last among them."""
        last = self.days - 1
        count = min(MOST_HEADS, self.days)
        numbers = sorted({round(last * each / max(count - 1, 1)) for each in range(count)})
        texts = []
        for number in numbers:
            anchor = "start" if number == 0 else "end" if number == last else "middle"
            x = self.x(number if number == 0 else self.days if number == last else number + 0.5)
            texts.append(Text(x, HEIGHT - 8, _short(self.since + timedelta(days=number)), anchor))
        return texts

    def mark(self, mark: Mark) -> tuple[Shape, Text] | None:
        number = (mark.day - self.since).days
        if not 0 <= number <= self.days:
            return None
        x = self.x(number)
        anchor = "end" if x > WIDTH * 0.7 else "start"
        return Shape("chart-mark", f"M{x} {TOP - 4}V{HEIGHT - BOTTOM}"), Text(
            x + (-2 if anchor == "end" else 2), TOP - 5, mark.word, anchor
        )


def stacked(
    *, key: str, title: str, told: str, since: date, layers: Sequence[Layer], marks: Sequence[Mark] = ()
) -> Chart:
    """Return layers on each other, a step a day; the first one is the lowest."""
    days = max((len(layer.numbers) for layer in layers), default=0)
    totals = [sum(layer.numbers[number] or 0 for layer in layers) for number in range(days)]
    plane = Plane(since, days, nice_top(max(totals, default=0)))
    below = [0.0] * days
    shapes = []
    for layer in layers:
        above = [low + (number or 0) for low, number in zip(below, layer.numbers, strict=True)]
        if any(layer.numbers):
            shapes.append(Shape(layer.look, _between(plane, below, above)))
        below = above
    grid, texts = plane.grid()
    lines, words = _marked(plane, marks)
    return Chart(
        key=key,
        title=title,
        told=told,
        shapes=shapes,
        grid=grid,
        texts=[*texts, *plane.heads(), *words],
        marks=lines,
        legend=[(layer.look, str(layer.word)) for layer in layers],
    )


def lines(*, key: str, title: str, told: str, points: Sequence[date], layers: Sequence[Layer]) -> Chart:
    """Return a line for each layer through its numbers at these days, evenly apart. Where there is no number, it breaks."""
    known = [number for layer in layers for number in layer.numbers if number is not None]
    plane = Plane(points[0], max(len(points) - 1, 1), nice_top(max(known, default=0)))
    shapes = [Shape(layer.look, path) for layer in layers if (path := _line(plane, layer.numbers))]
    grid, texts = plane.grid()
    count = min(MOST_HEADS, len(points))
    for number in sorted({round((len(points) - 1) * each / max(count - 1, 1)) for each in range(count)}):
        anchor = "start" if number == 0 else "end" if number == len(points) - 1 else "middle"
        texts.append(Text(plane.x(number), HEIGHT - 8, _short_month(points[number]), anchor))
    return Chart(
        key=key,
        title=title,
        told=told,
        shapes=shapes,
        grid=grid,
        texts=texts,
        marks=[],
        legend=[(layer.look, str(layer.word)) for layer in layers],
        is_lines=True,
    )


def bars(*, key: str, title: str, told: str, names: Sequence[str], layers: Sequence[Layer]) -> Chart:
    """Return a bar for each name, its layers one after the other, with their sum at its end; from the right where one reads from there."""
    names = names[:MOST_BARS]
    totals = [sum(layer.numbers[number] or 0 for layer in layers) for number in range(len(names))]
    top, room = nice_top(max(totals, default=0)), WIDTH - NAMES - ROOM_OF_SUM
    mirrored = get_language_bidi()

    def across(number: float) -> float:
        x = NAMES + room * number / top
        return round(WIDTH - x if mirrored else x, 1)

    shapes, texts, begun = [], [], [0.0] * len(names)
    for layer in layers:
        path = ""
        for number in range(len(names)):
            width = layer.numbers[number] or 0
            if width:
                y = BAR_TOP + number * BAR_ROW
                begin, end = across(begun[number]), across(begun[number] + width)
                path += f"M{begin} {y}H{end}V{y + BAR_HEIGHT}H{begin}Z"
                begun[number] += width
        if path:
            shapes.append(Shape(layer.look, path))
    for number, name in enumerate(names):
        y = BAR_TOP + number * BAR_ROW + BAR_HEIGHT - 3
        edge, end = (WIDTH, across(totals[number]) - 4) if mirrored else (0, across(totals[number]) + 4)
        shown = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        # In a drawing that is read from the right, "start" is the right edge.
        texts += [Text(edge, y, shown, "start"), Text(end, y, f"{totals[number]:g}", "start")]
    return Chart(
        key=key,
        title=title,
        told=told,
        shapes=shapes,
        grid=[],
        texts=texts,
        marks=[],
        legend=[(layer.look, str(layer.word)) for layer in layers],
        height=BAR_TOP + len(names) * BAR_ROW,
    )


def _line(plane: Plane, numbers: Sequence[float | None]) -> str:
    path, is_on = [], False
    for number, height in enumerate(numbers):
        if height is not None:
            # A number that stands alone is a dash, so that it is seen.
            path.append(f"{'L' if is_on else 'M'}{plane.x(number)} {plane.y(height)}{'' if is_on else 'h.1'}")
        is_on = height is not None
    return "".join(path)


def _marked(plane: Plane, marks: Sequence[Mark]) -> tuple[list[Shape], list[Text]]:
    """Return the marks of days in order; what one says is left out where the one before it stands too near."""
    found = [drawn for mark in marks if (drawn := plane.mark(mark)) is not None]
    words: list[Text] = []
    for _shape, text in found:
        if not words or abs(text.x - words[-1].x) > ROOM_OF_WORDS:
            words.append(text)
    return [shape for shape, _text in found], words


def _between(plane: Plane, below: Sequence[float], above: Sequence[float]) -> str:
    """Return the outline of an area of steps: along its upper edge, and back along its lower one."""
    path = [f"M{plane.x(0)} {plane.y(above[0])}"]
    path += _steps(plane, list(enumerate(above)), forwards=True)
    path.append(f"V{plane.y(below[-1])}")
    path += _steps(plane, list(enumerate(below))[::-1], forwards=False)
    return "".join([*path, "Z"])


def _steps(plane: Plane, numbers: Sequence[tuple[int, float]], *, forwards: bool) -> list[str]:
    """Return the steps of an edge. Where the height stays, nothing is written until it changes."""
    path = []
    for (number, height), (_next, next_height) in zip(numbers, [*numbers[1:], (0, float("nan"))], strict=True):
        if height == next_height:
            continue
        path.append(f"H{plane.x(number + 1 if forwards else number)}")
        if next_height == next_height:  # there is another one
            path.append(f"V{plane.y(next_height)}")
    return path


def _short(day: date) -> str:
    return day_words.day_and_month(day, get_language() or "en")


def _short_month(day: date) -> str:
    return day_words.short_month(day, get_language() or "en")
