"""`bin/test`: linters, types, migrations and tests, on a PostgreSQL and a Valkey that are thrown away afterwards."""

import contextlib
import dataclasses
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from . import application, environment, postgres, services, valkey
from .application import Application
from .manage import run_in_front
from .places import Places, choose, fits, may, server_user
from .processes import Child, StopSignals, end
from .refusal import Refusal, say

NOT_SLOW = ("-m", "not slow")


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """One thing to check, as a command."""

    name: str
    command: list[str | Path]


def test(
    for_pytest: Sequence[str], *, everything: bool, checkout: Path, environ: Mapping[str, str], stop: StopSignals
) -> int:
    """Run every stage, or only pytest where it is given arguments; return 1 if one of them fails.

    What pytest prints last is the last that is printed when all is well, for machines that read it.
    """
    begun = time.monotonic()
    with throw_away(checkout, environ, stop) as casework:
        say(f"environment and servers: {time.monotonic() - begun:.1f} s")
        if for_pytest:
            chosen = [] if everything else list(NOT_SLOW)
            return run_in_front(
                casework.command("-m", "pytest", *chosen, *for_pytest), casework.names, stop, cwd=checkout
            )
        # Migrating takes one processor a minute, and so do the linters.
        schema = casework.start("schema", "-m", "tests.schema")
        try:
            all_stages = stages(casework, everything=everything)
            failed = [stage.name for stage in all_stages if not passes(stage, casework, stop)]
        finally:
            end([schema], stop, seconds=5)
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def stages(casework: Application, *, everything: bool) -> list[Stage]:
    """List what is checked, the fastest first."""
    pytest = ("-m", "pytest", "-n", "2", "--dist", "worksteal", *(() if everything else NOT_SLOW))
    return [
        Stage("ruff check", casework.command("-m", "ruff", "check", ".")),
        Stage("ruff format", casework.command("-m", "ruff", "format", "--check", ".")),
        Stage("mypy", casework.command("-m", "mypy", "casework", "bench")),
        Stage("migrations", casework.command("manage.py", "makemigrations", "--check", "--dry-run")),
        Stage("pytest", casework.command(*pytest)),
    ]


def passes(stage: Stage, casework: Application, stop: StopSignals) -> bool:
    """Run one stage and tell whether it passes; say how long it took, except for pytest, which says so itself."""
    begun = time.monotonic()
    say(f"--- {stage.name}")
    status = run_in_front(stage.command, casework.names, stop, cwd=casework.places.checkout)
    stop.check()
    if status or stage.name != "pytest":
        say(f"{stage.name}: {f'exit status {status}' if status else 'ok'}, {time.monotonic() - begun:.1f} s")
    return status == 0


@contextlib.contextmanager
def throw_away(checkout: Path, environ: Mapping[str, str], stop: StopSignals) -> Iterator[Application]:
    """Have servers of our own in a temporary directory, with a key file, and remove all of it at the end."""
    python = environment.Environment(checkout)
    directory = temporary_directory()
    children: list[Child] = []
    try:
        named = {name: value for name, value in environ.items() if name not in (*application.REAL, "DATA_DIR")}
        named["DATA_DIR"] = str(directory / "data")
        wanted = services.Wanted(postgres=True, valkey=True)
        places = choose(checkout=checkout, environ=named, uid=os.geteuid(), serves_postgres=True)
        log = places.logs / "installation.log"
        with environment.installed(python, environment.DEVELOPMENT, log=log, stop=stop, say=say):
            start_servers(python, places, children, stop)
            casework = Application(python, places, application.names_for(named, places, wanted, demo=True, port=8000))
            application.make_key_file(casework)
            yield casework
    finally:
        end(children, stop, seconds=services.SERVERS_END_WITHIN)
        shutil.rmtree(directory, ignore_errors=True)


def temporary_directory() -> Path:
    """Make a directory that PostgreSQL's user can reach and whose sockets have short paths, whatever TMPDIR says."""
    user = server_user() if os.geteuid() == 0 else None
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if fits(parent / "casework-test-12345678/data/sockets") and (user is None or may(user, "test", "-x", parent)):
            directory = Path(tempfile.mkdtemp(prefix="casework-test-", dir=parent))
            directory.chmod(0o711 if user else 0o700)
            return directory
    raise Refusal("There is no temporary directory that is open and has a short path. Name one in TMPDIR.")


def start_servers(python: environment.Environment, places: Places, children: list[Child], stop: StopSignals) -> None:
    """Start PostgreSQL and Valkey, fast rather than safe, noting each in `children` as soon as it runs."""
    programs = postgres.binaries(python, places)
    data = postgres.data_directory(places, programs.major())
    postgres.initialise(programs, places, data, durable=False, also=postgres.FOR_TESTS)
    children.append(
        postgres.start_server(programs, places, data, with_us=True, stop=stop, settings=postgres.THROW_AWAY)
    )
    children.append(valkey.start_server(python, places, with_us=True, stop=stop))
