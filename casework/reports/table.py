"""A table that leaves the application: described once, written as XLSX, CSV or PDF."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """What the cells of a column hold. An empty cell is None or ""."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    INSTANT = "instant"


class _Hidden:
    """The cell of a count that may not be told: see `lib.suppression`. Never empty, which would say that there is none."""

    def __str__(self) -> str:
        return "*"


HIDDEN: Final = _Hidden()


def counted(count: int | None) -> Any:
    """Return a count that has passed `lib.suppression` as a cell: None, which stands for a hidden one there, as a sign."""
    return HIDDEN if count is None else count


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`key` says to the program what it is, `label` to the reader; `hxl` is its hashtag, "" for none.

    width: of a usual cell, in characters.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    hxl: str = ""
    width: int = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`rows` are read once, from the first to the last, and may be as many as there are."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]

    @property
    def has_hxl(self) -> bool:
        return any(column.hxl for column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What stands on the file itself: what it is, who made it when, in the language of whoever reads it.

    `mark` is printed across each page; `at` is in the zone that counts; `notes`: further lines, such as the purpose.
    """

    title: str
    language: str
    at: dt.datetime
    mark: str = ""
    notes: Sequence[str] = ()
    page: str = "%(number)s / %(total)s"


def check_cell(column: Column, value: Any) -> Any:
    """Return a cell that fits its column, None for an empty one. Raises TypeError: a wrong cell is a mistake of ours."""
    if value is None or value == "":
        return None
    if value is HIDDEN:
        return value
    fits: Mapping[Kind, Any] = {
        Kind.TEXT: str,
        Kind.NUMBER: (int, float, Decimal),
        Kind.DAY: dt.date,
        Kind.INSTANT: dt.datetime,
    }
    if column.kind is Kind.TEXT and not isinstance(value, str):
        value = str(value)  # lazy translations, sealed texts
    is_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    if not isinstance(value, fits[column.kind]) or (column.kind is Kind.DAY and not is_day):
        raise TypeError(f"the column {column.key} holds {column.kind} and cannot hold {type(value).__name__}")
    return value
