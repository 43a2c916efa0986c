"""`bin/manage`: run `manage.py` with the servers up. Standard output belongs to the command alone."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import application, environment, postgres, services
from .application import DEMO, EMPTY, REAL, Application
from .places import Places, choose
from .processes import StopSignals, end_with_parent
from .refusal import complain

# What runs before there is a key file.
BEFORE_KEYS = ("make_key_file", "restore_key_file", "make_backup_key")


def manage(arguments: Sequence[str], *, checkout: Path, environ: Mapping[str, str], stop: StopSignals) -> int:
    """Run one command of `manage.py`, starting the embedded servers if they are not up; return its exit status."""
    wanted = services.Wanted.by(environ)
    places = choose(checkout=checkout, environ=environ, uid=os.geteuid(), serves_postgres=wanted.postgres)
    python = environment.Environment(checkout)
    log = places.logs / "installation.log"
    with environment.installed(python, environment.RUNTIME, log=log, stop=stop, say=complain):
        return with_servers(arguments, python, places, wanted, environ, stop)


def with_servers(
    arguments: Sequence[str],
    python: environment.Environment,
    places: Places,
    wanted: services.Wanted,
    environ: Mapping[str, str],
    stop: StopSignals,
) -> int:
    """Run the command while the servers that it needs are up."""
    demo = application.contents(places) == DEMO and not any(environ.get(name) for name in REAL)
    port = services.port_of_run(places) or application.port_named(environ)
    names = application.names_for(environ, places, wanted, demo=demo, port=port)
    casework = Application(python, places, names | with_psql(python, places, wanted, names))
    with services.servers_for_command(python, places, wanted, stop=stop, say=complain):
        if list(arguments[:1]) == ["restore"] and wanted.postgres and application.contents(places) is None:
            # Real people are about to come in: from now on no demo is mixed with them.
            application.begin_contents(places, EMPTY)
        if not arguments or arguments[0] not in BEFORE_KEYS:
            application.ensure_key_file(casework, environ)
        return run_in_front(casework.command(places.checkout / "manage.py", *arguments), casework.names, stop)


def with_psql(
    python: environment.Environment, places: Places, wanted: services.Wanted, names: Mapping[str, str]
) -> dict[str, str]:
    """Return what lets `dbshell` find the embedded psql, and psql the embedded server."""
    if not wanted.postgres:
        return {}
    programs = postgres.installed(python).root / "bin"
    return {"PATH": f"{names.get('PATH', os.defpath)}{os.pathsep}{programs}", "PGHOST": str(places.postgres_sockets)}


def run_in_front(
    command: Sequence[str | Path], names: Mapping[str, str], stop: StopSignals, *, cwd: Path | None = None
) -> int:
    """Run a command on our terminal, in our directory unless another is given; pass signals on and return its exit status."""
    stop.check()
    process = subprocess.Popen(
        [os.fspath(part) for part in command],
        env=dict(names),
        cwd=cwd,
        preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509  (we have no threads)
    )
    seen = 0
    while True:
        try:
            status = process.wait(timeout=0.1)
            return 128 - status if status < 0 else status
        except subprocess.TimeoutExpired:
            for number in stop.received[seen:]:
                seen += 1
                # The terminal has sent Ctrl-C to the command too; what was sent to us alone is passed on.
                if number != signal.SIGINT or not os.isatty(0):
                    process.send_signal(number)
