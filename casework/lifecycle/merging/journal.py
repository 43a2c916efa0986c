"""What an act has changed of some people and cases, row by row: taken before and after, and put back.

Of every table that leads to a person or a case the rows are read before and after; what differs is kept, sealed under the
key of the row that it is of. Columns that only count (versions) never go back: whoever had a page open is told.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from casework.clients.models import Case, Client, Merge, MergedRow
from casework.lib.ids import new_id
from casework.residency.models import ComputedPosition
from casework.vault.fields import EncryptedDateField, EncryptedField
from casework.vault.models import DataKey
from casework.vault.sealed import Sealed
from casework.vault.search_form import SearchFormField

from ..rows_of_cases import keys_to_cases
from .rows_of_people import keys_to_people

COUNTERS = frozenset(
    {"version", "facts_version", "facts_changed_at", "identity_version", "compared_version", "search_xid"}
)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose rows are looked at: of these people, of these cases."""

    people: Collection[UUID]
    cases: Collection[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row that is not what it was. `row` is one of the two, for its key."""

    model: type[models.Model]
    pk: str
    act: MergedRow.Act
    row: models.Model
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def take(scope: Scope) -> dict[Key, models.Model]:
    """Return every row that leads to these people and cases, by table and key."""
    found: dict[Key, models.Model] = {}
    for model, which in _tables(scope).items():
        for row in model._base_manager.filter(which).order_by("pk"):
            found[model._meta.label, str(row.pk)] = row
    return found


def differences(before: Mapping[Key, models.Model], after: Mapping[Key, models.Model]) -> list[Difference]:
    """Return what differs between the two."""
    found = []
    for key in before.keys() | after.keys():
        was, is_now = before.get(key), after.get(key)
        row = was or is_now
        assert row is not None  # noqa: S101 - one of the two has it
        if was is None or is_now is None:
            act = MergedRow.Act.ADDED if was is None else MergedRow.Act.REMOVED
            said, says = (values_of(each) if each else None for each in (was, is_now))
        else:
            names = [
                it for it in columns_of(type(row)) if it.name not in COUNTERS and _raw(was, it) != _raw(is_now, it)
            ]
            if not names:
                continue
            act, said, says = MergedRow.Act.CHANGED, values_of(was, names), values_of(is_now, names)
        found.append(Difference(model=type(row), pk=key[1], act=act, row=row, before=said, after=says))
    return sorted(found, key=lambda each: (each.model._meta.label, each.pk))


def keep(merge: Merge, found: Iterable[Difference]) -> int:
    """Keep what differs with a merge; return how many rows."""
    rows = []
    for each in found:
        data_key: Any = each.row.data_key if isinstance(each.row, Sealed) else merge.data_key
        row = MergedRow(id=new_id(), data_key=data_key, merge=merge, model=each.model._meta.label, row_id=each.pk)
        row.act, row.before, row.after = each.act, each.before, each.after
        rows.append(row)
    MergedRow.objects.bulk_create(rows)
    return len(rows)


def columns_of(model: type[models.Model]) -> list[Any]:
    """Return the columns that hold something of their own: not generated, not computed from others."""
    fields = model._meta.local_concrete_fields
    return [it for it in fields if not isinstance(it, SearchFormField | models.GeneratedField)]


def values_of(row: models.Model, fields: Iterable[Any] | None = None) -> dict[str, Any]:
    """Return what a row says, in the shape in which it is kept."""
    return {it.name: value_of(row, it) for it in (columns_of(type(row)) if fields is None else fields)}


def value_of(row: models.Model, field: Any) -> Any:
    value = getattr(row, field.name if isinstance(field, EncryptedField) else field.attname)
    return _written(value)


def read(field: Any, value: Any) -> Any:
    """Return a kept value as the column takes it."""
    match field:
        case _ if value is None:
            return None
        case EncryptedDateField():
            return date.fromisoformat(value)
        case EncryptedField():
            return value
        case models.BinaryField():
            return bytes.fromhex(value)
        case ArrayField():
            return [read(field.base_field, each) for each in value]
        case models.ForeignKey():
            return field.target_field.to_python(value)
    return field.to_python(value)


def assign(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Put kept values into a row without saving it; return the names of the columns."""
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        setattr(row, name if isinstance(field, EncryptedField) else field.attname, read(field, value))
    return list(values)


def made_of(kept: MergedRow) -> models.Model:
    """Return the row that was taken out, not saved yet."""
    row: models.Model = apps.get_model(kept.model)()
    assign(row, kept.before or {})
    if isinstance(row, Sealed):
        key: DataKey = kept.data_key  # another one may have taken the place of the one that it had
        row.data_key = key
    return row


def leads_somewhere(model: type[models.Model], values: Mapping[str, Any], coming: Collection[Key] = ()) -> bool:
    """Return whether everything is there, or is coming back, to which these values refer."""
    for name, value in values.items():
        field: Any = model._meta.get_field(name)
        if isinstance(field, models.ForeignKey) and value is not None:
            target: Any = field.remote_field.model
            is_there = (target._meta.label, str(value)) in coming or target._base_manager.filter(pk=value).exists()
            if not is_there:
                return False
    return True


def _tables(scope: Scope) -> dict[type[models.Model], Q]:
    tables: dict[type[models.Model], Q] = {Client: Q(case__in=scope.cases), Case: Q(pk__in=scope.cases)}
    for keys, ids in ((keys_to_people(), scope.people), (keys_to_cases(), scope.cases)):
        for _name, model, column in keys:
            tables[model] = tables.get(model, Q()) | Q(**{f"{column}__in": ids})
    del tables[ComputedPosition]  # nothing but what is computed, and computed anew
    return tables


def _raw(row: models.Model, field: Any) -> Any:
    value = row.__dict__.get(field.attname)
    return bytes(value) if isinstance(value, memoryview) else value


def _written(value: Any) -> Any:
    match value:
        case date() | time() | datetime():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case list() | tuple():
            return [_written(each) for each in value]
    return value
