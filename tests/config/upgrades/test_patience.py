"""A migration that waits for a lock lets others by; and a million rows are upgraded while people read and write."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import OperationalError, connection, migrations, models
from django.db.migrations.executor import MigrationExecutor

from casework.accounts.models import TaskRun
from casework.config.upgrades.patience import patiently
from tests.databases import database_url

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "ALTER TABLE accounts_taskrun ADD COLUMN host text"
DROP = "ALTER TABLE accounts_taskrun DROP COLUMN IF EXISTS host"


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def held() -> Iterator[psycopg.Connection[Any]]:
    """Somebody reads the table in a transaction that does not end."""
    with psycopg.connect(database_url()) as reader:
        reader.execute("SELECT count(*) FROM accounts_taskrun")
        yield reader


def test_it_tries_again_until_the_lock_is_given_and_lets_others_by_meanwhile() -> None:
    said: list[str] = []
    with held() as reader, psycopg.connect(database_url(), autocommit=True) as other:
        slowest = Slowest(lambda: other.execute("SELECT count(*) FROM accounts_taskrun"))
        with slowest.going_on():
            release = threading.Timer(1.2, reader.rollback)
            release.start()
            patiently(lambda: run(ADD), say=said.append, seconds=0.3, sleep=lambda _seconds: time.sleep(0.1))
    run(DROP)

    assert 2 <= len(said) <= 5
    assert "trying again (1 of 20)" in said[0]
    assert slowest.count > 10
    assert slowest.seconds < 1


def test_it_gives_up_in_the_end_and_changes_nothing() -> None:
    with held(), pytest.raises(OperationalError, match="lock timeout"):
        patiently(lambda: run(ADD), say=lambda _said: None, seconds=0.05, tries=3, sleep=lambda _seconds: None)

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'accounts_taskrun' AND column_name = 'host'"
        )
        assert cursor.fetchone() == (0,)


def test_other_errors_are_not_tried_again() -> None:
    tried = []

    def broken() -> None:
        tried.append(1)
        run("SELECT pg_sleep(1, 2)")

    with pytest.raises(Exception, match="pg_sleep"):
        patiently(broken, say=lambda _said: None)
    assert tried == [1]


class Slowest:
    """Does something again and again, and remembers how long the slowest took."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act, self.seconds, self.count, self.error = act, 0.0, 0, ""

    @contextmanager
    def going_on(self) -> Iterator[None]:
        stop = threading.Event()

        def work() -> None:
            while not stop.is_set():
                began = time.perf_counter()
                try:
                    self.act()
                except psycopg.Error as error:
                    self.error = str(error)
                    return
                self.seconds = max(self.seconds, time.perf_counter() - began)
                self.count += 1
                time.sleep(0.005)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield
        finally:
            stop.set()
            worker.join()


FILLED = """
INSERT INTO accounts_taskrun (name, began_at, ended_at, runs, failures, seconds, last_seconds)
SELECT 'task ' || n, now(), now(), n, 0, 1, 1 FROM generate_series(1, %s) n
"""
SIGNED = models.CheckConstraint(name="large_is_signed", condition=models.Q(last_seconds__gte=0))
KNOWN = models.CheckConstraint(name="large_is_known", condition=models.Q(host__isnull=False))
INDEX = models.Index(fields=["runs"], name="large_by_runs")
# As docs/upgrades.md gives them, each in a migration of its own.
PATTERNS: list[Any] = [
    migrations.AddField("TaskRun", "host", models.CharField(max_length=9, null=True, default=None)),
    migrations.AlterField("TaskRun", "host", models.CharField(max_length=9, null=True, db_default="x")),
    AddIndexConcurrently("TaskRun", INDEX),
    AddConstraintNotValid("TaskRun", SIGNED),
    ValidateConstraint("TaskRun", SIGNED.name),
    "fill",  # before the check: it is asked of every row that somebody changes from then on
    AddConstraintNotValid("TaskRun", KNOWN),
    ValidateConstraint("TaskRun", KNOWN.name),
    migrations.AlterField("TaskRun", "host", models.CharField(max_length=9, db_default="x")),
    migrations.RemoveConstraint("TaskRun", KNOWN.name),
]


def fill_in_pieces(rows: int, size: int = 10_000) -> None:
    for first in range(1, rows + 1, size):
        names = [f"task {number}" for number in range(first, first + size)]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_taskrun SET host = 'x' WHERE host IS NULL AND name = ANY(%s)", [names])


def upgrade(rows: int, state: Any) -> dict[str, float]:
    """Apply every pattern; return how long each took."""
    took, done = {}, []
    try:
        for number, operation in enumerate(PATTERNS):
            began = time.perf_counter()
            if operation == "fill":
                fill_in_pieces(rows)
                took[f"{number} fill"] = time.perf_counter() - began
                continue
            after = state.clone()
            operation.state_forwards("accounts", after)
            with connection.schema_editor(atomic=operation.atomic) as editor:
                operation.database_forwards("accounts", editor, state, after)
            done.append((operation, state, after))
            state = after
            took[f"{number} {type(operation).__name__}"] = time.perf_counter() - began
    finally:
        for operation, before, after in reversed(done):
            with connection.schema_editor(atomic=operation.atomic) as editor:
                operation.database_backwards("accounts", editor, after, before)
    return took


@pytest.mark.parametrize("rows", [2_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_table_is_upgraded_while_people_read_and_write(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILLED, [rows])
        cursor.execute("ANALYZE accounts_taskrun")
    with (
        psycopg.connect(database_url(), autocommit=True) as one,
        psycopg.connect(database_url(), autocommit=True) as two,
    ):
        # By SELECT of named columns, as Django does: a plan that was kept for `*` would end with the new column.
        reads = Slowest(lambda: one.execute("SELECT name, runs FROM accounts_taskrun WHERE name = 'task 77'"))
        writes = Slowest(lambda: two.execute("UPDATE accounts_taskrun SET runs = runs + 1 WHERE name = 'task 78'"))
        state = MigrationExecutor(connection).loader.project_state()
        assert (
            state.apps
        )  # made now: it takes this process a second, in which its threads would wait for it and for no lock
        with reads.going_on(), writes.going_on():
            took = upgrade(rows, state)
    print(
        f"{rows} rows: slowest read {reads.seconds:.3f} s of {reads.count}, write {writes.seconds:.3f} s of {writes.count}; {took}"
    )
    assert (reads.error, writes.error) == ("", "")
    assert min(reads.count, writes.count) > 5
    assert reads.seconds < 1
    assert writes.seconds < 1
    assert TaskRun.objects.count() == rows
