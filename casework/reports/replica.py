"""Reading reports from a copy of the database, where a setting names one: said, not guessed, and never older than it may be.

`read(work)` does a piece of reading as a whole in the copy: the rows and the question who may see them are answered from the same
snapshot. Only what is read inside goes there; whatever is written, and all that a page reads before and after, is of the
database itself. Where the copy does not answer, is none, or lags, the database itself is asked, and the page says so.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections, transaction

logger = logging.getLogger(__name__)

REPORTS = "reports"
# A report of an older state is not shown: whoever was just named on a restricted case, or lost it, must not wait longer.
MOST_LAG = timedelta(minutes=2)
# How far the database itself has written, and how far the copy has come: equal, the copy is of this moment.
WRITTEN = "SELECT pg_current_wal_lsn()::text"
REPLAYED = """
    SELECT pg_is_in_recovery(),
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() >= %s::pg_lsn END,
           CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END
"""

_read_from: ContextVar[str] = ContextVar("read_from", default="")

T = TypeVar("T")


class Why(StrEnum):
    """Why a report was not read from the copy."""

    AWAY = "away"
    LATE = "late"
    NO_COPY = "no_copy"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a report was read: `as_of` says of when the copy was, None for the database itself; `why`: a copy is set up and was not read."""

    as_of: datetime | None = None
    why: Why | None = None
    lag: timedelta | None = None


class Router:
    """Sends what is read inside `read` to the copy, and nothing else anywhere."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return _read_from.get() or None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        # Without this, what was loaded from the copy would be saved there.
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool | None:
        """One database and its copy: rows of either belong together."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return db != REPORTS


def is_set_up() -> bool:
    return REPORTS in connections


def read(work: Callable[[], T], *, now: datetime) -> tuple[T, Source]:
    """Return what `work` reads, and where it did. It must read only, and may be done twice."""
    if not is_set_up():
        return work(), Source()
    source = look(now)
    if source.why is None:
        try:
            with reading():
                return work(), source
        except (DatabaseError, InterfaceError) as error:
            # Gone in the middle, or the copy had to take back what it was reading to keep up.
            logger.warning("the copy for reports could not be read: %s", type(error).__name__)
            connections[REPORTS].close()
            source = Source(why=Why.AWAY)
    return work(), source


@contextmanager
def reading() -> Iterator[None]:
    """Read from one snapshot of the copy for as long as this lasts."""
    with transaction.atomic(using=REPORTS):
        with connections[REPORTS].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        token = _read_from.set(REPORTS)
        try:
            yield
        finally:
            _read_from.reset(token)


def look(now: datetime) -> Source:
    """Return of when the copy is, or why it is not to be read."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(WRITTEN)
        (written,) = cursor.fetchone()
    try:
        with connections[REPORTS].cursor() as cursor:
            cursor.execute(REPLAYED, [written])
            is_standby, has_all, replayed_at = cursor.fetchone()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("the copy for reports does not answer: %s", type(error).__name__)
        connections[REPORTS].close()
        return Source(why=Why.AWAY)
    if not is_standby:
        logger.error("REPORTS_DATABASE_URL is no standby of the database: reports are read from the database itself")
        return Source(why=Why.NO_COPY)
    if has_all:
        return Source(as_of=now)
    lag = now - replayed_at if replayed_at else None
    if lag is None or lag > MOST_LAG:
        logger.warning("the copy for reports lags: reports are read from the database itself")
        return Source(why=Why.LATE, lag=lag)
    return Source(as_of=min(now, replayed_at))
