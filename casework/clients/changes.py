"""Writing rows that others may be writing too: changed meanwhile, or sent twice."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, models, transaction

RowT = TypeVar("RowT", bound=models.Model)


class ChangedMeanwhile(Exception):
    """The row is not any more what the writer saw. Carries both, so that a page can show them side by side.

    `theirs` is the row as it is now; `mine` are the values that were to be written, by name of field.
    """

    def __init__(self, theirs: models.Model, mine: Mapping[str, Any]) -> None:
        super().__init__(f"{theirs._meta.label} {theirs.pk} has changed meanwhile.")
        self.theirs = theirs
        self.mine = dict(mine)


def locked(row: RowT, *, version: int, mine: Mapping[str, Any] | None = None) -> RowT:
    """Return `row` as it is now, locked until the transaction ends.

    Raises ChangedMeanwhile if its version is not the one that the writer saw.
    """
    current: RowT = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if current.version != version:  # type: ignore[attr-defined]
        raise ChangedMeanwhile(current, mine or {})
    return current


def write(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set and save those of `values` that differ, raise the version, and return their names.

    The names are what the audit event says. Nothing that differs, nothing saved, version kept.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.version += 1  # type: ignore[attr-defined]
        row.save(update_fields=[*changed, "version"])
    return changed


def insert_once(row: RowT, *, key: str = "pk", **same: Any) -> tuple[RowT, bool]:
    """Insert `row`, or return the row that the same form made when it was sent before; and whether it is new.

    `key` is the column that the form's token fills; `same` must hold for both, such as the client.
    Raises SuspiciousOperation for a token that belongs to something else.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        earlier = type(row)._default_manager.filter(**{key: getattr(row, key)}).first()
        if earlier is None:
            raise
        if any(getattr(earlier, name) != value for name, value in same.items()):
            raise SuspiciousOperation("the token of a form names a record of somebody else") from None
        return earlier, False
    return row, True
