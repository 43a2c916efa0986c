"""How an error stands in a log: where and of which kind, never with the values that it was about."""

import logging
import traceback
from collections.abc import Iterator
from copy import copy
from types import TracebackType
from typing import Any

from .log_lines import LineFormatter


class Discreet(LineFormatter):
    """Leaves out what an exception says of itself: it quotes what somebody typed, and a database the row that it refused."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        record.exc_text = None  # what another formatter has made of it
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is that of the library
        _kind, error, trace = ei
        return "\n".join(_told(error, trace, set()))


def _told(error: BaseException, trace: TracebackType | None, seen: set[int]) -> Iterator[str]:
    """Tell what came first, then what came of it."""
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _told(earlier, earlier.__traceback__, seen)
        yield "and then:"
    yield "".join(traceback.format_tb(trace)).rstrip()
    yield f"{type(error).__module__}.{type(error).__qualname__}{_of_the_database(error)}"


def _of_the_database(error: BaseException) -> str:
    """Return the state, the table and the constraint of what a database refused; they are names of ours."""
    told = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
    parts = [getattr(told, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name")]
    known = [str(part) for part in parts if part]
    return f" ({', '.join(known)})" if known else ""
