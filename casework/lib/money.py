"""Amounts of money: an amount always has its currency, and amounts of different currencies are never added."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import UnknownCurrencyError, format_decimal, get_currency_precision, get_territory_currencies

from casework.lib.countries import codes

# Where the first users work and what donors pay in.
USUAL = ("KZT", "KGS", "MNT", "GEL", "AMD", "USD", "EUR", "RUB")


@cache
def currencies() -> frozenset[str]:
    """Return the codes that ISO 4217 has or had."""
    names: Mapping[str, str] = Locale("en").currencies
    return frozenset(code for code in names if len(code) == 3 and code.isalpha())


def is_currency(code: str) -> bool:
    return code in currencies()


@cache
def currency_of(country: str) -> str:
    """Return what people pay with in a country today, "" if that is not known."""
    try:
        return next(iter(get_territory_currencies(country)), "")
    except (KeyError, UnknownCurrencyError):
        return ""


def currency_choices(language: str, first: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return (code, "KGS: Kyrgystani som"): those in `first`, the usual ones, then all that are in use."""
    names = Locale.parse(language).currencies
    ahead = tuple(dict.fromkeys(code for code in (*first, *USUAL) if is_currency(code)))
    rest = sorted(_in_use() - set(ahead))
    return [(code, f"{code}: {names.get(code, code)}") for code in (*ahead, *rest)]


def money(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount as people write it, such as "12 500 KGS": the code follows, so that no dollar is any other."""
    digits = get_currency_precision(currency)
    places = 0 if amount == amount.to_integral_value() else max(digits, 2)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return f"{format_decimal(amount, pattern, locale=language)}\N{NO-BREAK SPACE}{currency}"


def quantity(amount: Decimal, language: str) -> str:
    """Return a number of things without zeros that say nothing."""
    return format_decimal(amount, "#,##0.##", locale=language)


def totals(amounts: Iterable[tuple[Decimal, str]]) -> dict[str, Decimal]:
    """Return the sum of each currency, by its code."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for amount, currency in amounts:
        sums[currency] += amount
    return dict(sorted(sums.items()))


@cache
def _in_use() -> frozenset[str]:
    return frozenset(found for country in codes() if (found := currency_of(country)))
