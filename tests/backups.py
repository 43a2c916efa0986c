"""Databases copied and restored: dumps, a second database beside the one of the tests, the commands of the application over it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.db import connection

from casework.vault import keyfile
from tests.schema import PROGRAMS
from tests.serving import ROOT, address_of, environment


@pytest.fixture
def key_file(settings: LazySettings, tmp_path: Path) -> Path:
    """A key file that no other test has, where no backup of the database finds it."""
    path = tmp_path / "kept apart" / "keys.json"
    keyfile.make(path)
    settings.KEY_FILE = path
    return path


def run(program: str, *arguments: str) -> None:
    subprocess.run([PROGRAMS / program, *arguments], check=True, stdout=subprocess.DEVNULL)


def dump_to(folder: Path) -> Path:
    """Write what the database of the tests holds now into a folder; return the file."""
    folder.mkdir(exist_ok=True)
    file = folder / "dump.sql"
    run("pg_dump", f"--file={file}", address_of(str(connection.settings_dict["NAME"])))
    return file


@contextmanager
def another_database(suffix: str) -> Iterator[str]:
    """Have an empty database beside that of the tests; yield its name."""
    name = f"{connection.settings_dict['NAME']}_{suffix}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restore(dump: Path, name: str) -> None:
    run("psql", "--quiet", "--no-psqlrc", "--output=/dev/null", f"--file={dump}", address_of(name))


@pytest.fixture
def restored() -> Iterator[str]:
    """A database into which a backup is restored."""
    with another_database("restored") as name:
        yield name


def manage(name: str, key_file: Path, folder: Path, *arguments: str) -> str:
    """Run a command of the application over a database, with the ledger of this one; return what it says."""
    ran = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=False,
        cwd=ROOT,
        env=environment(name, key_file, folder) | {"ERASURE_LEDGER": str(settings.ERASURE_LEDGER)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return ran.stdout
