"""Columns of keyed hashes: each says of what it is the hash, so that a rotation can make it anew from what is sealed beside it."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string

from casework.vault.keys import provider
from casework.vault.lookup import keyed_hash, keyed_hashes
from casework.vault.values import ERASED


class KeyedHashField(models.BinaryField):  # type: ignore[type-arg]  # generic in the stubs only
    """The keyed hash of a normal form of what the row holds sealed.

    `hashed_as` names the derived key; changing it makes every stored hash useless. `forms` leads to a function that yields
    the normal forms of which a row may hold the hash, the likeliest first: a number may have been read as that of another
    country than it would be now. `follow` are relations that it looks at.

    To migrations it is a column of bytes: what is said here is no matter of the database.
    """

    def __init__(
        self, *args: Any, hashed_as: str = "", forms: str = "", follow: tuple[str, ...] = (), **options: Any
    ) -> None:
        super().__init__(*args, **{"max_length": 16, "editable": False} | options)
        self.hashed_as, self.forms, self.follow = hashed_as, forms, follow

    def deconstruct(self) -> Any:
        """Return what migrations write down."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", args, options

    def form_of(self, row: models.Model) -> str | None:
        """Return the normal form of which this row holds the hash; None where it has none, or has been erased."""
        stored = getattr(row, self.attname)
        if stored is None:
            return None
        forms = [form for form in self._forms(row) if form]
        for form in forms:
            if bytes(stored) in keyed_hashes(self.hashed_as, form):
                return form
        return forms[0] if forms else None

    def anew(self, row: models.Model) -> bytes | None:
        """Return the hash under the current key."""
        form = self.form_of(row)
        return None if form is None else keyed_hash(self.hashed_as, form)

    def likeliest(self, row: models.Model) -> bytes | None:
        """Return the hash that a row would be given that holds none, or one of which nobody can tell any more what it is of."""
        form = next((form for form in self._forms(row) if form), None)
        return None if form is None else keyed_hash(self.hashed_as, form)

    def equals(self, row: models.Model) -> list[bytes]:
        """Return every hash that a row with the same content may hold, while a rotation goes on."""
        stored = getattr(row, self.attname)
        if stored is None:
            return []
        form = self.form_of(row)
        return [bytes(stored), *(keyed_hashes(self.hashed_as, form) if form is not None else ())]

    def _forms(self, row: models.Model) -> Iterator[str | None]:
        function: Any = import_string(self.forms)
        return (form for form in function(row) if form is not ERASED)


def hashed_fields() -> Iterator[KeyedHashField]:
    """Yield every such column of every table."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, KeyedHashField):
                yield field


def several_keys() -> bool:
    """Return whether the key file holds more than one key for hashes: then equal things may have unequal hashes."""
    return len(provider().hash_keys("")) > 1


def equal_hashes(row: models.Model, name: str) -> list[bytes]:
    """Return what to look for where another row may have the same content."""
    field: Any = row._meta.get_field(name)
    if not several_keys():
        stored = getattr(row, name)
        return [] if stored is None else [bytes(stored)]
    found: list[bytes] = field.equals(row)
    return found
