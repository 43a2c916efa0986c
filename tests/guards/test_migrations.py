"""Migrations say what they do and can be taken back."""

import re

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL


def ours() -> list[tuple[str, str, object]]:
    loader = MigrationLoader(None)
    return [
        (app, name, migration)
        for (app, name), migration in loader.disk_migrations.items()
        if migration.__module__.startswith("casework.")
    ]


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_migration_has_a_name_that_somebody_gave() -> None:
    auto = [f"{app}.{name}" for app, name, _ in ours() if re.search(r"_auto_|_alter_.*_and_more|_\w+_and_more$", name)]

    assert len(ours()) >= 6
    assert auto == []


def test_every_migration_can_be_reversed() -> None:
    one_way = [
        f"{app}.{name}"
        for app, name, migration in ours()
        for operation in migration.operations  # type: ignore[attr-defined]
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible
    ]

    assert one_way == []
