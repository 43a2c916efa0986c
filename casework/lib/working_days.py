"""Working days of a country: the `holidays` package, and over it our own dated overrides.

Weekends differ by country, and working weekends are swapped for days off: in Kazakhstan Saturday
4 May 2024 was a working day and Wednesday 8 May was not. Nothing here moves a date that falls on a
holiday; whoever counts decides what the count means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version
from types import MappingProxyType

import holidays

# Which edition of the holidays a date rests on: they are corrected from release to release.
EDITION = f"holidays {version('holidays')}"

# The years in which swapped days are looked for.
FIRST_SWAPS, LAST_SWAPS = 2010, 2045
# After so many years without swapped days nobody waits for them any more.
SWAPS_FORGOTTEN = 3

NO_OVERRIDES: Mapping[date, bool] = MappingProxyType({})


class UnknownCalendar(ValueError):
    """No working days are known under this code."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of one calendar, by ISO 3166-1 alpha-2 code of its country.

    overrides: day -> True if it is a working day, False if not, whatever the package says.
    """

    calendar: str
    overrides: Mapping[date, bool] = field(default_factory=lambda: NO_OVERRIDES)

    def __post_init__(self) -> None:
        if not is_known_calendar(self.calendar):
            raise UnknownCalendar(f"no calendar of working days is known as {self.calendar!r}")

    def is_working_day(self, day: date) -> bool:
        decided = self.overrides.get(day)
        return day not in _days_off(self.calendar, day.year) if decided is None else decided

    def first_from(self, day: date) -> date:
        """Return `day` if it is a working day, else the next one."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def nth_after(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`; `day` itself for n = 0, working day or not."""
        for _ in range(n):
            day = self.first_from(day + timedelta(days=1))
        return day

    def is_weekend(self, day: date) -> bool:
        """Say whether the day is usually off there, whatever was swapped in its year."""
        return day.weekday() in _country(self.calendar).weekend

    def set_here_between(self, first: date, last: date) -> tuple[date, ...]:
        """Return the days from `first` to `last` about which our own overrides decided."""
        return tuple(sorted(day for day in self.overrides if first <= day <= last))

    def covers(self, day: date) -> bool:
        """Say whether the package knows holidays of that year; outside it only weekends are known."""
        country = _country(self.calendar)
        return bool(country.start_year <= day.year <= country.end_year)

    def may_move_days_in(self, year: int) -> bool:
        """Say whether days of that year may yet be swapped: the country swaps days, and none is known from then on.

        A country that has swapped none for longer than `SWAPS_FORGOTTEN` years is taken to have stopped.
        """
        latest = _latest_swap(self.calendar)
        is_set_here = any(day.year == year for day in self.overrides)
        return not is_set_here and latest is not None and latest < year <= latest + SWAPS_FORGOTTEN

    def estimated_between(self, first: date, last: date) -> tuple[date, ...]:
        """Return the days off from `first` to `last` whose date is only estimated (sighting of the moon)."""
        found = []
        for year in range(first.year, last.year + 1):
            found += [day for day in _estimated(self.calendar, year) if first <= day <= last]
        return tuple(sorted(found))


def is_known_calendar(code: str) -> bool:
    return code in _supported()


@lru_cache(maxsize=1)
def _supported() -> frozenset[str]:
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)


@lru_cache(maxsize=256)
def _country(calendar: str) -> holidays.HolidayBase:
    return holidays.country_holidays(calendar)


@lru_cache(maxsize=4096)
def _days_off(calendar: str, year: int) -> frozenset[date]:
    country = _country(calendar)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))
    return frozenset(day for day in days if not country.is_working_day(day))


@lru_cache(maxsize=256)
def _latest_swap(calendar: str) -> int | None:
    """Return the last year for which a day of the weekend is known to be worked in place of another."""
    country = holidays.country_holidays(calendar, years=range(FIRST_SWAPS, LAST_SWAPS + 1))
    return max((day.year for day in country.weekend_workdays), default=None)


@lru_cache(maxsize=4096)
def _estimated(calendar: str, year: int) -> tuple[date, ...]:
    named = holidays.country_holidays(calendar, years=year, language="en_US")
    return tuple(day for day, name in named.items() if "estimated" in name.lower())
