"""Counting the queries of a page: what it asks, without the savepoints that only tests need."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

TRANSACTIONS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Yield a list that holds, after the block, the SQL of what was asked in it."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield asked
    asked += [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTIONS)]
