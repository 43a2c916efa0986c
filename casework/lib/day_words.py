"""Days in words, in any language: the month is never a bare number.

Formats are CLDR's for the language, save that English puts the day first and that no day ends with
a point: that of "г." or "дек." would meet the point of the sentence. The word for the year goes with
its point where nothing follows it.
"""

import datetime as dt
import re

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta

# Babel's "en" is American and begins with the month.
REGIONS = {"en": "en_GB"}

# "2026 г.", "2026 р.", at the end.
_WORD_OF_YEAR = re.compile(r"(?<=\d)\s[гр]\.$")


def _locale(language: str) -> str:
    base = language.split("-", maxsplit=1)[0]
    return REGIONS.get(base, base)


def _unpointed(words: str) -> str:
    return _WORD_OF_YEAR.sub("", words).removesuffix(".")


def _by_skeleton(skeleton: str, day: dt.date, language: str) -> str:
    return _unpointed(format_skeleton(skeleton, day, locale=_locale(language)))


def in_words(day: dt.date, language: str) -> str:
    """Return e.g. "5 Dec 2026", "5 дек. 2026"."""
    return _by_skeleton("yMMMd", day, language)


def with_weekday(day: dt.date, language: str) -> str:
    """Return e.g. "Saturday, 5 December 2026"."""
    return _unpointed(format_date(day, "full", locale=_locale(language)))


def weekday_and_day(day: dt.date, language: str) -> str:
    """Return e.g. "Fri 27 Nov", for a day that lies near."""
    return _by_skeleton("MMMEd", day, language)


def day_and_month(day: dt.date, language: str) -> str:
    """Return e.g. "27 Nov", where the year is plain."""
    return _by_skeleton("MMMd", day, language)


def month(day: dt.date, language: str) -> str:
    """Return the month of a day, such as "December 2026"."""
    return format_date(day, "LLLL y", locale=_locale(language))


def short_month(day: dt.date, language: str) -> str:
    """Return e.g. "Dec 2026"."""
    return _by_skeleton("yMMM", day, language)


def weekday(day: dt.date, language: str) -> str:
    """Return e.g. "Saturday"."""
    return format_date(day, "EEEE", locale=_locale(language))


def short_weekday(day: dt.date, language: str) -> str:
    """Return e.g. "Sat"."""
    return _unpointed(format_date(day, "EEE", locale=_locale(language)))


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
