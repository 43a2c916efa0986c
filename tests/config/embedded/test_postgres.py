import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from casework.config.embedded import postgres, processes
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.postgres import Binaries
from casework.config.embedded.processes import Child, StopSignals
from casework.config.embedded.refusal import Refusal

from .conftest import made_open_directory, made_places


@pytest.fixture
def programs(environment: Environment, places: Places) -> Binaries:
    return postgres.binaries(environment, places)


@pytest.fixture
def data(programs: Binaries, places: Places) -> Path:
    data = postgres.data_directory(places, programs.major())
    postgres.initialise(programs, places, data, durable=False)
    return data


@pytest.fixture
def server(programs: Binaries, places: Places, data: Path, stop: StopSignals) -> Iterator[Child]:
    """A server for one test, which may end it."""
    child = start(programs, places, data, stop)
    yield child
    processes.end([child], stop, seconds=10)


@pytest.fixture(scope="module")
def running(environment: Environment) -> Iterator[tuple[Child, Places]]:
    """A server for all tests that only look."""
    with made_open_directory() as directory:
        places = made_places(directory)
        programs = postgres.binaries(environment, places)
        data = postgres.data_directory(places, programs.major())
        postgres.initialise(programs, places, data, durable=False)
        child = start(programs, places, data, StopSignals())
        yield child, places
        processes.end([child], StopSignals(), seconds=10)


def start(programs: Binaries, places: Places, data: Path, stop: StopSignals) -> Child:
    return postgres.start_server(programs, places, data, with_us=True, stop=stop, settings=postgres.THROW_AWAY)


def connect(places: Places) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(postgres.url(places).replace("postgres://", "postgresql://"))


def test_the_application_is_let_in_and_is_no_superuser(running: tuple[Child, Places]) -> None:
    _, places = running
    with connect(places) as connection:
        row = connection.execute(
            "SELECT current_user, current_setting('is_superuser'), current_database(), pg_encoding_to_char(encoding), datcollate "
            "FROM pg_database WHERE datname = current_database()"
        ).fetchone()

    assert row == ("casework", "off", "casework", "UTF8", "C.UTF-8")


def test_cyrillic_compares(running: tuple[Child, Places]) -> None:
    _, places = running
    with connect(places) as connection:
        row = connection.execute("SELECT upper('жанар'), 'Жанар' ILIKE 'жанар', lower('ӨҮҢ')").fetchone()

    assert row == ("ЖАНАР", True, "өүң")


def test_it_listens_on_no_network(running: tuple[Child, Places]) -> None:
    _, places = running
    with connect(places) as connection:
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('unix_socket_permissions'), current_setting('port')"
        ).fetchone()

    assert row == ("", "0700", "5432")


def test_a_failing_statement_leaves_no_values_in_the_log(running: tuple[Child, Places]) -> None:
    server, places = running
    with connect(places) as connection:
        connection.execute("CREATE TABLE t (name text UNIQUE)")
        connection.execute("INSERT INTO t VALUES ('canary')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO t VALUES ('canary')")

    log = server.log.read_text()
    assert "duplicate key" in log
    assert "canary" not in log


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_nobody_else_is_let_in(running: tuple[Child, Places]) -> None:
    server, places = running
    # Not even the user as whom the server runs, who can reach the socket.
    assert places.server_user is not None
    psql = postgres.run(
        [
            Path(server.process.args[0]).with_name("psql"),
            "-h",
            places.postgres_sockets,
            "-U",
            "casework",
            "-c",
            "SELECT 1",
        ],  # type: ignore[index]
        places.server_user,
    )

    assert psql.returncode != 0
    assert "Peer authentication failed" in psql.stdout


def test_it_stops_fast_although_somebody_is_connected(server: Child, places: Places, stop: StopSignals) -> None:
    connection = connect(places)

    killed = processes.end([server], stop, seconds=10)

    connection.close()
    assert killed == []
    assert server.poll() == 0


def test_what_was_committed_is_there_after_it_was_killed(
    programs: Binaries, places: Places, data: Path, stop: StopSignals
) -> None:
    killed = postgres.start_server(programs, places, data, with_us=True, stop=stop)
    with connect(places) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    killed.kill()
    killed.process.wait()

    again = postgres.start_server(programs, places, data, with_us=True, stop=stop)

    with connect(places) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    processes.end([again], stop, seconds=10)


def test_it_starts_although_its_old_number_belongs_to_something_else(
    programs: Binaries, places: Places, data: Path, stop: StopSignals
) -> None:
    # As after a restart of a container, where numbers repeat: PostgreSQL alone would take the other for itself.
    user = places.server_user
    other = subprocess.Popen(["/bin/sleep", "600"], **processes.as_user(user))
    for note in (data / "postmaster.pid", places.postgres_sockets / ".s.PGSQL.5432.lock"):
        note.write_text(f"{other.pid}\n{data}\n1\n5432\n{places.postgres_sockets}\n\n  1 1\n")
        if user:
            os.chown(note, user.uid, user.gid)
    try:
        child = start(programs, places, data, stop)
    finally:
        other.kill()
        other.wait()

    assert postgres.is_ready(data, child.process.pid)
    processes.end([child], stop, seconds=10)


def test_data_are_made_whole_or_not_at_all(programs: Binaries, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    data = postgres.data_directory(places, programs.major())
    monkeypatch.setattr(postgres, "ROLE", "not a name")

    with pytest.raises(Refusal, match="syntax error"):
        postgres.initialise(programs, places, data, durable=False)

    assert not data.exists()


def test_data_of_another_major_version_are_named(programs: Binaries, places: Places) -> None:
    (places.home / "postgres-17").mkdir()

    with pytest.raises(
        Refusal, match=r"postgres-17 holds data of PostgreSQL 17, and this is PostgreSQL \d+, which cannot"
    ):
        postgres.data_directory(places, programs.major())


def test_data_of_this_version_are_taken_beside_those_of_another(programs: Binaries, places: Places) -> None:
    (places.home / "postgres-17").mkdir()
    (places.home / f"postgres-{programs.major()}").mkdir()

    assert postgres.data_directory(places, programs.major()).name == f"postgres-{programs.major()}"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ('FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device', "disk .* is full"),
        ('initdb: error: invalid locale name "C.UTF-8"', "has no locale C.UTF-8"),
        ("FATAL: something new", "does not start with the data in"),
    ],
)
def test_a_failed_start_is_said_in_a_sentence(tmp_path: Path, output: str, sentence: str) -> None:
    assert re.search(sentence, str(postgres.why_not(output, tmp_path)))


def test_a_path_with_odd_characters_is_an_address(open_directory: Path, places: Places) -> None:
    odd = replace(places, sockets=open_directory / "a b?c&d%41,é")

    assert parse_qs(urlsplit(postgres.url(odd)).query)["host"] == [str(odd.postgres_sockets)]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_programs_under_a_closed_directory_are_copied_where_the_server_reaches_them(
    environment: Environment, places: Places, open_directory: Path
) -> None:
    closed = open_directory / "closed"
    closed.mkdir(mode=0o700)
    (closed / ".venv").symlink_to(environment.directory)

    class Closed(Environment):
        def package(self, name: str) -> Path:
            return closed / ".venv" / environment.package(name).relative_to(environment.directory)

    programs = postgres.binaries(Closed(closed), places)

    assert programs.root.is_relative_to(places.home)
    assert programs.path("postgres").stat().st_uid == 0
    assert programs.path("postgres").stat().st_mode & 0o022 == 0
    assert postgres.binaries(Closed(closed), places) == programs
