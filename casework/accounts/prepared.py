"""Questions that are asked for every message, or on every page: they are put into words once in the life of a process.

That costs more than asking them. The words are those of the ORM, made twice, for two sets of values that nothing else has. What is the
same both times belongs to the question; what is one of the values or the reader's zone, or lies as far from a value as the other time, is put in anew
whenever it is asked. Whatever else the words hold would be kept from whoever asked first, and is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone, translation

from casework.lib.ids import new_id

Values = Mapping[Any, Any]
# The name under which a question finds the reader's zone, in which the database tells the day of a moment.
ZONE = "zone of the reader"


class WouldBeKept(AssertionError):
    """A question depends on something besides its values; whoever asks next would get it as it was for whoever asked first."""


class Prepared:
    """`rows` makes the queryset from values by name; `kinds` says of which kind each is: UUID, date or datetime."""

    def __init__(self, rows: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._rows, self._kinds = rows, kinds
        self._question: Question | None = None

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows for these values, a tuple of columns each."""
        if self._question is None:
            self._question = Question(*(self._with_stand_ins(turn) for turn in TURNS))
        return self._question.ask(values)

    def forget(self) -> None:
        """Put it into words again when it is asked next."""
        self._question = None

    def _with_stand_ins(self, turn: "Turn") -> "Words":
        stand_ins = turn.stand_ins(self._kinds)
        with turn.alone():
            return Words(self._rows(**stand_ins), stand_ins)


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the two times that a question is put into words: when that is thought to be, where, and in which language.

    `step`: how far apart the moments of two values are, another way each time, so that none follows from another.
    """

    moment: datetime
    step: timedelta
    zone: str
    language: str

    def stand_ins(self, kinds: Mapping[str, type]) -> dict[Any, Any]:
        """Return a value of each kind that no other has."""
        moments = (self.moment + at * self.step for at in count())
        return {name: self._stand_in(kind, next(moments)) for name, kind in kinds.items()}

    def _stand_in(self, kind: type, moment: datetime) -> Any:
        if kind is UUID:
            return new_id()
        return moment if kind is datetime else moment.date()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nothing be asked of the database meanwhile, and no zone or language of whoever asks show."""
        with (
            timezone.override(ZoneInfo(self.zone)),
            translation.override(self.language),
            connection.execute_wrapper(_refuse),
        ):
            yield


# In these zones it is another day then, so that a day of the reader's is not taken for one of the clock of the database.
TURNS = (
    Turn(datetime(1951, 1, 1, 0, 30, 1, 1, tzinfo=UTC), timedelta(days=1_000), "Pacific/Pago_Pago", "en"),
    Turn(datetime(1999, 9, 9, 23, 30, 2, 3, tzinfo=UTC), timedelta(days=-777), "Pacific/Kiritimati", "ru"),
)


class Words:
    """A queryset in the words of the database, and the values that it was made with."""

    def __init__(self, rows: QuerySet[Any, Any], stand_ins: Values) -> None:
        self.compiler = rows.query.get_compiler(connection.alias)
        self.sql, self.params = self.compiler.as_sql()
        self.stand_ins = {**stand_ins, ZONE: timezone.get_current_timezone_name()}


class Question:
    """What two sets of words have in common, and where in it the values go. `names` are those of the values."""

    def __init__(self, one: Words, other: Words) -> None:
        if one.sql != other.sql:
            raise WouldBeKept(one.sql, other.sql)
        self._sql, self._compiler = one.sql, one.compiler
        self._converters = one.compiler.get_converters([column for column, *_ in one.compiler.select or ()])
        self.names = list(one.stand_ins)
        self._params = [
            _source(value, again, one.stand_ins, other.stand_ins)
            for value, again in zip(one.params, other.params, strict=True)
        ]

    def ask(self, values: Values) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            here = {**values, ZONE: timezone.get_current_timezone_name()}
            cursor.execute(self._sql, [source(here) for source in self._params])
            rows = cursor.fetchall()
        return (
            [tuple(row) for row in self._compiler.apply_converters(rows, self._converters)]
            if self._converters
            else rows
        )


def _source(one: Any, other: Any, stand_ins: Values, others: Values) -> Callable[[Values], Any]:
    """Return how a value in the words follows from those that are given."""
    if _same(one, other):
        return lambda _values: one
    for name, value in stand_ins.items():
        if _same(one, value) and _same(other, others[name]):
            return lambda values: values[name]
        if _same(since := _since(one, value), _since(other, others[name])) and since is not None:
            return lambda values: (values[name] if isinstance(one, datetime) else _day(values[name])) + since
    raise WouldBeKept(one, other)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _since(one: Any, value: Any) -> timedelta | None:
    """Return how long a moment is after a moment, or a day after a day or the day of a moment."""
    if isinstance(one, datetime):
        return one - value if isinstance(value, datetime) else None
    return one - _day(value) if isinstance(one, date) and isinstance(value, date) else None


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _refuse(*_what: Any) -> Any:
    raise WouldBeKept("asked of the database while a question was put into words")
