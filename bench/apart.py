"""Each measure in a process and a database of its own: none finds what another left behind, nor what it made the process remember."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from django.db import connection

from .frame import Measure

Written = dict[str, dict[str, Any]]


def taken_apart(measure: Measure, options: Sequence[str]) -> Written | None:
    """Take one measure with `options` of the command line, which prints its table; return its figures, None where it broke off."""
    with _database_of(measure) as url, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "bench", "--only", measure.name, "--json", str(file), *options]
        subprocess.run(command, check=False, env={**os.environ, "DATABASE_URL": url})
        return _read(file) if file.exists() else None


def _read(file: Path) -> Written:
    written: Written = json.loads(file.read_text("utf-8"))
    return written


@contextmanager
def _database_of(measure: Measure) -> Iterator[str]:
    """Have a copy of the migrated, empty database for a measure that writes; yield how it is reached."""
    url = os.environ["DATABASE_URL"]
    if not measure.on_database:
        yield url
        return
    own = f"bench_{measure.name}"
    connection.close()  # nobody may look at what is copied
    with _server() as server:
        server.execute(f'CREATE DATABASE "{own}" TEMPLATE "{connection.settings_dict["NAME"]}"')
        try:
            yield urlsplit(url)._replace(path=f"/{quote(own)}").geturl()
        finally:
            _drop(server, f'DROP DATABASE "{own}"')


def _drop(server: Any, drop: str) -> None:
    """The server ends its own vacuuming for this, which our role may not end `WITH (FORCE)`; whoever is left after that is ours."""
    try:
        server.execute(drop)
    except psycopg.errors.ObjectInUse:
        server.execute(f"{drop} WITH (FORCE)")


@contextmanager
def _server() -> Iterator[Any]:
    known: Mapping[str, Any] = connection.get_connection_params()
    reached = {key: known[key] for key in ("host", "port", "user", "password") if key in known}
    with psycopg.connect(dbname="postgres", autocommit=True, **reached) as link:
        yield link
