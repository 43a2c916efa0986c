"""`bin/run`: start everything, say where, watch it, stop everything."""

import argparse
import errno
import http.client
import os
import select
import shutil
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Never

from . import application, environment, services
from .application import DEMO, EMPTY, REAL, Application
from .places import KEPT, OURS, Places, choose
from .processes import Child, Stopped, StopSignals, end
from .refusal import Refusal, complain, disk_full, end_of, is_full, say

ANSWERS_WITHIN = 120  # seconds from the start of the web server to its first answer
APPLICATION_ENDS_WITHIN = 30  # seconds for the work in hand of the worker, then it is killed
ROOM_TO_START = 100 * 2**20  # bytes


def run(arguments: argparse.Namespace, *, checkout: Path, environ: Mapping[str, str], stop: StopSignals) -> int:
    """Start Casework and keep it running until a signal comes or one of its processes ends; return the exit status."""
    wanted = services.Wanted.by(environ)
    port = arguments.port or application.port_named(environ)
    places = choose(checkout=checkout, environ=environ, uid=os.geteuid(), serves_postgres=wanted.postgres)
    with services.the_only_run(places, f"http://localhost:{port}/", stop):
        if arguments.reset:
            reset(places, wanted, confirmed=arguments.yes, stop=stop)
        return Run(arguments, places, wanted, port, environ, stop).to_the_end()


class Run:
    """One run: its processes are its state, so that whatever goes wrong it knows what to stop."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        places: Places,
        wanted: services.Wanted,
        port: int,
        environ: Mapping[str, str],
        stop: StopSignals,
    ) -> None:
        self.places, self.wanted, self.port, self.environ, self.stop = places, wanted, port, environ, stop
        self.demo = not arguments.empty and not any(environ.get(name) for name in REAL)
        self.environment = environment.Environment(places.checkout)
        self.welcome = ""
        self.servers: list[Child] = []
        self.processes: list[Child] = []

    def to_the_end(self) -> int:
        """Start, watch and stop; return the exit status."""
        log = self.places.logs / "installation.log"
        try:
            with environment.installed(self.environment, environment.RUNTIME, log=log, stop=self.stop, say=say):
                self.begin()
                self.watch()
        except Stopped as stopped:
            # The usual way to end a run that has begun; before that, something was broken off.
            return 0 if self.processes else stopped.exit_status
        except Refusal as refusal:
            complain(refusal)  # now, for the others may take a while to end
            if is_full(self.places.home):
                complain(disk_full(self.places.home))  # then the logs say little
            return 1
        finally:
            self.end()

    def begin(self) -> None:
        """Start everything and print where it is."""
        environment.refuse_little_room(self.places.home, ROOM_TO_START)
        if self.wanted.postgres:
            application.refuse_other_contents(self.places, DEMO if self.demo else EMPTY)
        say(f"Starting Casework with the data in {self.places.home}{self.places.elsewhere()} ...")
        self.servers = services.start_for_run(self.environment, self.places, self.wanted, stop=self.stop, say=say)
        refuse_taken_port(self.port)
        names = application.names_for(self.environ, self.places, self.wanted, demo=self.demo, port=self.port)
        casework = Application(self.environment, self.places, names)
        application.ensure_key_file(casework, self.environ)
        if self.wanted.postgres:
            application.begin_contents(self.places, DEMO if self.demo else EMPTY)
        self.welcome = application.prepare(casework, self.stop)
        self.keep(application.start_web(casework, self.port))
        self.wait_for_answer(names)  # alone, because on a small machine the others would slow it down
        self.keep(application.start_worker(casework))
        self.keep(application.start_beat(casework))
        self.keep(application.start_watch(casework))
        say(f"\nCasework is at http://localhost:{self.port}/\n")
        self.say_welcome()
        say("\nCtrl-C stops it.")

    def keep(self, child: Child) -> None:
        """Note a process, here and for a start after a SIGKILL."""
        self.processes.append(child)
        services.note(self.places, "run", self.servers + self.processes)

    def say_welcome(self) -> None:
        """Say how to sign in, once: it may hold a password that is shown this once, and is said even if the start fails."""
        if self.welcome:
            say(self.welcome.strip())
        self.welcome = ""

    def wait_for_answer(self, names: Mapping[str, str]) -> None:
        """Wait until the web server says that it is alive."""
        host = next(
            (name.lstrip(".") for name in names.get("ALLOWED_HOSTS", "").split(",") if name.strip("*. ")),
            f"localhost:{self.port}",
        )
        until = time.monotonic() + ANSWERS_WITHIN
        while (status := livez(self.port, host.strip())) != http.client.OK:
            self.refuse_if_ended()
            if time.monotonic() > until:
                what = f"answers /livez with {status}" if status else "does not answer"
                log = self.places.logs / "web.log"
                raise Refusal(f"The web server {what} after {ANSWERS_WITHIN} seconds. {end_of(log)}")
            self.stop.wait()

    def watch(self) -> Never:
        """Look at the processes until a signal comes; raise Refusal when one has ended by itself."""
        while True:
            self.stop.wait(0.5)
            self.refuse_if_ended()

    def refuse_if_ended(self) -> None:
        """Name the first process that has ended by itself, with the end of its log."""
        for child in self.servers + self.processes:
            status = child.poll()
            if status is not None:
                raise Refusal(
                    f"The process {child.name} ended by itself ({in_words(status)}), so the others are being stopped. "
                    f"{end_of(child.log)}"
                )

    def end(self) -> None:
        """Stop everything: first what uses the servers, then the servers."""
        self.say_welcome()
        if self.servers or self.processes:
            say("\nStopping ...")
        killed = end(self.processes, self.stop, seconds=APPLICATION_ENDS_WITHIN)
        killed += end(self.servers, self.stop, seconds=services.SERVERS_END_WITHIN)
        for child in killed:
            say(f"{child.name} did not end in time and was killed.")
        if self.servers:
            services.forget(self.places)


def in_words(status: int) -> str:
    """Say an exit status."""
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def refuse_taken_port(port: int) -> None:
    """Refuse a port on which something listens; a browser may take `localhost` for either address."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, port))
        except PermissionError:
            raise Refusal(f"Port {port} is for root only. Name a higher one: bin/run --port 8001") from None
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:
                raise Refusal(
                    f"Port {port} is taken by another program. Name another: bin/run --port {port + 1}"
                ) from None


