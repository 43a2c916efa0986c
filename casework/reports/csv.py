"""CSV: UTF-8 with its mark, every cell quoted, and no cell that a spreadsheet program takes for a formula."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .table import HIDDEN, Column, Kind, Table, check_cell

TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"
PIECE = 64 * 1024

# What formulas begin with, as programs read it: full-width signs count, blanks and marks before it are passed over. The
# quotes make room for themselves: what began with one and a sign gets another, so that one can be taken away again.
_FORMULA = re.compile(r"'*[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula. `unguarded` takes the mark away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def csv_pieces(table: Table, *, with_hxl: bool = False, foot: str = "") -> Iterator[bytes]:
    """Yield the file piece by piece. `foot` is a last line: who took it along."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    held.write(MARK)
    writer.writerow([guarded(column.label) for column in table.columns])
    if with_hxl and table.has_hxl:
        writer.writerow([column.hxl for column in table.columns])
    for row in table.rows:
        writer.writerow(_cells(table.columns, row))
        if held.tell() >= PIECE:
            yield _taken(held)
    if foot:
        writer.writerow([guarded(foot), *[""] * (len(table.columns) - 1)])
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    text = held.getvalue()
    held.seek(0)
    held.truncate()
    return text.encode()


def _cells(columns: Sequence[Column], row: Sequence[Any]) -> list[str]:
    return [_cell(column, value) for column, value in zip(columns, row, strict=True)]


def _cell(column: Column, value: Any) -> str:
    value = check_cell(column, value)
    if value is None:
        return ""
    if value is HIDDEN:
        return str(value)
    match column.kind:
        case Kind.DAY:
            return str(value.isoformat())
        case Kind.INSTANT:
            return str(value.isoformat(sep=" ", timespec="minutes"))
        case Kind.NUMBER:
            return str(value)
    # PostgreSQL refuses a zero byte; what comes from elsewhere must not end the line for a reader.
    return guarded(str(value).replace("\0", ""))
