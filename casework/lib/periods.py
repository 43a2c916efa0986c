"""Periods of days, months or years, added to a day and taken from it.

A month may have no such day: six months after 31 August is "31 February". Some laws mean the last day
of the shorter month, others the day after it. `Landing` holds both readings, the earlier one first,
because the earlier one is safe for the person who has to act.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Literal

Unit = Literal["days", "months", "years"]
UNITS: tuple[Unit, ...] = ("days", "months", "years")

# Longer than any law; keeps arithmetic inside the calendar.
MOST: Mapping[Unit, int] = {"days": 36_600, "months": 1_200, "years": 100}


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a period ends: `day`, and `other` where the month had no such day (else None)."""

    day: date
    other: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A number of days, of months or of years. Months and years are never turned into days."""

    count: int
    unit: Unit

    def after(self, day: date) -> Landing:
        """Return where this period after `day` ends. Raises OverflowError past the year 9999."""
        return self._from(day, +1)

    def before(self, day: date) -> Landing:
        """Return where this period before `day` begins. Raises OverflowError before the year 1."""
        return self._from(day, -1)

    def _from(self, day: date, sign: int) -> Landing:
        if self.unit == "days":
            return Landing(day + timedelta(days=sign * self.count))
        months = sign * self.count * (12 if self.unit == "years" else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        if not MINYEAR <= year <= MAXYEAR:
            raise OverflowError(f"{months} months from {day} lie outside the calendar")
        length = monthrange(year, month + 1)[1]
        if day.day <= length:
            return Landing(date(year, month + 1, day.day))
        landed = date(year, month + 1, length)
        return Landing(landed, landed + timedelta(days=1))


def parse_period(value: object) -> Period:
    """Return the period that `{"days": n}`, `{"months": n}` or `{"years": n}` states.

    Raises ValueError with a sentence that says what is wrong.
    """
    if not isinstance(value, Mapping):
        raise ValueError('a period is written as {"days": n}, {"months": n} or {"years": n}')
    named = [unit for unit in UNITS if unit in value]
    if len(named) != 1 or len(value) != 1:
        raise ValueError("a period has exactly one of days, months and years")
    unit = named[0]
    count = value[unit]
    if isinstance(count, bool) or not isinstance(count, int):
        raise ValueError(f"{unit} must be a whole number, not {count!r}")
    if not 0 <= count <= MOST[unit]:
        raise ValueError(f"{unit} must lie between 0 and {MOST[unit]}, not {count}")
    return Period(count, unit)
