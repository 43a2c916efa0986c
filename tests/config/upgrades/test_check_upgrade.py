"""Whether an upgrade is safe while people work, said before it begins."""

import io
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from casework.config.upgrades.plan import Step, exit_status, from_a_newer_release, step_of, steps_to_go

pytestmark = pytest.mark.django_db
SIZES = {"accounts_taskrun": 20_000_000_000, "accounts_job": 8_192}


def migration(*operations: Any, why: str = "") -> Step:
    class Made(migrations.Migration):
        dependencies = [(app, name) for app, name in MigrationLoader(connection).graph.leaf_nodes("accounts")]

    Made.operations = list(operations)
    Made.atomic = all(it.atomic for it in operations)
    if why:
        Made.why_it_may_lock = why  # type: ignore[attr-defined]  # as our migrations have it
    loader = MigrationLoader(connection)
    made = Made("9999_made", "accounts")
    loader.graph.add_node(("accounts", "9999_made"), made)
    for parent in made.dependencies:
        loader.graph.add_dependency(made, ("accounts", "9999_made"), parent)
    return step_of(loader, made, SIZES, set())


def index(name: str = "by_day") -> models.Index:
    return models.Index(fields=["ended_at"], name=name)


def test_a_column_is_added_while_people_work() -> None:
    step = migration(migrations.AddField("TaskRun", "host", models.CharField(max_length=9, default="")))

    assert (step.is_noticed, exit_status([step])) == (False, 0)


@pytest.mark.django_db(transaction=True)  # what is done beside a transaction is refused within one
def test_an_index_of_a_large_table_needs_a_pause_and_one_of_a_small_table_does_not() -> None:
    large = migration(migrations.AddIndex("TaskRun", index()))
    small = migration(migrations.AddIndex("Job", models.Index(fields=["kind"], name="of_kind")))
    beside = migration(AddIndexConcurrently("TaskRun", index()))

    assert (large.is_noticed, exit_status([large])) == (True, 1)
    assert large.seconds == 1_000
    assert (exit_status([small]), exit_status([beside])) == (0, 0)


def test_what_is_lost_or_cannot_be_reversed_has_no_way_back() -> None:
    lost = migration(migrations.RemoveField("TaskRun", "seconds"))
    one_way = migration(migrations.RunSQL("SELECT 1"))

    assert (lost.loses_data, lost.breaks_older, exit_status([lost])) == (True, True, 2)
    assert (one_way.is_reversible, exit_status([one_way])) == (False, 2)


def test_code_that_runs_needs_a_pause() -> None:
    step = migration(migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop))

    assert (step.runs_python, exit_status([step])) == (True, 1)


def test_a_table_that_is_made_on_the_way_is_empty() -> None:
    model = migrations.CreateModel(
        "Made", [("id", models.BigAutoField(primary_key=True)), ("x", models.IntegerField())]
    )
    step = migration(model, migrations.AddIndex("Made", models.Index(fields=["x"], name="x_of_made")))

    assert [judged for judged, _seconds in step.judged if judged.grows] == []


def said() -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("check_upgrade", stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


def test_the_command_says_that_nothing_is_to_do() -> None:
    assert said() == ("Nothing is to be migrated.\n", 0)


def test_the_command_lists_what_is_to_go() -> None:
    recorder = MigrationRecorder(connection)
    for app, name in recorder.applied_migrations():
        if app == "accounts" and name >= "0013":
            recorder.record_unapplied(app, name)
    text, status = said()

    assert "accounts.0013_when_tasks_last_ran\n" in text
    assert "a moment at most" in text
    assert (text.splitlines()[-1].endswith("safe while people work."), status) == (True, 0)
    assert next(step.name for step in steps_to_go()) == "accounts.0013_when_tasks_last_ran"


def test_a_database_of_a_newer_release_is_refused() -> None:
    MigrationRecorder(connection).record_applied("accounts", "9999_of_tomorrow")

    assert from_a_newer_release() == ["accounts.9999_of_tomorrow"]
    text, status = said()
    assert ("newer release" in text, status) == (True, 2)
