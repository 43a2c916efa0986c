"""Whole months and quarters of the calendar: the periods for which a report is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

# So long after its last day what happened in a period is still being written down; earlier nobody can keep a report of it.
SETTLES = timedelta(days=5)
# What is older cannot be kept any more: a report of it would be a second edition of one that is gone.
MONTHS_BACK = 24
MONTH, QUARTER = 1, 3

_KEY = re.compile(r"(\d{4})-(?:(\d{2})|q([1-4]))")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month or a quarter: `months` from `first` on."""

    first: date
    months: int = MONTH

    def __post_init__(self) -> None:
        if self.months not in (MONTH, QUARTER) or self.first.day != 1:
            raise ValueError("a period is a whole month or a whole quarter")
        if self.months == QUARTER and self.first.month not in (1, 4, 7, 10):
            raise ValueError("a quarter begins in January, April, July or October")

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        return _later(self.first, self.months)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    @property
    def key(self) -> str:
        """As addresses and files name it: 2026-10, 2026-q4."""
        if self.is_quarter:
            return f"{self.first.year}-q{(self.first.month + 2) // 3}"
        return month_key(self.first)

    @property
    def is_quarter(self) -> bool:
        return self.months == QUARTER

    def is_settled(self, today: date) -> bool:
        return today >= self.after + SETTLES

    def is_recent(self, today: date) -> bool:
        return self.first >= _later(today.replace(day=1), -MONTHS_BACK)

    def overlaps(self, other: "Period") -> bool:
        return self.first < other.after and other.first < self.after


def month_key(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def month_of(day: date) -> Period:
    return Period(day.replace(day=1))


def quarter_of(day: date) -> Period:
    return Period(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), QUARTER)


def parse_period(key: str) -> Period:
    """Return the period of a key. Raises ValueError for what is none."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"{key!r} names no month and no quarter")
    year, month, quarter = found.groups()
    if quarter:
        return Period(date(int(year), int(quarter) * 3 - 2, 1), QUARTER)
    return Period(date(int(year), int(month), 1))


def periods_to_keep(today: date) -> Iterator[Period]:
    """Yield the months and quarters of which a report can be kept today, the latest first."""
    first = today.replace(day=1)
    for number in range(1, MONTHS_BACK + 1):
        month = month_of(_later(first, -number))
        quarter = quarter_of(month.first)
        if quarter.last == month.last and quarter.is_settled(today) and quarter.is_recent(today):
            yield quarter
        if month.is_settled(today):
            yield month


def months_until(last: Period, number: int) -> list[Period]:
    """Return so many months up to `last`, the first one first."""
    return [month_of(_later(last.first, -back)) for back in reversed(range(number))]


def _later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
