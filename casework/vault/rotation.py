"""Rotation of the keys in the key file, online: what hangs on an older key is brought to the current one, piece by piece.

Every piece is a transaction of its own. What says under which key it is tells what is left, so that a rotation that was
killed goes on where it was. Rows that somebody is changing are passed over and met again in the next round: nobody
waits for a rotation longer than for one piece of it, and it waits for nobody while it holds rows.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Substr

from casework.vault.errors import TamperedData
from casework.vault.hashed import KeyedHashField, hashed_fields
from casework.vault.keys import provider
from casework.vault.lookup import TAG_BYTES, tag_of
from casework.vault.models import DataKey
from casework.vault.search_form import SearchFormField, open_search_form, seal_search_form, search_form_fields
from casework.vault.secret_text import SealedTexts, secrets_of

logger = logging.getLogger(__name__)

PIECE = 500
# How often rows that somebody was changing are tried again, and after which pause, in seconds.
ROUNDS, PAUSE = 120, 0.5
# Under this the rows are counted that do not say under which key they are.
UNNAMED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of work: how many rows are under the current key now, how many do not open, and where to go on."""

    done: int
    refused: int
    last: Any


class Part:
    """One column, and what is to be done to bring it to the current key."""

    purpose: str
    name: str

    def counting(self) -> tuple[str, list[Any]] | None:
        """Return a query of what says the key, as text, and of how many rows; None where Python has to look."""
        return None

    def key_of(self, said: str | None) -> str:
        """Return the id of the key of which a row of that query says something."""
        return said or UNNAMED

    def counts(self) -> dict[str, int]:
        """Return how many rows there are under which key."""
        return counts_of([self])[0]

    def piece(self, after: Any, size: int) -> Piece:
        """Bring the next rows to the current key."""
        raise NotImplementedError

    def left(self) -> int:
        """Return how many rows are not under the current key."""
        current = provider().current_id(self.purpose)
        return sum(count for key_id, count in self.counts().items() if key_id != current)


class DataKeys(Part):
    """Data keys, wrapped by another key."""

    purpose, name = "data", "vault.DataKey.wrapped"

    def counting(self) -> tuple[str, list[Any]]:
        return "SELECT kek_id, count(*) FROM vault_datakey WHERE destroyed_at IS NULL GROUP BY 1", []

    def piece(self, after: Any, size: int) -> Piece:
        with transaction.atomic():
            left = DataKey.objects.wrapped_by_another_than(provider().current_id("data"))
            rows = next_rows(left, after, size)
            fresh = {}
            for row in rows:
                with _refusing(self.name, row):
                    fresh[row.pk] = provider().wrap(row.unwrapped(), row.bound_to())
            write_columns(DataKey, ("kek_id", "wrapped"), fresh)
        return _piece(rows, len(fresh), size)


