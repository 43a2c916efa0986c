"""The search form of names at rest: sealed under the search key, bound to the person's primary key.

One key for all people, not their own data keys, because the index in memory opens all of them when a process starts.
A sealed form is `length of key id (1 byte) | key id | sealed bytes`.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import models

from casework.vault import envelope
from casework.vault.errors import TamperedData
from casework.vault.keys import provider


class SearchFormField(models.BinaryField):  # type: ignore[type-arg]  # generic in the stubs only
    """A column of sealed search forms, which a rotation finds by its class. To migrations it is a column of bytes."""

    def deconstruct(self) -> Any:
        """Return what migrations write down."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", args, options


def search_form_fields() -> Iterator[SearchFormField]:
    """Yield every such column of every table."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SearchFormField):
                yield field


def seal_search_form(pk: Any, text: str) -> bytes:
    """Return the search form of the person `pk`, sealed."""
    key_id, cipher = provider().current_search_cipher()
    name = key_id.encode("ascii")
    return bytes([len(name)]) + name + envelope.seal(cipher, envelope.padded(text.encode()), _bound_to(pk))


def open_search_form(pk: Any, blob: bytes, cipher_of: Callable[[str], AESGCM] | None = None) -> str:
    """Return the search form that was sealed for the person `pk`. Raises TamperedData, or UnknownKey.

    Who opens very many at once gives `ciphers()`, so that the key file is not looked at for each.
    """
    blob = bytes(blob)
    length = blob[0] if blob else 0
    try:
        cipher = (cipher_of or provider().search_cipher)(blob[1 : 1 + length].decode("ascii"))
        return envelope.unpadded(envelope.unseal(cipher, blob[1 + length :], _bound_to(pk))).decode()
    except (envelope.DoesNotOpen, UnicodeDecodeError):
        raise TamperedData("search form", pk, "search_form") from None


def key_of(blob: bytes) -> str:
    """Return the id of the key under which a search form is sealed."""
    return blob[1 : 1 + blob[0]].decode("ascii", "replace") if blob else ""


def ciphers() -> Callable[[str], AESGCM]:
    """Return what finds the cipher of a key id, each once. Not to be kept longer than the work takes."""
    return functools.cache(provider().search_cipher)


def _bound_to(pk: Any) -> bytes:
    return f"v1|search_form|{pk}".encode()
