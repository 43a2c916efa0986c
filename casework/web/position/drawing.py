"""Where the days of a limit stand in a drawing: a cell a day by months, or a strip of runs of equal days.

Geometry alone: what a day is comes from the engine, what it is called from `pictures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from casework.residency.rules.days import Span
from casework.residency.rules.glance import LimitGlance

# Units of the drawings; a phone of 360 px shows one in about 0.9 px.
WIDTH = 382
LABEL, PITCH, CELL_WIDTH = 44, 10, 9
ROW, CELL_HEIGHT, TOP = 20, 15, 14
STRIP = 14
# Two labels in one line need so much room.
LABELS_APART = 150
MONTHS_AT_MOST = 12

COUNTED, UNCERTAIN, NOT_COUNTED, AHEAD, BROKEN, OUT, FUTURE = (
    "counted",
    "uncertain",
    "not-counted",
    "ahead",
    "broken",
    "out",
    "future",
)
# How a day is drawn; of several that hold the first.
STATES = (BROKEN, UNCERTAIN, COUNTED, NOT_COUNTED, AHEAD)
# Those that differ by a pattern, so that paper in grey tells them apart.
PATTERNED = frozenset({BROKEN, UNCERTAIN, NOT_COUNTED, AHEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day. `counts`: it is one of the days used on the day that is asked about."""

    day: date
    state: str
    counts: bool
    x: int
    y: int
    is_asof: bool = False
    enters: bool = False
    leaves: bool = False
    falls_out: bool = False

    @property
    def mark_y(self) -> int:
        return self.y + CELL_HEIGHT

    @property
    def is_patterned(self) -> bool:
        return self.state in PATTERNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One row of cells. `count`: how many of its days count."""

    first: date
    y: int
    cells: Sequence[Cell]

    @property
    def count(self) -> int:
        return sum(cell.counts for cell in self.cells)

    @property
    def text_y(self) -> int:
        return self.y + 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    months: Sequence[Month]
    heads: Sequence[tuple[int, int]]  # number of the day, and where it stands
    width: int = WIDTH
    cell_width: int = CELL_WIDTH
    cell_height: int = CELL_HEIGHT
    count_x: int = WIDTH

    @property
    def height(self) -> int:
        return TOP + ROW * len(self.months)

    @property
    def cells(self) -> list[Cell]:
        return [cell for month in self.months for cell in month.cells]

    @property
    def states(self) -> set[str]:
        return {cell.state for cell in self.cells}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Days of one state in a row, as part of a strip."""

    state: str
    x: float
    width: float
    days: int

    @property
    def is_patterned(self) -> bool:
        return self.state in PATTERNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A day that is marked on a strip. `anchor`: how its label stands to it; `text_y`: below others that are near."""

    kind: str  # entry | asof | last
    day: date
    x: float
    anchor: str
    text_y: int = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    runs: Sequence[Run]
    marks: Sequence[Mark] = ()
    ticks: Sequence[tuple[float, date]] = ()
    has_years: bool = False  # the ticks are first days of years, else of months
    width: int = WIDTH
    height: int = STRIP

    @property
    def states(self) -> set[str]:
        return {run.state for run in self.runs}


def calendar_of(glance: LimitGlance) -> Calendar:
    """Return a cell for each day of the picture, a row a month."""
    months: list[Month] = []
    cells: list[Cell] = []
    states = _Days(glance)
    for ordinal in range(glance.first, glance.last + 1):
        day = date.fromordinal(ordinal)
        y = TOP + ROW * len(months)
        cells.append(states.cell(ordinal, x=LABEL + PITCH * (day.day - 1), y=y))
        if ordinal == glance.last or date.fromordinal(ordinal + 1).day == 1:
            months.append(Month(first=cells[0].day, y=y, cells=tuple(cells)))
            cells = []
    heads = [(number, LABEL + PITCH * (number - 1) + CELL_WIDTH // 2) for number in (1, 5, 10, 15, 20, 25, 31)]
    return Calendar(months=tuple(months), heads=heads)


def strip_of(glance: LimitGlance) -> Strip:
    """Return the days as one strip, runs of equal days in one piece."""
    return Strip(runs=_runs(glance))


def bar_of(glance: LimitGlance) -> Strip:
    """Return a visit as a strip with its entry, the day that is asked about, and the last lawful day."""
    marks = [_mark(glance, "entry", glance.first)]
    last = glance.broken[0][0] - 1 if glance.broken else _ordinal(glance.limit.last_lawful_day)
    if last is not None and glance.first < last <= glance.last:
        mark = _mark(glance, "last", last)
        marks.append(replace(mark, text_y=59) if mark.x < LABELS_APART else mark)
    if glance.asof != glance.first:
        marks.append(_mark(glance, "asof", glance.asof))
    firsts = [day for day in map(date.fromordinal, range(glance.first, glance.last + 1)) if day.day == 1]
    # A month says which year it is of only as long as the year does not come round again.
    has_years = len(firsts) > MONTHS_AT_MOST
    ticks = tuple((_x(glance, day.toordinal()), day) for day in firsts if day.month == 1 or not has_years)
    return Strip(runs=_runs(glance), marks=tuple(marks), ticks=ticks, has_years=has_years, height=30)


class _Days:
    """What each day of a limit is."""

    def __init__(self, glance: LimitGlance) -> None:
        self.asof = glance.asof
        self.spans: dict[str, Sequence[Span]] = {
            BROKEN: glance.broken,
            UNCERTAIN: glance.uncertain,
            COUNTED: glance.counted,
            NOT_COUNTED: glance.not_counted,
            AHEAD: glance.ahead,
        }
        self.falling_out = glance.falling_out
        self.entries, self.exits = frozenset(glance.entries), frozenset(glance.exits)

    def state(self, day: int) -> str:
        for state in STATES:
            if _holds(self.spans[state], day):
                return state
        return OUT if day <= self.asof else FUTURE

    def cell(self, day: int, *, x: int, y: int) -> Cell:
        return Cell(
            day=date.fromordinal(day),
            state=self.state(day),
            counts=_holds(self.spans[COUNTED], day),
            x=x,
            y=y,
            is_asof=day == self.asof,
            enters=day in self.entries,
            leaves=day in self.exits,
            falls_out=_holds(self.falling_out, day),
        )


def _runs(glance: LimitGlance) -> list[Run]:
    days = _Days(glance)
    edges = {glance.first, glance.last + 1, min(max(glance.asof + 1, glance.first), glance.last + 1)}
    for spans in days.spans.values():
        edges |= {edge for first, last in spans for edge in (first, last + 1) if glance.first <= edge <= glance.last}
    runs: list[Run] = []
    for first, after in pairwise(sorted(edges)):
        state, x, end = days.state(first), _x(glance, first), _x(glance, after)
        if runs and runs[-1].state == state:
            before = runs.pop()
            runs.append(Run(state=state, x=before.x, width=round(end - before.x, 2), days=before.days + after - first))
        else:
            runs.append(Run(state=state, x=x, width=round(end - x, 2), days=after - first))
    return runs


def _mark(glance: LimitGlance, kind: str, day: int) -> Mark:
    x = _x(glance, day + 1 if kind == "last" else day)
    anchor = "start" if x < WIDTH / 3 else "end" if x > WIDTH * 2 / 3 else "middle"
    return Mark(kind=kind, day=date.fromordinal(day), x=x, anchor=anchor)


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _x(glance: LimitGlance, day: int) -> float:
    return round(WIDTH * (day - glance.first) / (glance.last - glance.first + 1), 2)


def _holds(spans: Sequence[Span], day: int) -> bool:
    return any(first <= day <= last for first, last in spans)
