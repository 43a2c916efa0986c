"""Names of countries and nationalities in every language (CLDR), with the codes that papers use and ISO has not."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from casework.lib.marking import gettext_noop as _

# ICAO 9303 codes of people without an ordinary nationality, shortened as documents print them.
SPECIAL_NATIONALITIES: dict[str, str] = {
    "XXA": _("Stateless"),
    "XXB": _("Refugee (1951 Convention)"),
    "XXC": _("Refugee (other)"),
    "XXX": _("Nationality not known"),
}
# Where the first users are and where their clients come from and go to.
USUAL = (
    "RU",
    "UA",
    "BY",
    "KZ",
    "KG",
    "UZ",
    "TJ",
    "MN",
    "GE",
    "AM",
    "AZ",
    "TR",
    "RS",
    "ME",
    "TH",
    "VN",
    "AR",
    "IL",
    "AE",
)
# CLDR territories that are no country anybody is in or comes from.
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})

# CLDR has no name for it in any of our languages but English. They write it alike.
_CYRILLIC = frozenset({"kk", "ky", "mn", "ru", "uk"})
_NOT_IN_CLDR = {"CQ": "Сарк"}


@cache
def codes() -> frozenset[str]:
    """Return the two-letter codes of all countries and territories."""
    names: Mapping[str, str] = Locale("en").territories
    return frozenset(code for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES)


def is_country(code: str) -> bool:
    return code in codes()


def is_nationality(code: str) -> bool:
    return code in codes() or code in SPECIAL_NATIONALITIES


def country_name(code: str, language: str) -> str:
    """Return the name of a country in a language, English if CLDR has none, the code itself if unknown."""
    return _names(language).get(code) or _names("en").get(code) or SPECIAL_NATIONALITIES.get(code, code)


def country_choices(language: str, first: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return (code, name): those in `first`, the usual ones, then all, each group by name."""
    ahead = tuple(dict.fromkeys(code for code in (*first, *USUAL) if is_country(code)))
    rest = sorted(codes() - set(ahead), key=lambda code: country_name(code, language).casefold())
    return [(code, country_name(code, language)) for code in (*ahead, *rest)]


@cache
def _names(language: str) -> dict[str, str]:
    added = _NOT_IN_CLDR if language in _CYRILLIC else {}
    return {**added, **Locale.parse(language.replace("-", "_")).territories}
