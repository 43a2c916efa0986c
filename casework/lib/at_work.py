"""Which request or task is at work here: a mark for every line of the log, so that lines of one piece of work are found together."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# What a proxy may call a request: nothing that could be read as more than a mark.
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A request by its id, or a task by its name and id."""

    request: str = ""
    task: str = ""
    task_id: str = ""

    def __str__(self) -> str:
        return self.request or f"{self.task}:{self.task_id}".strip(":") or "-"


_mark: ContextVar[Mark | None] = ContextVar("mark", default=None)
NOTHING = Mark()


def mark() -> Mark:
    return _mark.get() or NOTHING


@contextmanager
def at_work(of: Mark) -> Iterator[Mark]:
    """Let lines of the log carry a mark for as long as this lasts."""
    token = _mark.set(of)
    try:
        yield of
    finally:
        _mark.reset(token)


def begin(of: Mark) -> None:
    """Let every line from now on carry a mark, until the next piece of work begins: what is said after an answer is of it too."""
    _mark.set(of)


def new_mark() -> str:
    """Return a mark that nobody else has; short enough to be read out on the phone."""
    return secrets.token_hex(6)


def accepted(offered: str) -> str | None:
    """Return what a proxy calls the request, None if it is not well-formed."""
    return offered if WELL_FORMED.fullmatch(offered) else None
