"""A year of working days as the page shows it: twelve months of weeks, each special day in a word and a shape."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.dates import get_day_names
from django.utils.translation import gettext as _

from casework.lib.calendar_year import YearDay, days_of_year, language_of_names, years_covered
from casework.lib.months import month_name
from casework.residency import wording
from casework.residency.models import CalendarDay

WEEKEND, HOLIDAY, WORKED = "weekend", "holiday", "worked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day in the grid. `kind`: "" for an ordinary working day; `word`: what a reader hears."""

    day: date
    kind: str = ""
    word: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A special day below its month, in words."""

    day: date
    text: str
    ours: CalendarDay | None = None
    kind: str = ""
    is_name: bool = False  # of a holiday, in English where the package has none in the reader's language


@dataclass(slots=True, kw_only=True)
class Month:
    name: str
    weeks: list[list[Cell | None]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    working_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownYear:
    months: Sequence[Month]
    weekdays: Sequence[tuple[str, str]]
    working_days: int
    weekend: str
    has_own_language: bool
    has_estimated: bool


def shown_year(calendar: str, year: int, ours: Iterable[CalendarDay]) -> ShownYear:
    """Return the year with our exceptional days in it. The calendar is known."""
    language = wording.language()
    stated = {row.day: row for row in ours}
    days = days_of_year(calendar, year, language, {day: row.is_working_day for day, row in stated.items()})
    months = [_month(number, days, stated, language) for number in range(1, 13)]
    return ShownYear(
        months=months,
        weekdays=_weekdays(language),
        working_days=sum(month.working_days for month in months),
        weekend=_weekend(days, language),
        has_own_language=language_of_names(calendar, language).split("_")[0] == language,
        has_estimated=any(day.is_estimated for day in days),
    )


def is_covered(calendar: str, year: int) -> bool:
    covered = years_covered(calendar)
    return covered is not None and covered[0] <= year <= covered[1]


def _month(number: int, days: Sequence[YearDay], stated: Mapping[date, CalendarDay], language: str) -> Month:
    own = [day for day in days if day.day.month == number]
    month = Month(name=month_name(number, language, alone=True).capitalize())
    month.working_days = sum(day.is_working_day for day in own)
    cells: list[Cell | None] = [None] * own[0].day.weekday() + [_cell(day) for day in own]
    cells += [None] * (-len(cells) % 7)
    month.weeks = [cells[start : start + 7] for start in range(0, len(cells), 7)]
    month.lines = [line for day in own if (line := _line(day, stated.get(day.day)))]
    return month


def _cell(day: YearDay) -> Cell:
    is_ours = day.set_here is not None
    if day.is_working_day:
        if is_ours or day.is_swapped:
            return Cell(day=day.day, kind=WORKED, word=_("worked"), is_ours=is_ours)
        return Cell(day=day.day)
    if day.name or is_ours:
        return Cell(day=day.day, kind=HOLIDAY, word=_("day off"), is_ours=is_ours)
    return Cell(day=day.day, kind=WEEKEND, word=_("weekend"))


def _line(day: YearDay, ours: CalendarDay | None) -> Line | None:
    if ours is not None:
        stated = _("worked") if ours.is_working_day else _("day off")
        text = _("%(what)s, set here: %(reason)s") % {"what": stated, "reason": ours.reason}
        if day.name:
            text = f"{text} ({day.name})"
        return Line(day=day.day, text=text, ours=ours, kind=WORKED if ours.is_working_day else HOLIDAY)
    if day.is_swapped:
        return Line(day=day.day, text=_("worked: swapped with a day off"), kind=WORKED)
    if day.name:
        return Line(day=day.day, text=day.name, kind=HOLIDAY, is_name=True)
    return None


def _weekdays(language: str) -> list[tuple[str, str]]:
    """Return the days of the week from Monday: short for the eye, whole for the ear."""
    short, whole = (get_day_names(width, locale=language) for width in ("abbreviated", "wide"))
    return [(short[number], whole[number]) for number in range(7)]  # the order of the names is not that of the week


def _weekend(days: Sequence[YearDay], language: str) -> str:
    """Return which days of the week are usually off, in words; they differ by country."""
    names = get_day_names("wide", "stand-alone", locale=language)
    week = {day.day.weekday() for day in days[:14] if day.is_weekend}
    return ", ".join(names[number] for number in sorted(week))
