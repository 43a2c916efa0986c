"""Opens some of what was put back, chosen at random: rows of every table with sealed columns, and files."""

import dataclasses
from typing import Any

from casework.vault.errors import KeyDestroyed, TamperedData, UnknownKey
from casework.vault.fields import ERASED, encrypted_fields
from casework.vault.renewal import models_with_keys

CANNOT_BE_OPENED = (TamperedData, KeyDestroyed, UnknownKey)


@dataclasses.dataclass(slots=True)
class Opened:
    """`rows`, `values`: how many were opened. `erased`: values whose key was destroyed. `failed`: tables and rows, no values."""

    rows: int = 0
    values: int = 0
    erased: int = 0
    failed: list[str] = dataclasses.field(default_factory=list)


def open_some(count: int, *, using: str = "default") -> Opened:
    """Open the sealed columns of about `count` rows, taken evenly from all tables that have any."""
    result = Opened()
    models: list[Any] = [model for model in models_with_keys() if encrypted_fields(model)]
    waiting = {model: list(_at_random(model, count, using)) for model in models}
    while result.rows < count and any(waiting.values()):
        for rows in waiting.values():
            if rows and result.rows < count:
                _open(rows.pop(), result)
    return result


def _at_random(model: Any, count: int, using: str) -> Any:
    return model._base_manager.using(using).select_related("data_key").order_by("?")[:count]


def _open(row: Any, result: Opened) -> None:
    result.rows += 1
    for field in encrypted_fields(type(row)):
        try:
            value = getattr(row, field.name)
        except CANNOT_BE_OPENED:
            result.failed.append(f"{row._meta.label}.{field.name} of {row.pk}")
            continue
        result.erased += value is ERASED
        result.values += value is not None and value is not ERASED
