"""A PostgreSQL of its own for a test, and a standby that follows it by streaming replication."""

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections

from casework.config.embedded import postgres
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import Child, StopSignals, comes_up, end, start
from casework.reports.replica import REPORTS

PORT = "5433"


@dataclasses.dataclass
class Pair:
    """Both servers; `standby` is killed by some tests."""

    places: Places
    standby: Child

    def on_standby(self, statement: str) -> None:
        with psycopg.connect(self.address(PORT), autocommit=True) as there:
            there.execute(statement)

    def address(self, port: str = "5432") -> str:
        return f"host={self.places.postgres_sockets} port={port} user=postgres dbname=casework"

    def kill_standby(self) -> None:
        self.standby.kill()
        self.standby.process.wait()


@contextmanager
def servers(environment: Environment, places: Places, stop: StopSignals) -> Iterator[Pair]:
    """Have both, with what is in the database of this test run, and let the connections of Django lead there."""
    programs = postgres.binaries(environment, places)
    data = postgres.data_directory(places, programs.major())
    children: list[Child] = []
    try:
        postgres.initialise(programs, places, data, durable=False)
        admitting = admit_replication(places)
        children.append(postgres.start_server(programs, places, data, with_us=True, stop=stop, settings=admitting))
        fill(programs, places)
        children.append(follow(programs, places, stop, admitting))
        with connected(places):
            yield Pair(places, children[-1])
    finally:
        end(children[::-1], stop, seconds=30)


def admit_replication(places: Places) -> tuple[str, ...]:
    """Let the standby in, which connects as the user as whom servers run."""
    hba, ident = places.home / "hba-of-test", places.home / "ident-of-test"
    hba.write_text("local all all peer map=test\nlocal replication all peer map=test\n")
    server = places.server_user.name if places.server_user else postgres.account_name()
    names = {server, postgres.account_name()}
    ident.write_text("".join(f'test "{name}" {role}\n' for name in names for role in ("postgres", postgres.ROLE)))
    for path in (hba, ident):
        path.chmod(0o644)
    return (f"hba_file={hba}", f"ident_file={ident}", "wal_level=replica", "max_wal_senders=4", "hot_standby=on")


def fill(programs: postgres.Binaries, places: Places) -> None:
    """Copy schema and rows of the database of this test run."""
    here = connection.settings_dict
    host = str(here["HOST"] or here["OPTIONS"]["host"])
    connection.close()
    dump = [
        programs.path("pg_dump"),
        "-h",
        host,
        "-U",
        str(here["USER"]),
        "--no-owner",
        "--no-privileges",
        here["NAME"],
    ]
    restore = [programs.path("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", places.postgres_sockets, "-U", "postgres"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE, env=postgres.BARE) as dumping:
        subprocess.run(
            [*restore, "-d", postgres.DATABASE],
            stdin=dumping.stdout,
            check=True,
            capture_output=True,
            env=postgres.BARE,
        )
    # What psql took may be the half of it.
    assert dumping.returncode == 0, "pg_dump did not come to its end"


def follow(programs: postgres.Binaries, places: Places, stop: StopSignals, settings: tuple[str, ...]) -> Child:
    """Copy the server and start the copy as a standby that takes queries."""
    data = places.home / "standby"
    asked = [
        "-h",
        places.postgres_sockets,
        "-U",
        "postgres",
        "-D",
        data,
        "-R",
        "-X",
        "stream",
        "-c",
        "fast",
        "--no-sync",
    ]
    subprocess.run([programs.path("pg_basebackup"), *asked], check=True, capture_output=True, env=postgres.BARE)
    if places.server_user:
        for path in (data, *data.rglob("*")):
            os.chown(path, places.server_user.uid, places.server_user.gid)
    data.chmod(0o700)
    options = ("listen_addresses=", f"port={PORT}", f"unix_socket_directories={places.postgres_sockets}", *settings)
    child = start(
        "standby",
        [programs.path("postgres"), "-D", data, *(part for option in options for part in ("-c", option))],
        log=places.logs / "standby.log",
        environ=postgres.BARE,
        cwd=data.parent,
        user=places.server_user,
        with_us=True,
    )
    assert comes_up(child, lambda: postgres.is_ready(data, child.process.pid), within=60, stop=stop), (
        child.log.read_text()
    )
    return child


@contextmanager
def connected(places: Places) -> Iterator[None]:
    """Let `default` be the one and `reports` the other."""
    before = dict(connection.settings_dict)
    there: dict[str, Any] = {"HOST": str(places.postgres_sockets), "USER": "postgres", "NAME": postgres.DATABASE}
    connection.close()
    connection.settings_dict.update(there, PORT="5432", OPTIONS={})
    connections.settings[REPORTS] = before | there | {"PORT": PORT, "OPTIONS": {}, "ATOMIC_REQUESTS": False}
    let_connect()
    try:
        yield
    finally:
        forget_copy()
        connection.close()
        connection.settings_dict.update(before)


def let_connect() -> None:
    """Let this test use the second connection, which it did not name when it began."""
    there = connections[REPORTS]

    def ensure_connection() -> None:
        if there.connection is None:
            with there.wrap_database_errors:
                there.connect()

    there.ensure_connection = ensure_connection  # type: ignore[method-assign]  # past the fence of Django's test case


def forget_copy() -> None:
    """Take the second connection away again."""
    if REPORTS in connections:
        connections[REPORTS].close()
        del connections[REPORTS]
        del connections.settings[REPORTS]
