"""Questions that are asked for every message, or on every page: they are put into words once in the life of a process.

That costs more than asking them. The words are those of the ORM; what stands in for the values is told from them by being equal.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Prepared:
    """`rows` makes the queryset from values by name; `stand_ins` are values of the same kinds that nothing else has."""

    def __init__(self, rows: Callable[..., QuerySet[Any, Any]], **stand_ins: Any) -> None:
        self._rows, self._stand_ins = rows, stand_ins
        self._question: _Question | None = None

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows for these values, a tuple of columns each."""
        if self._question is None:
            self._question = _Question(self._rows(**self._stand_ins), self._stand_ins)
        return self._question.ask(values)


class _Question:
    """A queryset in the words of the database."""

    def __init__(self, rows: QuerySet[Any, Any], stand_ins: Mapping[str, Any]) -> None:
        self._compiler = rows.query.get_compiler(connection.alias)
        self._sql, params = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([column for column, *_ in self._compiler.select or ()])
        names = {value: name for name, value in stand_ins.items()}
        self._params = [(names.get(value, "") if _may_be_named(value) else "", value) for value in params]
        missing = stand_ins.keys() - {name for name, _value in self._params}
        assert not missing, missing  # noqa: S101 - a value that the question does not ask for

    def ask(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [values[name] if name else value for name, value in self._params])
            rows = cursor.fetchall()
        return (
            [tuple(row) for row in self._compiler.apply_converters(rows, self._converters)]
            if self._converters
            else rows
        )


def _may_be_named(value: Any) -> bool:
    return value.__hash__ is not None and not isinstance(value, bool | int | str)
