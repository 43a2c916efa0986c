"""What is to be migrated, statement by statement, on the tables as large as they are here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.special import SeparateDatabaseAndState

from .locks import Judged, Lasts, judge

# Nobody notices a wait that is shorter.
NOTICED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A migration: what it does to tables that were there before, by how much others wait for each, and why it may."""

    name: str
    judged: list[tuple[Judged, float]] = field(default_factory=list)
    runs_python: bool = False
    is_reversible: bool = True
    why_it_may_lock: str = ""

    @property
    def seconds(self) -> float:
        return sum(seconds for judged, seconds in self.judged if judged.blocks)

    @property
    def is_noticed(self) -> bool:
        return any(judged.blocks and seconds >= NOTICED for judged, seconds in self.judged)

    @property
    def breaks_older(self) -> bool:
        return any(judged.breaks_older for judged, _seconds in self.judged)

    @property
    def loses_data(self) -> bool:
        return any(judged.loses_data for judged, _seconds in self.judged)


def steps_to_go() -> list[Step]:
    """Return the migrations that this database has not had, in their order."""
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    sizes = sizes_of_tables()
    made: set[str] = set()
    return [step_of(executor.loader, migration, sizes, made) for migration in plan]


def from_a_newer_release() -> list[str]:
    """Return migrations of ours that this database has had and this code does not know."""
    executor = MigrationExecutor(connection)
    ours = {app for app, _name in executor.loader.disk_migrations}
    applied = executor.loader.applied_migrations
    return sorted(
        f"{app}.{name}"
        for app, name in applied
        if app in ours and (app, name) not in executor.loader.disk_migrations and not _was_replaced(executor, app, name)
    )


def step_of(loader: Any, migration: Migration, sizes: dict[str, int], made: set[str]) -> Step:
    """Judge one migration. `made`: tables that migrations before it have made, which hold nothing yet; extended."""
    judged = []
    for sql in statements_of(loader.collect_sql([(migration, False)])):
        it = judge(sql)
        if it.lasts is Lasts.NOT and sql.lstrip().upper().startswith("CREATE TABLE"):
            made.add(it.table)
        elif it.table not in made and (it.grows or it.breaks_older or it.blocks):
            judged.append((it, it.seconds(sizes.get(it.table, 0))))
    every = list(_flat(migration.operations))
    return Step(
        name=f"{migration.app_label}.{migration.name}",
        judged=judged,
        runs_python=any(isinstance(it, RunPython) for it in every),
        is_reversible=all(it.reversible for it in every),
        why_it_may_lock=str(getattr(migration, "why_it_may_lock", "")),
    )


def statements_of(collected: Iterable[str]) -> list[str]:
    """Return statements without comments; bodies of functions stay in one piece."""
    return [it.strip() for it in collected if it.strip() and not it.lstrip().startswith("--")]


def sizes_of_tables() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_table_size(oid) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        return dict(cursor.fetchall())


def exit_status(steps: Collection[Step]) -> int:
    """0: while people work; 1: in a pause; 2: only back from a backup."""
    if any(not step.is_reversible or step.loses_data for step in steps):
        return 2
    return 1 if any(step.is_noticed or step.breaks_older or step.runs_python for step in steps) else 0


def _flat(operations: Iterable[Any]) -> Iterable[Any]:
    for it in operations:
        if isinstance(it, SeparateDatabaseAndState):
            yield from _flat(it.database_operations)
        else:
            yield it


def _was_replaced(executor: MigrationExecutor, app: str, name: str) -> bool:
    return any((app, name) in it.replaces for it in executor.loader.disk_migrations.values())
