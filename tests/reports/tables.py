"""Tables for the tests of the writers."""

import datetime as dt
from typing import Any

from casework.reports.table import About, Column, Kind, Table

AT = dt.datetime(2026, 11, 27, 9, 30, tzinfo=dt.UTC)
COLUMNS = (
    Column(key="name", label="Name", width=40),
    Column(key="due_on", label="Due on", kind=Kind.DAY, hxl="#date+due"),
    Column(key="people", label="People", kind=Kind.NUMBER, hxl="#affected"),
    Column(key="seen_at", label="Seen", kind=Kind.INSTANT),
)


def about(**fields: Any) -> About:
    return About(**({"title": "Cases", "language": "en", "at": AT} | fields))


def table(*rows: tuple[Any, ...], title: str = "Cases") -> Table:
    return Table(key="cases", title=title, columns=COLUMNS, rows=rows)


def of_texts(*texts: str) -> Table:
    return Table(
        key="texts", title="Texts", columns=(Column(key="text", label="Text"),), rows=[(text,) for text in texts]
    )