class Hashes(Part):
    """A column of keyed hashes, made anew of what is sealed beside them."""

    purpose = "lookup"

    def __init__(self, field: KeyedHashField) -> None:
        self.field = field
        self.name = f"{field.model._meta.label}.{field.name}"

    def counting(self) -> tuple[str, list[Any]]:
        table, column = _quoted(self.field.model._meta.db_table, str(self.field.column))
        tag = f"encode(substring({column} FROM 1 FOR {TAG_BYTES}), 'hex')"
        # One line for all rows that do not say: those of before hashes did.
        query = f"SELECT CASE WHEN {tag} = ANY(%s) THEN {tag} END, count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"  # noqa: S608 - names of a table and a column
        return query, [list(self._ids_of_tags())]

    def key_of(self, said: str | None) -> str:
        return self._ids_of_tags().get(said or "", UNNAMED)

    @staticmethod
    def _ids_of_tags() -> dict[str, str]:
        ring = provider().ring("lookup")
        return {tag_of(key_id).hex(): key_id for key_id in (ring.keys if ring else ())}

    def piece(self, after: Any, size: int) -> Piece:
        column, tag = self.field.name, tag_of(provider().current_id("lookup"))
        with transaction.atomic():
            rows = self._rows.filter(**{f"{column}__isnull": False}).exclude(tag=tag)
            found = next_rows(rows, after, size, of=("self",))
            fresh = {}
            for row in found:
                with _refusing(self.name, row):
                    fresh[row.pk] = (self.field.anew(row),)
            self.write(fresh)
        return _piece(found, len(fresh), size)

    @cached_property
    def _rows(self) -> Any:
        tag = Substr(self.field.name, 1, TAG_BYTES, output_field=models.BinaryField())
        return self.field.model._base_manager.select_related("data_key", *self.field.follow).annotate(tag=tag)

    def write(self, fresh: dict[Any, tuple[Any, ...]]) -> None:
        """Write all hashes at once; where two rows would be equal that must not be, the later one goes without a hash."""
        model, columns = self.field.model, (str(self.field.column),)
        try:
            with transaction.atomic():
                write_columns(model, columns, fresh)
        except IntegrityError:
            for pk, values in fresh.items():
                try:
                    with transaction.atomic():
                        write_columns(model, columns, {pk: values})
                except IntegrityError:
                    write_columns(model, columns, {pk: (None,)})


class SearchForms(Part):
    """A column of search forms, sealed anew; the indexes in memory read them again, in the place of what they held."""

    purpose = "search"

    def __init__(self, field: SearchFormField) -> None:
        self.field = field
        self.name = f"{field.model._meta.label}.{field.name}"

    def counting(self) -> tuple[str, list[Any]]:
        table, column = _quoted(self.field.model._meta.db_table, str(self.field.column))
        name = f"encode(substring({column} FROM 2 FOR get_byte({column}, 0)), 'hex')"
        return f"SELECT {name}, count(*) FROM {table} WHERE length({column}) > 0 GROUP BY 1", []  # noqa: S608 - likewise

    def key_of(self, said: str | None) -> str:
        return bytes.fromhex(said or "").decode("ascii", "replace")

    def piece(self, after: Any, size: int) -> Piece:
        column, current = self.field.name, provider().current_id("search").encode("ascii")
        name = bytes([len(current)]) + current
        with transaction.atomic():
            begins = Substr(column, 1, len(name), output_field=models.BinaryField())
            rows = self.field.model._base_manager.only("pk", column).filter(**{f"{column}__isnull": False})
            found = next_rows(rows.annotate(begins=begins).exclude(begins=name), after, size, of=("self",))
            fresh = {}
            for row in found:
                with _refusing(self.name, row):
                    fresh[row.pk] = (seal_search_form(row.pk, open_search_form(row.pk, getattr(row, column))),)
            write_columns(self.field.model, (str(self.field.column),), fresh)
        return _piece(found, len(fresh), size)


class Texts(Part):
    """A column of short texts that are sealed with Django's secret."""

    purpose = "secret"

    def __init__(self, texts: SealedTexts) -> None:
        self.texts = texts
        self.name = f"{texts.model}.{texts.field}"

    def counts(self) -> dict[str, int]:
        known = {secret.id for secret in provider().secrets()}
        found: dict[str, int] = {}
        for value in self._model._base_manager.values_list(self.texts.field, flat=True).iterator():
            for key_id in secrets_of(value):
                named = key_id if key_id in known else UNNAMED
                found[named] = found.get(named, 0) + 1
        return found

    def piece(self, after: Any, size: int) -> Piece:
        current, column = provider().current_id("secret"), self.texts.field
        done = 0
        with transaction.atomic():
            rows = next_rows(self._model._base_manager.only("pk", column), after, size, of=("self",))
            old = [row for row in rows if secrets_of(getattr(row, column)) - {current}]
            for row in old:
                with _refusing(self.name, row):
                    fresh = self.texts.anew(getattr(row, column))
                    self._model._base_manager.filter(pk=row.pk).update(**{column: fresh})
                    done += 1
        return Piece(done=done, refused=len(old) - done, last=rows[-1].pk if len(rows) == size else None)

    @cached_property
    def _model(self) -> Any:
        return apps.get_model(self.texts.model)


