"""Names of months, read in the languages of our users' papers.

Somebody who copies a date from a document types the month as the document has it, in the case in
which it stands there ("марта"), shortened at will ("мар.") and on whatever keyboard is at hand
("кантар" for "қаңтар"). Names come from CLDR through Babel.
"""

import re
from functools import cache

from babel.dates import get_day_names, get_month_names

LANGUAGES = ("en", "ru", "ky", "kk", "mn", "uk")

# Shorter beginnings say too little: "ма" is March as well as May.
SHORTEST_BEGINNING = 3

# Soviet and Russian papers number months so: 27.III.1998.
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")

# Letters that a Russian keyboard does not have, and what is typed for them.
PLAIN_CYRILLIC = str.maketrans("қңғәөүұһіїё", "кнгаоуухиие")

# "12-р сар", "12 сарын": Mongolian counts its months.
_COUNTED = re.compile(r"(\d{1,2})(?:-?р)?")
_MONGOLIAN_MONTH = re.compile(r" сар(ын)?$")


def folded(text: str) -> str:
    """Return `text` in the form in which names are compared: lower case, plain letters, no dots."""
    return text.casefold().translate(PLAIN_CYRILLIC).replace(".", "").strip()


def parse_month(text: str) -> int | None:
    """Return the month, 1 to 12, that `text` names as a number, a name or the beginning of one.

    A beginning that fits two months, in one language or in two, names neither.
    """
    name = _MONGOLIAN_MONTH.sub("", " ".join(folded(text).split()))
    if counted := _COUNTED.fullmatch(name):
        name = counted[1]
    if name.isdecimal():
        return int(name) if len(name) <= 2 and 1 <= int(name) <= 12 else None
    if name in ROMAN:
        return ROMAN.index(name) + 1
    meant = _names().get(name) or _begun_by(name)
    return min(meant) if len(meant) == 1 else None


def month_name(month: int, language: str, *, alone: bool = False) -> str:
    """Return the name of `month`; `alone` as a heading has it (март), else as a date does (марта)."""
    return str(get_month_names("wide", "stand-alone" if alone else "format", language)[month])


@cache
def weekday_names() -> frozenset[str]:
    """Return every name of a day of the week, folded: they may stand in a pasted date."""
    return frozenset(
        folded(name)
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for name in get_day_names(width, "format", language).values()
    )


def _begun_by(beginning: str) -> set[int]:
    if len(beginning) < SHORTEST_BEGINNING:
        return set()
    return {month for name, months in _names().items() if name.startswith(beginning) for month in months}


@cache
def _names() -> dict[str, set[int]]:
    """Return every folded name with the months that it means in one language or another."""
    names: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in get_month_names(width, context, language).items():
                    plain = _MONGOLIAN_MONTH.sub("", folded(name))
                    if not plain[0].isdecimal():
                        names.setdefault(plain, set()).add(month)
    return names