def livez(port: int, host: str) -> int | None:
    """Return the status with which the web server says that it is alive, None if it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        # As from a proxy that has ended TLS, which is how production is reached.
        connection.request("GET", "/livez", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def reset(places: Places, wanted: services.Wanted, *, confirmed: bool, stop: StopSignals) -> None:
    """Remove the embedded data after a word typed by a person (or --yes)."""
    if not wanted.postgres:
        raise Refusal("--reset removes the embedded database; it does not touch the one that DATABASE_URL names.")
    if not confirmed:
        if not sys.stdin.isatty():
            raise Refusal("--reset removes all data and asks first, but there is nobody to ask. Add --yes.")
        print(
            f"This removes every case, document and key in {places.home}. Type the word reset to go on: ",
            end="",
            flush=True,
        )
        if typed_line(stop).strip() != "reset":
            raise Refusal("Nothing was removed.")
    services.end_what_is_left(places, stop)
    kept = {OURS, "run", "sockets"}  # the locks that we hold, and directories that hold no data
    for entry in places.home.iterdir():
        if entry.name in kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for name in KEPT:
        (places.home / name).mkdir(mode=0o700, exist_ok=True)
    say(f"Removed the data in {places.home}.")


def typed_line(stop: StopSignals) -> str:
    """Return a line from the terminal; raise Stopped on Ctrl-C."""
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        stop.check()
    return sys.stdin.readline()
