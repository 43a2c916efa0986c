"""A year of a country as its calendar has it: weekends, public holidays by name, swapped days, and what was set here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from casework.lib.day_words import in_words
from casework.lib.working_days import NO_OVERRIDES, WorkingDays, is_known_calendar

_ESTIMATED = "estimated"
_AMERICAN = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDay:
    """One day. `name`: of the public holiday; `usually`: whether the package calls it a working day."""

    day: date
    is_weekend: bool
    usually: bool
    name: str = ""
    is_estimated: bool = False
    set_here: bool | None = None

    @property
    def is_working_day(self) -> bool:
        return self.usually if self.set_here is None else self.set_here

    @property
    def is_swapped(self) -> bool:
        """Whether the package has it worked though the week says otherwise."""
        return self.is_weekend and self.usually


def days_of_year(
    calendar: str, year: int, language: str, overrides: Mapping[date, bool] = NO_OVERRIDES
) -> list[YearDay]:
    """Return every day of the year. Raises UnknownCalendar."""
    working = WorkingDays(calendar, overrides)
    plain = WorkingDays(calendar)
    names = holiday_names(calendar, year, language)
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
    estimated = set(plain.estimated_between(days[0], days[-1]))
    return [
        YearDay(
            day=day,
            is_weekend=plain.is_weekend(day),
            usually=plain.is_working_day(day),
            name=names.get(day, ""),
            is_estimated=day in estimated,
            set_here=working.overrides.get(day),
        )
        for day in days
    ]


@lru_cache(maxsize=512)
def holiday_names(calendar: str, year: int, language: str) -> Mapping[date, str]:
    """Return the names of the public holidays of a year, in `language` if the package has it, else in English."""
    spoken = language_of_names(calendar, language)
    named = holidays.country_holidays(calendar, years=year, language=spoken or None)
    return {day: _readable(name, language) for day, name in named.items()}


def language_of_names(calendar: str, language: str) -> str:
    """Return in which language the package names holidays for a reader of `language`, "" for the country's own."""
    offered = _languages(calendar)
    for wanted in (language, "en_US"):
        found = [code for code in offered if code == wanted or code.split("_")[0] == wanted]
        if found:
            return found[0]
    return ""


def years_covered(calendar: str) -> tuple[int, int] | None:
    """Return the first and last year of which the package knows the holidays; None if it knows no such country."""
    if not is_known_calendar(calendar):
        return None
    country = holidays.country_holidays(calendar)
    return country.start_year, country.end_year


@lru_cache(maxsize=256)
def _languages(calendar: str) -> tuple[str, ...]:
    return tuple(holidays.country_holidays(calendar).supported_languages)


def _readable(name: str, language: str) -> str:
    """Write 05/04/2024, which has two readings, in words."""
    return _AMERICAN.sub(lambda it: in_words(date(int(it[3]), int(it[1]), int(it[2])), language), name)
