"""Numbers as people type them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from casework.web.forms.numbers import NumberField


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("16.5", "16.5"),
        ("16,5", "16.5"),
        (" 12 500 ", "12500"),
        ("12\u00a0500,50", "12500.50"),
        ("1\u202f234\u202f567", "1234567"),
        ("-3,2", "-3.2"),
    ],
)
def test_a_comma_and_a_point_mean_the_same_and_spaces_group(typed: str, number: str) -> None:
    assert NumberField().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["1,234.5", "1.234,5", "1,2,3", "12 50", "пять", "16,5 м2", "NaN"])
def test_what_has_two_readings_or_none_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        NumberField().clean(typed)
