"""How an error stands in a log: where and of which kind, never with the values that it was about."""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from copy import copy
from types import TracebackType
from typing import Any

from casework.lib.at_work import mark

from .log_lines import LineFormatter

# What Celery says of a task that failed: the error as text, and what the task was given.
QUOTED = {"exc", "traceback", "args", "kwargs"}


class Discreet(LineFormatter):
    """Leaves out what an exception says of itself: it quotes what somebody typed, and a database the row that it refused."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        record.exc_text = None  # what another formatter has made of it
        record.args = _without_quotes(record)
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is that of the library
        _kind, error, trace = ei
        return "\n".join(_told(error, trace, set()))


class DiscreetJson(Discreet):
    """One JSON object a line, with these names and no others: whatever a library adds to an entry stays out."""

    def format(self, record: logging.LogRecord) -> str:
        at_work = mark()
        said = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": copy_without_quotes(record).getMessage(),
            "request": at_work.request,
            "task": at_work.task,
            "task_id": at_work.task_id,
            "process": record.process,
            "error": self.formatException(record.exc_info) if record.exc_info and record.exc_info[1] else "",
        }
        return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)


def copy_without_quotes(record: logging.LogRecord) -> logging.LogRecord:
    made = copy(record)
    made.args = _without_quotes(record)
    return made


def _without_quotes(record: logging.LogRecord) -> Any:
    """Return what is put into the words of an entry: errors of others by their kind instead of by what they say, pages by their
    name instead of by an address, which says whose page it was."""
    args = record.args
    request: Any = getattr(record, "request", None)
    if record.name.startswith("django.") and isinstance(args, tuple) and hasattr(request, "resolver_match"):
        page = request.resolver_match.view_name if request.resolver_match else "no page"
        return tuple(page if value == request.path else _named(value) for value in args)
    if isinstance(args, Mapping):
        return {name: "..." if name in QUOTED else _named(value) for name, value in args.items()}
    return tuple(_named(value) for value in args) if args else args


def _named(value: Any) -> Any:
    """Our own errors say where something is wrong and never what it holds."""
    if isinstance(value, BaseException) and not type(value).__module__.startswith("casework."):
        return kind_of(value)
    return value


def kind_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}{_of_the_database(error)}"


def _told(error: BaseException, trace: TracebackType | None, seen: set[int]) -> Iterator[str]:
    """Tell what came first, then what came of it."""
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _told(earlier, earlier.__traceback__, seen)
        yield "and then:"
    yield "".join(traceback.format_tb(trace)).rstrip()
    yield kind_of(error)


def _of_the_database(error: BaseException) -> str:
    """Return the state, the table and the constraint of what a database refused; they are names of ours."""
    told = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
    parts = [getattr(told, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name")]
    known = [str(part) for part in parts if part]
    return f" ({', '.join(known)})" if known else ""
