"""Questions that delivery asks of the database for every message: they are put into words once in the life of a process.

That costs more than asking them. The words are those of the ORM; what stands in for the values is told from them by being equal.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Prepared:
    """`rows` makes the queryset from values by name; `stand_ins` are values of the same kinds that nothing else has."""

    def __init__(self, rows: Callable[..., QuerySet[Any, Any]], **stand_ins: Any) -> None:
        self._rows, self._stand_ins = rows, stand_ins
        self._compiled: tuple[str, list[tuple[str, Any]]] | None = None

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows for these values, as the database gives them."""
        if self._compiled is None:
            self._compiled = self._put_into_words()
        sql, params = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[name] if name else value for name, value in params])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def _put_into_words(self) -> tuple[str, list[tuple[str, Any]]]:
        sql, params = self._rows(**self._stand_ins).query.sql_with_params()
        names = {value: name for name, value in self._stand_ins.items()}
        known = [(names.get(value, "") if _may_be_named(value) else "", value) for value in params]
        missing = names.keys() - {value for _name, value in known if _may_be_named(value)}
        assert not missing, missing  # noqa: S101 - a value that the question does not ask for
        return sql, known


def _may_be_named(value: Any) -> bool:
    return value.__hash__ is not None and not isinstance(value, bool | int | str)
