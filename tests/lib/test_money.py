"""Amounts with their currency."""

from decimal import Decimal

from casework.lib.money import currency_choices, currency_of, is_currency, money, quantity, totals


def test_an_amount_is_followed_by_its_code() -> None:
    assert money(Decimal("12500.00"), "KGS", "en") == "12,500\N{NO-BREAK SPACE}KGS"
    assert money(Decimal("12500.5"), "KGS", "ru").endswith("500,50\N{NO-BREAK SPACE}KGS")


def test_currencies_are_never_added() -> None:
    assert totals([(Decimal(5), "USD"), (Decimal(2), "KGS"), (Decimal(1), "USD")]) == {"KGS": 2, "USD": 6}


def test_the_currency_of_a_country_is_known_and_offered_first() -> None:
    assert (currency_of("KG"), currency_of("MN"), currency_of("XX")) == ("KGS", "MNT", "")
    assert currency_choices("en", ("MNT",))[0][0] == "MNT"
    assert (is_currency("EUR"), is_currency("EU")) == (True, False)


def test_a_quantity_has_no_zeros_that_say_nothing() -> None:
    assert (quantity(Decimal("2.00"), "en"), quantity(Decimal("2.50"), "en")) == ("2", "2.5")
