"""The embedded servers of one installation, shared by `bin/run` and any number of `bin/manage`.

`bin/run` owns the servers that it started and stops them when it stops. Those that a `bin/manage` started belong to
nobody in particular: the last command to finish stops them. Three locks in `run/` carry this:

* `running`: held by `bin/run` as long as it lives;
* `servers`: held while servers are started or stopped;
* `in-use`: shared by every `bin/manage` as long as it lives.

The kernel gives locks back when their holder dies, however it dies. `processes.json` names what was started, so that a
start after a SIGKILL finds what was left.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from . import postgres, valkey
from .environment import Environment
from .places import Places
from .processes import Child, Identity, StopSignals, end, end_identities
from .refusal import Refusal

SERVERS_END_WITHIN = 30  # seconds, then they are killed
EXTERNAL = {"postgres": "DATABASE_URL", "valkey": "BROKER_URL"}


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """Which servers are ours to run; the others were named in the environment."""

    postgres: bool
    valkey: bool

    @classmethod
    def by(cls, environ: Mapping[str, str]) -> "Wanted":
        """Read it from the environment."""
        return cls(**{name: not environ.get(variable) for name, variable in EXTERNAL.items()})

    @property
    def names(self) -> frozenset[str]:
        """The names of their processes."""
        return frozenset(name for name, wanted in dataclasses.asdict(self).items() if wanted)


def try_lock(path: Path, kind: int) -> IO[str] | None:
    """Take a lock and return the open file that holds it, or None if another process has it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextlib.contextmanager
def locked(path: Path, kind: int, stop: StopSignals) -> Iterator[None]:
    """Wait for a lock and hold it."""
    while (file := try_lock(path, kind)) is None:
        stop.wait()
    with file:
        yield


@contextlib.contextmanager
def the_only_run(places: Places, address: str, stop: StopSignals) -> Iterator[None]:
    """Be the only `bin/run` of this installation, or refuse with where the other one is."""
    until = time.monotonic() + 1  # a bin/manage may hold the lock for the moment in which it looks
    while (file := try_lock(places.run / "running", fcntl.LOCK_EX)) is None:
        if time.monotonic() > until:
            raise Refusal(f"Casework is already running {where_it_runs(places)}.")
        stop.wait()
    with file:
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "address": address}))
        file.flush()
        yield


def where_it_runs(places: Places) -> str | None:
    """Return where `bin/run` of this installation is, or None if it is not running."""
    file = try_lock(places.run / "running", fcntl.LOCK_SH)
    if file is not None:
        file.close()
        return None
    with contextlib.suppress(OSError, ValueError):
        held_by = json.loads((places.run / "running").read_text())
        return f"at {held_by['address']} (process {held_by['pid']})"
    return f"with the data in {places.home}"


def port_of_run(places: Places) -> int | None:
    """Return the port of the `bin/run` of this installation, or None if it is not running."""
    if where_it_runs(places) is None:
        return None
    with contextlib.suppress(OSError, ValueError, KeyError):
        address: str = json.loads((places.run / "running").read_text())["address"]
        return urlsplit(address).port
    return None


def start_servers(
    environment: Environment, places: Places, wanted: Wanted, *, with_us: bool, stop: StopSignals
) -> list[Child]:
    """Start what is wanted; if one does not start, end the others."""
    children: list[Child] = []
    try:
        if wanted.postgres:
            programs = postgres.binaries(environment, places)
            data = postgres.data_directory(places, programs.major())
            if not data.exists():
                postgres.initialise(programs, places, data)
            children.append(postgres.start_server(programs, places, data, with_us=with_us, stop=stop))
        if wanted.valkey:
            children.append(valkey.start_server(environment, places, with_us=with_us, stop=stop))
    except BaseException:
        end(children, stop, seconds=SERVERS_END_WITHIN)
        raise
    return children


def start_for_run(
    environment: Environment, places: Places, wanted: Wanted, *, stop: StopSignals, say: Callable[[str], None]
) -> list[Child]:
    """Start the servers for `bin/run`, after what a killed one left behind has ended and no `bin/manage` is at work."""
    told = False
    while True:
        with locked(places.run / "servers", fcntl.LOCK_EX, stop):
            unused = try_lock(places.run / "in-use", fcntl.LOCK_EX)
            if unused is not None:
                with unused:
                    end_leftovers(places, stop)
                    children = start_servers(environment, places, wanted, with_us=True, stop=stop)
                    note(places, "run", children)
                    return children
        if not told:
            say("Waiting for a bin/manage command on these data to finish ...")
        told = True
        stop.wait(0.2)


