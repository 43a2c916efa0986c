"""Days as people know them: typed in three parts, pasted from a paper, known to within bounds.

Every refusal says which part is wrong and why. A day that could be read in two ways is refused:
05/12/2026 is the 5th of December to one reader and the 12th of May to another.
"""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from casework.lib.marking import gettext_noop
from casework.lib.months import folded, parse_month, weekday_names

# "2027 года", "2026-ж.", "2026 оны 12-р сарын 5", "the 5th of December".
YEAR_WORDS = frozenset({"г", "год", "года", "р", "року", "ж", "жыл", "жылы", "оны"})
FILLERS = YEAR_WORDS | {"сар", "сарын", "го", "гараг", "the", "of", "st", "nd", "rd", "th"}

_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})")
_EITHER_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONGOLIAN = re.compile(r"(\d{4})\s*оны?\s*(\d{1,2})(?:-?р)?\s*сар(?:ын)?\s*(\d{1,2})")
_WORDS_AND_NUMBERS = re.compile(r"[^\W\d_]+|\d+")

MISSING = {
    ("day",): gettext_noop("The date must include a day."),
    ("month",): gettext_noop("The date must include a month."),
    ("year",): gettext_noop("The date must include a year."),
    ("day", "month"): gettext_noop("The date must include a day and a month."),
    ("day", "year"): gettext_noop("The date must include a day and a year."),
    ("month", "year"): gettext_noop("The date must include a month and a year."),
}
DAY_NOT_A_NUMBER = gettext_noop("Day must be a number from 1 to 31.")
MONTH_UNKNOWN = gettext_noop("“%(typed)s” is not a month. Write its name, such as March, or its number from 1 to 12.")
YEAR_NOT_FOUR_DIGITS = gettext_noop("Year must have four digits, for example 2027.")
NO_SUCH_DAY = gettext_noop("%(day)s %(month_name)s does not exist.")
NO_SUCH_DAY_THAT_YEAR = gettext_noop("%(day)s %(month_name)s %(year)s does not exist.")
TWO_READINGS = gettext_noop(
    "“%(typed)s” can be read in two ways. Write the month in words, or fill in the three boxes."
)
UNREADABLE = gettext_noop("“%(typed)s” is not a date that can be read. Fill in day, month and year in the three boxes.")


