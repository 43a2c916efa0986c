"""Who runs out when: a row a case, a flag where something has to be done, over the weeks ahead. The table beside says the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.residency.rules.kinds import DUTY_LABELS, Duty

from .axis import Axis, Label, in_words, month_in_words
from .weeks import WEEKS, days_shown

WIDTH, RIGHT = 360, 6
# The codes, and after them a column for what is overdue.
CODES, OVERDUE = 76, 24
TODAY, HEADS, TOP = 10, 24, 30
ROW, MIDDLE = 22, 11
MONTHS_APART = 70
FLAG, POLE = 8, 14
# Flags that stand nearer are drawn as one, with their number.
FLAGS_APART = 18
NAMED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One deadline as the picture needs it. `today`: the day that it is for the person."""

    on: date
    duty: str
    today: date

    @property
    def is_late(self) -> bool:
        return self.on < self.today

    @property
    def label(self) -> str:
        return _(DUTY_LABELS[Duty(self.duty)])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case, and what is due in it, the soonest first."""

    code: str
    due: Sequence[Due]

    @property
    def first(self) -> Due:
        return self.due[0]

    @property
    def named(self) -> Sequence[Due]:
        return self.due[:NAMED]

    @property
    def more(self) -> int:
        return max(len(self.due) - NAMED, 0)

    @property
    def late(self) -> int:
        return sum(it.is_late for it in self.due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    path: str
    number: Label | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the drawing. `late`: where it says how many deadlines are overdue."""

    code: Label
    line: str
    flags: Sequence[Flag]
    late: Label | None = None
    late_box: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The drawing and its table. `told` says to whoever does not see it what it shows."""

    told: str
    months: Sequence[Label]
    weeks: Sequence[float]
    today: Label
    overdue: Label
    rows: Sequence[Row]
    lines: Sequence[CaseLine]
    height: int
    width: int = WIDTH
    top: int = TOP


def picture_of(lines: Sequence[CaseLine], today: date) -> Picture:
    """Return the picture of these cases, a row each in the order given."""
    first, last = days_shown(today)
    axis = Axis(first=first, last=last, width=WIDTH, left=CODES + OVERDUE, right=RIGHT)
    rows = [_row(line, axis, TOP + number * ROW) for number, line in enumerate(lines)]
    return Picture(
        told=_told(lines),
        months=[Label(x=axis.begin(it), y=HEADS, words=month_in_words(it)) for it in axis.months(MONTHS_APART)],
        weeks=[axis.begin(first + timedelta(weeks=number)) for number in range(WEEKS)],
        today=Label(x=axis.begin(today), y=TODAY, words=_("today")),
        overdue=Label(x=axis.at(CODES + OVERDUE - 4), y=TODAY, words=_("overdue"), anchor="end"),
        rows=rows,
        lines=lines,
        height=TOP + len(rows) * ROW + 4,
    )


def _row(line: CaseLine, axis: Axis, y: int) -> Row:
    middle, late = y + MIDDLE, line.late
    return Row(
        code=Label(x=axis.at(0), y=middle + 4, words=line.code),
        line=f"M{axis.at(CODES)} {y + ROW}H{axis.at(WIDTH - RIGHT)}",
        flags=[_flag(axis, days, y) for days in _together(axis, [it.on for it in line.due if not it.is_late])],
        late=Label(x=axis.at(CODES + OVERDUE / 2 - 2), y=middle + 4, words=str(late), anchor="middle")
        if late
        else None,
        late_box=_box(axis, y) if late else "",
    )


def _together(axis: Axis, days: Iterable[date]) -> list[list[date]]:
    """Return the days in groups of those that stand too near each other to be drawn apart."""
    groups: list[list[date]] = []
    for day in days:
        if groups and abs(axis.begin(day) - axis.begin(groups[-1][0])) < FLAGS_APART:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def _flag(axis: Axis, days: Sequence[date], y: int) -> Flag:
    """Return one flag at the first of these days, with how many there are beside it if there are several."""
    x, top = axis.begin(days[0]), y + (ROW - POLE) // 2
    is_near_end = abs(x - axis.at(WIDTH)) < FLAG + RIGHT
    way = -axis.forwards if is_near_end else axis.forwards
    number = None
    if len(days) > 1:
        number = Label(x=x - 2 * way, y=y + MIDDLE + 4, words=str(len(days)), anchor="start" if is_near_end else "end")
    return Flag(path=f"M{x} {top + POLE}V{top}l{FLAG * way} 4L{x} {top + 8}", number=number)


def _box(axis: Axis, y: int) -> str:
    begin, end = axis.at(CODES), axis.at(CODES + OVERDUE - 4)
    return f"M{begin} {y + 3}H{end}V{y + ROW - 3}H{begin}Z"


def _told(lines: Sequence[CaseLine]) -> str:
    if not lines:
        return _("No case has a deadline in these weeks.")
    cases = ngettext("%(count)s case.", "%(count)s cases.", len(lines)) % {"count": len(lines)}
    late = sum(line.late for line in lines)
    overdue = ngettext("%(count)s deadline is overdue.", "%(count)s deadlines are overdue.", late) % {"count": late}
    ahead = min(((it.on, line.code) for line in lines for it in line.due if not it.is_late), default=None)
    parts = [cases, overdue if late else _("Nothing is overdue.")]
    if ahead is not None:
        day, code = ahead
        parts.append(_("Next: %(code)s, %(day)s.") % {"code": code, "day": in_words(day)})
    return " ".join(parts)
