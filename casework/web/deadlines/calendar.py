"""What is due in the weeks ahead as a calendar: a row a week, a cell a day, the number in the cell. The table beside says the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from casework.residency.rules.kinds import DUTY_LABELS, Duty

from .axis import Label, day_and_month, in_words, weekday
from .weeks import WEEKS, days_shown

LEFT, TOP, CELL, ROW = 58, 18, 42, 26
WIDTH, HEIGHT = LEFT + 7 * CELL + 2, TOP + WEEKS * ROW + 2
# From so many on, a day is drawn heavier: three steps that grey paper tells apart by their pattern as well.
STEPS = ((6, "chart-blocked"), (3, "chart-booked"), (1, "chart-held"))
CASES_NAMED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One deadline as the calendar needs it."""

    on: date
    duty: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    x: int
    y: int
    look: str
    number: int
    day_of_month: int
    is_today: bool
    is_over: bool

    @property
    def middle(self) -> int:
        return self.x + CELL // 2

    @property
    def end(self) -> int:
        return self.x + CELL - 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A day of the table: what is due and in which cases; `more`: so many cases beside those named."""

    on: date
    number: int
    duties: Sequence[tuple[str, int]]
    codes: Sequence[str]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The drawing and its table. `told` says to whoever does not see it what it shows."""

    told: str
    cells: Sequence[Cell]
    weekdays: Sequence[Label]
    weeks: Sequence[Label]
    rows: Sequence[DayRow]
    total: int
    width: int = WIDTH
    height: int = HEIGHT
    row: int = ROW
    cell: int = CELL


def picture_of(due: Iterable[Due], today: date) -> Picture:
    """Return what is due from today to the end of the calendar, as picture and as table."""
    by_day: dict[date, list[Due]] = defaultdict(list)
    for each in due:
        by_day[each.on].append(each)
    first, _last = days_shown(today)
    cells = [_cell(first + timedelta(days=number), number, by_day, today) for number in range(7 * WEEKS)]
    rows = [_row(on, by_day[on]) for on in sorted(by_day)]
    total = sum(row.number for row in rows)
    return Picture(
        told=_told(rows, total),
        cells=cells,
        weekdays=[
            Label(x=_x(number) + CELL // 2, y=TOP - 6, words=weekday(first + timedelta(days=number)))
            for number in range(7)
        ],
        weeks=[
            Label(x=_edge(), y=TOP + number * ROW + 17, words=day_and_month(first + timedelta(weeks=number)))
            for number in range(WEEKS)
        ],
        rows=rows,
        total=total,
    )


def _told(rows: Sequence[DayRow], total: int) -> str:
    if not rows:
        return _("No day has a deadline.")
    most = max(rows, key=lambda row: row.number)
    return _("%(total)s in all, the first on %(first)s, most on %(day)s: %(most)s.") % {
        "total": total,
        "first": in_words(rows[0].on),
        "day": in_words(most.on),
        "most": most.number,
    }


def _cell(day: date, number: int, by_day: dict[date, list[Due]], today: date) -> Cell:
    count = len(by_day.get(day, ()))
    look = next((look for least, look in STEPS if count >= least), "")
    return Cell(
        x=_x(number % 7),
        y=TOP + number // 7 * ROW,
        look=look,
        number=count,
        day_of_month=day.day,
        is_today=day == today,
        is_over=day < today,
    )


def _row(on: date, due: Sequence[Due]) -> DayRow:
    duties: dict[str, int] = {}
    for each in due:
        label = _(DUTY_LABELS[Duty(each.duty)])
        duties[label] = duties.get(label, 0) + 1
    codes = list(dict.fromkeys(each.code for each in due))
    return DayRow(
        on=on,
        number=len(due),
        duties=sorted(duties.items()),
        codes=codes[:CASES_NAMED],
        more=max(len(codes) - CASES_NAMED, 0),
    )


def _x(weekday: int) -> int:
    """Return where a day of the week begins: from the right where one reads from there."""
    return (6 - weekday) * CELL + 1 if get_language_bidi() else LEFT + weekday * CELL


def _edge() -> int:
    """Return the edge of the drawing at which the weeks are named."""
    return WIDTH if get_language_bidi() else 0