@contextlib.contextmanager
def servers_for_command(
    environment: Environment, places: Places, wanted: Wanted, *, stop: StopSignals, say: Callable[[str], None]
) -> Iterator[None]:
    """Have the servers up while a `bin/manage` command runs."""
    in_use = None
    try:
        told = False
        while in_use is None:
            with locked(places.run / "servers", fcntl.LOCK_EX, stop):
                if are_up(places, wanted) or started_for_command(environment, places, wanted, stop):
                    in_use = try_lock(places.run / "in-use", fcntl.LOCK_SH)
                    continue
            if not told:
                say("Waiting for bin/run to start its servers ...")
            told = True
            stop.wait(0.2)
        yield
    finally:
        if in_use is not None:
            in_use.close()
            stop_if_last(places)


def started_for_command(environment: Environment, places: Places, wanted: Wanted, stop: StopSignals) -> bool:
    """Start the servers, unless a `bin/run` is about to. Refuse if it runs without them."""
    running = where_it_runs(places)
    owner, processes = noted(places)
    if running is None:
        end_leftovers(places, stop)
        note(places, "manage", start_servers(environment, places, wanted, with_us=False, stop=stop))
        return True
    if owner == "run" and any(identity.lives() for identity, _ in processes.values()):
        raise Refusal(
            f"Casework runs {running} without a server that this command would use. Give bin/manage the same DATABASE_URL and BROKER_URL."
        )
    return False


def stop_if_last(places: Places) -> None:
    """Stop the servers that a `bin/manage` started, unless another command still uses them."""
    patient = StopSignals()
    with locked(places.run / "servers", fcntl.LOCK_EX, patient):
        unused = try_lock(places.run / "in-use", fcntl.LOCK_EX)
        if unused is not None:
            with unused:
                if noted(places)[0] == "manage":
                    end_leftovers(places, patient)


def are_up(places: Places, wanted: Wanted) -> bool:
    """Tell whether every wanted server lives and answers."""
    _, processes = noted(places)
    living = {name: identity.pid for name, (identity, _) in processes.items() if identity.lives()}
    if not wanted.names <= living.keys():
        return False
    ready = {
        "postgres": lambda: any(postgres.is_ready(data, living["postgres"]) for data in places.home.glob("postgres-*")),
        "valkey": lambda: valkey.answers(places.valkey_socket),
    }
    return all(ready[name]() for name in wanted.names)


def note(places: Places, owner: str, children: list[Child]) -> None:
    """Write down what runs and for whom."""
    processes = [
        {
            "name": child.name,
            "pid": child.identity.pid,
            "started": child.identity.started,
            "ends_with": int(child.ends_with),
        }
        for child in children
        if child.identity is not None
    ]
    beside = places.run / "processes.json.new"
    beside.write_text(json.dumps({"owner": owner, "processes": processes}))
    beside.replace(places.run / "processes.json")


def noted(places: Places) -> tuple[str, dict[str, tuple[Identity, signal.Signals]]]:
    """Return for whom the processes were started, and which they were."""
    try:
        content = json.loads((places.run / "processes.json").read_text())
        return content["owner"], {
            one["name"]: (Identity(one["pid"], one["started"]), signal.Signals(one["ends_with"]))
            for one in content["processes"]
        }
    except (OSError, ValueError, KeyError):
        return "", {}


def end_what_is_left(places: Places, stop: StopSignals) -> None:
    """End what an earlier start left behind, so that the data may be removed; refuse while a command uses them."""
    with locked(places.run / "servers", fcntl.LOCK_EX, stop):
        unused = try_lock(places.run / "in-use", fcntl.LOCK_EX)
        if unused is None:
            raise Refusal("A bin/manage command is at work on these data. Let it finish, then try again.")
        with unused:
            end_leftovers(places, stop)


def end_leftovers(places: Places, stop: StopSignals) -> None:
    """End what was noted and lives: first what uses the servers, then the servers."""
    processes = noted(places)[1]
    servers = {identity: number for name, (identity, number) in processes.items() if name in EXTERNAL}
    others = {identity: number for name, (identity, number) in processes.items() if name not in EXTERNAL}
    for group in (others, servers):
        end_identities(group, stop, seconds=SERVERS_END_WITHIN)
    forget(places)


def forget(places: Places) -> None:
    """Note that nothing runs."""
    (places.run / "processes.json").unlink(missing_ok=True)
