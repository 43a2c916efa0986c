"""Values of a file that nobody trusts, each read as what its column may hold."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from casework.vault.fields import EncryptedDateField, EncryptedTextField


class WrongValue(Exception):
    """A value in the file is not what its column holds. Names the column."""


def values_of(model: Any, row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return those of the columns that a row has, each as its column holds it. Raises WrongValue."""
    return {name: _value(model._meta.get_field(name), row[name]) for name in names if row.get(name) is not None}


def _value(field: Any, value: Any) -> Any:
    try:
        if isinstance(field, EncryptedDateField):
            return date.fromisoformat(value)
        if isinstance(field, EncryptedTextField):
            if not isinstance(value, str) or "\x00" in value or len(value) > (field.max_length or 100_000):
                raise WrongValue(field.name)
            value.encode()
            return value
        if isinstance(field, models.BooleanField):
            if not isinstance(value, bool):
                raise WrongValue(field.name)
            return value
        return value if value == "" and field.blank else field.clean(value, None)
    except (ValidationError, TypeError, ValueError, AttributeError):
        raise WrongValue(field.name) from None
