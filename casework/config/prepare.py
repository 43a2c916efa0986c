"""Brings a database up to date before the application starts, one process at a time, and writes what to tell the operator.

`python -m casework.config.prepare FILE`; the file then holds a welcome, or what is in the way. One process does it all, because loading the application takes longer than
most of the steps.
"""

import hashlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, OperationalError, connection
from environs import EnvError

from casework.vault.errors import KeyFileError

LOCK = 0x6361_7365_776F_726B  # "casework": a number that everybody who prepares this database agrees on

# What an operator can do something about; everything else is a mistake of ours and shows its traceback.
EXPECTED = (CommandError, SystemCheckError, ImproperlyConfigured, KeyFileError, EnvError, DatabaseError, psycopg.Error)
REFUSED = 3  # exit status: the file says what is in the way
PAUSE = 2  # seconds between two tries to reach the database


def prepare(welcome: Path, *, administrator: str | None = None) -> None:
    """Migrate and load under a lock, then collect static files. `administrator`: the address of the first one."""
    with only_one():
        # With its checks: they refuse a database that does not compare Cyrillic.
        call_command("migrate", interactive=False, skip_checks=False, verbosity=1)
        call_command("load_country_rules")
        call_command("load_document_types")
        if settings.DEMO:
            call_command("load_demo_data")
        named = ["--email", administrator] if administrator else []
        welcome.write_text(said_by("print_logins") if settings.DEMO else said_by("create_first_administrator", *named))
    collect_static_files()


def wait_for_database(seconds: float, say: Callable[[str], object]) -> None:
    """Return when the database answers; after a crash it may take minutes. Raises what it still says after so many seconds."""
    until, said = time.monotonic() + seconds, ""
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() >= until:
                raise
            if str(error) != said:
                said = str(error)
                say(f"Waiting for the database: {said.strip()}")
            time.sleep(PAUSE)
        else:
            return


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the database against others who prepare it, on a connection of its own that migrations cannot end."""
    guard = connection.get_new_connection(connection.get_connection_params())
    guard.autocommit = True
    try:
        guard.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield
    finally:
        guard.close()


def said_by(command: str, *arguments: str) -> str:
    """Run a command and return what it says."""
    said = io.StringIO()
    call_command(command, *arguments, stdout=said)
    return said.getvalue()


def collect_static_files() -> None:
    """Collect and compress static files where any has changed."""
    stamp = Path(settings.STATIC_ROOT, "collected-from")
    present = fingerprint_of_static_files()
    if not stamp.exists() or stamp.read_text() != present:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(present)


def fingerprint_of_static_files() -> str:
    """Return a hash that changes when a static file is added, changed or removed.

    By what is in them: images of containers cut the times of files to whole seconds, and could collect nothing anew.
    """
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda it: it[0]):
            seen.update(f"{path} {hashlib.sha256(Path(storage.path(path)).read_bytes()).hexdigest()}\n".encode())
    return seen.hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.config.settings")
    said = Path(sys.argv[1])
    try:
        django.setup()
        prepare(said)
    except EXPECTED as error:
        said.write_text(str(error))
        sys.exit(REFUSED)
