"""Dates of six digits, year first, with two digits of the year, and fillers for what is not known.

Which century is meant the lines do not say; the rule is ours and stated:
* a birth lies in the latest century in which it is not after `today`;
* the last day of validity lies in the century that brings its year within 50 years before or 49 years after this one.
"""

import datetime as dt
from dataclasses import dataclass

from casework.lib.dates import Birth

OLDEST_AGE = 110
YEARS_BACK = 50


@dataclass(frozen=True, slots=True)
class ReadBirth:
    """A birth as far as the lines give it. `month` where there is no day; `other_year` if another century is possible."""

    birth: Birth
    month: int | None = None
    other_year: int | None = None


def read_birth(text: str, today: dt.date) -> ReadBirth | None:
    """Return the birth that six characters give, None if there is no such day."""
    parts = _parts(text)
    if parts is None:
        return None
    year, month, day = parts
    if year is None:
        return ReadBirth(Birth()) if month is day is None else None
    if month is None and day is not None:
        return None
    full = _latest_year(year, month, day, today)
    other = full - 100 if today.year - (full - 100) <= OLDEST_AGE else None
    if month is None or day is None:
        return ReadBirth(Birth(year=full), month, other) if (month or 1) <= 12 else None
    born = _date(full, month, day)
    return ReadBirth(Birth(born), other_year=other) if born else None


def read_expiry(text: str, today: dt.date) -> dt.date | None:
    """Return the last day of validity that six digits give, None if there is no such day."""
    parts = _parts(text)
    if parts is None or None in parts:
        return None
    year, month, day = parts
    first = today.year - YEARS_BACK
    return _date(first + ((year or 0) - first) % 100, month or 0, day or 0)


def read_issue(text: str, today: dt.date) -> dt.date | None:
    """Return the day of issue: in the latest century in which it is not after `today`."""
    read = read_birth(text, today)
    return read.birth.day if read else None


def _latest_year(year: int, month: int | None, day: int | None, today: dt.date) -> int:
    full = today.year - (today.year - year) % 100
    is_later = full == today.year and (month or 1, day or 1) > (today.month, today.day)
    return full - 100 if is_later else full


def _parts(text: str) -> tuple[int | None, int | None, int | None] | None:
    """Return year, month and day; each is None where fillers stand, or zeros in place of a month or day."""
    pairs = (text[:2], text[2:4], text[4:6])
    if not all(pair == "<<" or (pair.isascii() and pair.isdecimal()) for pair in pairs):
        return None
    year, month, day = (None if pair == "<<" else int(pair) for pair in pairs)
    return year, month or None, day or None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
