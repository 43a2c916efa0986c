"""Where days stand on a drawing: from left to right, or from the right where one reads from there; and what they are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language, get_language_bidi

from casework.lib import day_words

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words in a drawing. In one that is read from the right, "start" is their right edge."""

    x: float
    y: float
    words: str
    anchor: str = "start"
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The days from `first` to `last`, across a drawing of `width`; `left` is kept free before them, `right` after."""

    first: date
    last: date
    width: int
    left: int = 0
    right: int = 0

    def begin(self, day: date) -> float:
        """Return where a day begins; what lies beyond the drawing stands at its edge."""
        number = (min(max(day, self.first), self.last + DAY) - self.first).days
        room = self.width - self.left - self.right
        return self.at(self.left + room * number / ((self.last - self.first).days + 1))

    def end(self, day: date) -> float:
        """Return where a day ends."""
        return self.begin(day + DAY if day < self.last else self.last + DAY)

    def at(self, units: float) -> float:
        """Return where a point stands that is so far from where one begins to read."""
        return round(self.width - units if get_language_bidi() else units, 1)

    @property
    def forwards(self) -> int:
        """1 if time goes to the right, else -1."""
        return -1 if get_language_bidi() else 1

    def months(self, apart: float) -> Iterator[date]:
        """Yield first days of months that stand at least so far from each other, and so far from the end."""
        stood: float | None = None
        for month in self._first_days():
            x = self.begin(month)
            room = abs(self.end(self.last) - x)
            if (stood is None or abs(x - stood) >= apart) and room >= apart:
                stood = x
                yield month

    def _first_days(self) -> Iterator[date]:
        month = first_of_month(self.first, 0 if self.first.day == 1 else 1)
        while month <= self.last:
            yield month
            month = first_of_month(month, 1)


def first_of_month(day: date, months: int) -> date:
    """Return the first day of the month that lies so many months from that of `day`."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def in_words(day: date) -> str:
    return day_words.in_words(day, _language())


def month_in_words(day: date) -> str:
    return day_words.short_month(day, _language())


def day_and_month(day: date) -> str:
    return day_words.day_and_month(day, _language())


def weekday(day: date) -> str:
    """Return the day of the week in short, such as "Fri"."""
    return day_words.short_weekday(day, _language())


def _language() -> str:
    return get_language() or "en"
