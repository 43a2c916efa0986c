"""Days in words, in any language: the month is never a bare number.

Formats are CLDR's for the language, save that English puts the day first.
"""

import datetime as dt

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta

# Babel's "en" is American and begins with the month.
REGIONS = {"en": "en_GB"}


def _locale(language: str) -> str:
    base = language.split("-", maxsplit=1)[0]
    return REGIONS.get(base, base)


def in_words(day: dt.date, language: str) -> str:
    """Return e.g. "5 Dec 2026", "5 дек. 2026 г."."""
    return format_skeleton("yMMMd", day, locale=_locale(language))


def with_weekday(day: dt.date, language: str) -> str:
    """Return e.g. "Saturday, 5 December 2026"."""
    return format_date(day, "full", locale=_locale(language))


def weekday_and_day(day: dt.date, language: str) -> str:
    """Return e.g. "Fri 27 Nov", for a day that lies near."""
    return format_skeleton("MMMEd", day, locale=_locale(language))


def day_and_month(day: dt.date, language: str) -> str:
    """Return e.g. "27 Nov", where the year is plain."""
    return format_skeleton("MMMd", day, locale=_locale(language))


def month(day: dt.date, language: str) -> str:
    """Return the month of a day, such as "December 2026"."""
    return format_date(day, "LLLL y", locale=_locale(language))


def short_month(day: dt.date, language: str) -> str:
    """Return e.g. "Dec 2026"."""
    return format_skeleton("yMMM", day, locale=_locale(language))


def weekday(day: dt.date, language: str) -> str:
    """Return e.g. "Saturday"."""
    return format_date(day, "EEEE", locale=_locale(language))


def distance(day: dt.date, today: dt.date, language: str) -> str:
    """Return e.g. "in 5 days", "3 дня назад"; whole days, however many they are."""
    return format_timedelta(
        day - today,
        granularity="day",
        threshold=float("inf"),
        add_direction=True,
        locale=_locale(language),
    )


def instant_in_words(instant: dt.datetime, language: str) -> str:
    """Return e.g. "5 Dec 2026, 14:05", in the zone that `instant` carries."""
    return f"{in_words(instant.date(), language)}, {format_datetime(instant, 'HH:mm')}"