def parts_of(texts: Sequence[SealedTexts]) -> dict[str, list[Part]]:
    """Return the parts of each purpose that hangs on rows; `texts` are the columns that are sealed with the secret."""
    return {
        "data": [DataKeys()],
        "lookup": [Hashes(field) for field in hashed_fields()],
        "search": [SearchForms(field) for field in search_form_fields()],
        "secret": [Texts(each) for each in texts],
    }


def counts_of(parts: Sequence[Part]) -> list[dict[str, int]]:
    """Return how many rows of each part there are under which key, in one query as far as one can tell."""
    found: list[dict[str, int]] = [{} for _part in parts]
    queries, values = [], []
    for number, part in enumerate(parts):
        if (asked := part.counting()) is None:
            found[number] = part.counts()
        else:
            queries.append(f"SELECT {number}, named.* FROM ({asked[0]}) AS named")  # noqa: S608 - queries of ours
            values += asked[1]
    if queries:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(queries), values)
            for number, said, count in cursor.fetchall():
                key_id = parts[number].key_of(said)
                found[number][key_id] = found[number].get(key_id, 0) + count
    return found


def rotate(part: Part, *, size: int = PIECE, told: Callable[[int], None] | None = None) -> int:
    """Bring a column to the current key; return how many rows are left, because they do not open or are held too long.

    `told` hears after each piece how many rows it was.
    """
    for number in range(ROUNDS):
        refused = 0
        for piece in _round(part, size):
            refused += piece.refused
            if piece.done and told is not None:
                told(piece.done)
        left = part.left()
        if left <= refused or number == ROUNDS - 1:
            return left
        time.sleep(PAUSE)
    return 0


def _round(part: Part, size: int) -> Iterator[Piece]:
    after = None
    while True:
        piece = part.piece(after, size)
        yield piece
        if piece.last is None:
            return
        after = piece.last


def next_rows(rows: Any, after: Any, size: int, of: tuple[str, ...] = ()) -> list[Any]:
    """Lock and return the next rows, but those that somebody else is changing."""
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk").select_for_update(skip_locked=True, no_key=True, of=of)[:size])


def _piece(rows: Sequence[Any], done: int, size: int) -> Piece:
    return Piece(done=done, refused=len(rows) - done, last=rows[-1].pk if len(rows) == size else None)


@contextmanager
def _refusing(name: str, row: models.Model) -> Iterator[None]:
    """Leave a row as it is that does not open, and say which: one altered row keeps no others from being rotated."""
    try:
        yield
    except TamperedData as problem:
        logger.error("%s of %s stays under its key: %s", name, row.pk, problem)


def write_columns(model: Any, columns: Sequence[str], fresh: dict[Any, tuple[Any, ...]]) -> None:
    """Write the columns of several rows in one statement."""
    if not fresh:
        return
    meta, pk = model._meta, model._meta.pk
    by_column = {each.column: each for each in meta.concrete_fields}
    types = [pk.db_type(connection), *(by_column[column].db_type(connection) for column in columns)]
    names = [f"value{number}" for number in range(len(columns))]
    table, key, *quoted = _quoted(meta.db_table, pk.column, *columns)
    setting = ", ".join(f"{column} = fresh.{name}" for column, name in zip(quoted, names, strict=True))
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    statement = f"UPDATE {table} SET {setting} FROM unnest({arrays}) AS fresh(pk, {', '.join(names)}) WHERE {table}.{key} = fresh.pk"  # noqa: S608 - names of a table and columns
    values = [list(fresh), *([row[number] for row in fresh.values()] for number in range(len(columns)))]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _quoted(*names: str) -> list[str]:
    return [connection.ops.quote_name(name) for name in names]
