"""Many rows into a table in one statement: they go as one JSON text, which PostgreSQL takes apart by the types of its columns."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, models


def insert_rows(rows: Sequence[models.Model], *, replace: bool = False) -> None:
    """Insert rows of one model. `replace`: one whose primary key is there already takes the place of what is stored."""
    if not rows:
        return
    model = type(rows[0])
    names = [_quoted(field) for field in _fields(model)]
    conflict = ""
    if replace:
        key = _quoted(_key(model))
        taken = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name != key)
        conflict = f"ON CONFLICT ({key}) DO UPDATE SET {taken}"
    columns = ", ".join(names)
    _execute(
        f"INSERT INTO {_table(model)} ({columns}) SELECT {columns} FROM {_given(model)} {conflict}",  # noqa: S608 - our names
        rows,
        _fields(model),
    )


def update_rows(rows: Sequence[models.Model], names: Collection[str]) -> None:
    """Write these attributes of rows that are stored, each known by its primary key."""
    if not rows:
        return
    model = type(rows[0])
    key, fields = _key(model), [field for field in _fields(model) if field.attname in names]
    taken = ", ".join(f"{_quoted(field)} = given.{_quoted(field)}" for field in fields)
    table = _table(model)
    _execute(
        f"UPDATE {table} SET {taken} FROM {_given(model)} AS given WHERE {table}.{_quoted(key)} = given.{_quoted(key)}",  # noqa: S608
        rows,
        [key, *fields],
    )


def _execute(sql: str, rows: Sequence[models.Model], fields: "Sequence[models.Field[Any, Any]]") -> None:
    attributes = [(field.column, field.attname) for field in fields]
    values = [{column: getattr(row, attribute) for column, attribute in attributes} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(values, default=_as_text, ensure_ascii=False)])


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """Return what is written: neither what the database generates nor the numbers that it hands out."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.generated and not isinstance(field, models.AutoField | models.BigAutoField)
    ]


def _key(model: type[models.Model]) -> "models.Field[Any, Any]":
    key = model._meta.pk
    assert key is not None  # noqa: S101 - a concrete model has one
    return key


def _given(model: type[models.Model]) -> str:
    return f"jsonb_populate_recordset(NULL::{_table(model)}, %s)"


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(field: "models.Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))


def _as_text(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a column cannot hold {type(value).__name__}")