class UnreadableDay(ValueError):
    """A day that cannot be read: why (English, marked for translation), and in which part.

    `params` fill the message; in place of `month_name` they hold `month`, a number, because only
    whoever shows the message knows the language.
    """

    def __init__(self, message: str, part: str, **params: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.part = part
        self.params = params


@dataclass(frozen=True, slots=True)
class BoundedDay:
    """A day that is known exactly, to lie within bounds, or not at all; a bound may be open."""

    earliest: dt.date | None = None
    latest: dt.date | None = None

    def __post_init__(self) -> None:
        if self.earliest and self.latest and self.latest < self.earliest:
            raise ValueError("the latest day lies before the earliest")

    @classmethod
    def exactly(cls, day: dt.date) -> "BoundedDay":
        return cls(day, day)

    @property
    def is_exact(self) -> bool:
        return self.earliest is not None and self.earliest == self.latest

    @property
    def is_unknown(self) -> bool:
        return self.earliest is None and self.latest is None


@dataclass(frozen=True, slots=True)
class Birth:
    """When somebody was born: the day, or the year alone, or neither. A day brings its year."""

    day: dt.date | None = None
    year: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None:
            if self.year not in (None, self.day.year):
                raise ValueError("the year is not the year of the day")
            object.__setattr__(self, "year", self.day.year)

    @classmethod
    def within(cls, earliest: dt.date | None, latest: dt.date | None) -> "Birth":
        """Return the birth that lies within these bounds, as far as a form can show it."""
        if earliest is None or latest is None:
            return cls()
        if earliest == latest:
            return cls(earliest)
        return cls(year=earliest.year) if earliest.year == latest.year else cls()

    @property
    def is_unknown(self) -> bool:
        return self.year is None

    @property
    def bounds(self) -> BoundedDay:
        """The first and the last day on which it can have been: a year alone has all of its days."""
        if self.day is not None:
            return BoundedDay.exactly(self.day)
        if self.year is None:
            return BoundedDay()
        return BoundedDay(dt.date(self.year, 1, 1), dt.date(self.year, 12, 31))


def today_in(zone: str, now: dt.datetime) -> dt.date:
    """Return the day that it is in `zone` (such as "Asia/Bishkek") at the instant `now`."""
    return now.astimezone(ZoneInfo(zone)).date()


def parse_day(day: str, month: str, year: str) -> dt.date | None:
    """Return the day typed in three boxes, None if all are blank, or raise `UnreadableDay`.

    A whole date pasted into the first box is read as such, if the others are blank.
    """
    typed = {"day": day.strip(), "month": month.strip(), "year": year.strip()}
    if not any(typed.values()):
        return None
    if typed["day"] and not (typed["month"] or typed["year"] or typed["day"].isdecimal()):
        return parse_pasted_day(typed["day"])
    missing = tuple(part for part, text in typed.items() if not text)
    if missing:
        raise UnreadableDay(MISSING[missing], missing[0])
    return _read_parts(typed["day"], typed["month"], typed["year"])


def parse_pasted_day(text: str) -> dt.date:
    """Return the day that `text` states in a form that has one reading, or raise `UnreadableDay`.

    Read are 27 марта 2027 г., March 27, 2027, 27.3.2027, 27/3/2027, 2027-03-27 and their like.
    """
    text = " ".join(text.split())
    if match := _YEAR_FIRST.fullmatch(text):
        return _read_parts(match[3], match[2], match[1])
    if match := _DAY_FIRST.fullmatch(text):
        return _read_parts(match[1], match[2], match[3])
    if match := _MONGOLIAN.fullmatch(text.casefold()):
        return _read_parts(match[3], match[2], match[1])
    if match := _EITHER_FIRST.fullmatch(text):
        if int(match[1]) <= 12 and match[1].lstrip("0") != match[2].lstrip("0"):
            raise UnreadableDay(TWO_READINGS, "day", typed=text)
        return _read_parts(match[1], match[2], match[3])
    return _read_words(text)


def parse_year(text: str) -> int:
    """Return the year that `text` writes in four digits, or raise `UnreadableDay`."""
    if not (text.isdecimal() and len(text) == 4 and int(text)):
        raise UnreadableDay(YEAR_NOT_FOUR_DIGITS, "year")
    return int(text)


def _read_words(text: str) -> dt.date:
    """Read a date in which the month is a word: the year is the number of four digits."""
    words, numbers = [], []
    for token in _WORDS_AND_NUMBERS.findall(text):
        if token.isdecimal():
            numbers.append(token)
        elif folded(token) not in FILLERS and folded(token) not in weekday_names():
            words.append(token)
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if not (words and len(numbers) == 2 and len(years) == len(days) == 1):
        raise UnreadableDay(UNREADABLE, "day", typed=text)
    return _read_parts(days[0], " ".join(words), years[0])


def _read_parts(day: str, month: str, year: str) -> dt.date:
    if not (day.isdecimal() and len(day) <= 2 and 1 <= int(day) <= 31):
        raise UnreadableDay(DAY_NOT_A_NUMBER, "day")
    month_number = parse_month(month)
    if month_number is None:
        raise UnreadableDay(MONTH_UNKNOWN, "month", typed=month)
    year_number = parse_year(year)
    try:
        return dt.date(year_number, month_number, int(day))
    except ValueError:
        leap_day = month_number == 2 and int(day) == 29
        message = NO_SUCH_DAY_THAT_YEAR if leap_day else NO_SUCH_DAY
        raise UnreadableDay(message, "day", day=int(day), month=month_number, year=year_number) from None
