"""What the application is given: names in its environment, a key file, a prepared database, and its processes."""

import dataclasses
import subprocess
from collections.abc import Mapping
from pathlib import Path

from . import postgres
from .environment import Environment
from .places import Places
from .processes import Child, StopSignals, finish, start
from .refusal import DISK_FULL, Refusal, disk_full, end_of, tail
from .services import Wanted

DEMO, EMPTY = "demo", "empty"
REAL = ("DATABASE_URL", "BROKER_URL", "KEY_FILE")  # each of them means: no demo data


@dataclasses.dataclass(frozen=True, slots=True)
class Application:
    """The application in its environment, with the names that it reads."""

    environment: Environment
    places: Places
    names: Mapping[str, str]

    def command(self, *arguments: str | Path) -> list[str | Path]:
        """Return a command of the environment's Python."""
        return [self.environment.python, *arguments]

    def start(self, name: str, *arguments: str | Path) -> Child:
        """Start one of its processes."""
        return start(name, self.command(*arguments), log=self.log(name), environ=self.names, cwd=self.places.checkout)

    def log(self, name: str) -> Path:
        """Return where a process writes what it has to say."""
        return self.places.logs / f"{name}.log"


def contents(places: Places) -> str | None:
    """Return what the embedded database was begun with, `demo` or `empty`; None if it was not begun."""
    try:
        return (places.home / "contents").read_text().strip()
    except OSError:
        return None


def begin_contents(places: Places, kind: str) -> None:
    """Note what the embedded database is begun with."""
    refuse_other_contents(places, kind)
    (places.home / "contents").write_text(kind + "\n")


def refuse_other_contents(places: Places, kind: str) -> None:
    """Refuse to mix invented people with real ones."""
    begun = contents(places)
    if begun in (None, kind):
        return
    has, start_with = {
        DEMO: ("holds the invented people of the demo", "start without --empty, DATABASE_URL, BROKER_URL and KEY_FILE"),
        EMPTY: ("was begun empty and takes no demo data", "start with --empty"),
    }[begun or EMPTY]
    raise Refusal(f"The database in {places.home} {has}. Either {start_with}, or delete it with --reset.")


def names_for(environ: Mapping[str, str], places: Places, wanted: Wanted, *, demo: bool, port: int) -> dict[str, str]:
    """Return the environment of the application: what the caller set, and addresses for what is embedded."""
    # PYTHON* would mix in other packages, PG* would bend connections to the embedded server.
    dropped = {"PYTHONPATH", "PYTHONHOME"} | (
        {name for name in environ if name.startswith("PG")} if wanted.postgres else set()
    )
    names = {name: value for name, value in environ.items() if name not in dropped}
    names["DJANGO_SETTINGS_MODULE"] = "casework.config.settings"
    names["PYTHONUNBUFFERED"] = "1"
    names["DATA_DIR"] = str(places.home)
    names["PORT"] = str(port)
    names["CASEWORK_DEMO"] = "1" if demo else "0"
    names.setdefault("KEY_FILE", str(places.key_file))
    names.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    if wanted.postgres:
        names["DATABASE_URL"] = postgres.url(places)
    if wanted.valkey:
        names["BROKER_URL"] = f"redis+socket://{places.valkey_socket}"
    return names


def port_named(environ: Mapping[str, str]) -> int:
    """Return the port in the environment, else 8000."""
    named = environ.get("PORT") or "8000"
    if not named.isascii() or not named.isdigit() or not 0 < int(named) < 65536:
        raise Refusal(f"PORT={named} is not a port: give a number from 1 to 65535.")
    return int(named)


def ensure_key_file(application: Application, environ: Mapping[str, str]) -> None:
    """Make a key file for a new installation. Never for a database that already holds data: it could not read them."""
    path = Path(application.names["KEY_FILE"])
    if path.exists():
        return
    if environ.get("KEY_FILE"):
        raise Refusal(
            f"There is no key file at {path}, where KEY_FILE points. Put it back, or make one with: bin/manage make_key_file"
        )
    if holds_data(application):
        raise Refusal(
            f"The key file {path} is missing, and the database holds data that only its keys can open. Put back your copy of it; "
            "no new one is made. To give up the data: bin/run --reset."
        )
    make_key_file(application)


def make_key_file(application: Application) -> None:
    """Make the key file. `manage.py` could not: the settings refuse to load without one."""
    make = "import sys, pathlib; from casework.vault import keyfile; keyfile.make(pathlib.Path(sys.argv[1]))"
    run_or_refuse(application, "key file", "-c", make, application.names["KEY_FILE"])


def holds_data(application: Application) -> bool:
    """Tell whether the database holds anything that is sealed with keys."""
    script = Path(__file__).with_name("sealed_rows.py")
    done = subprocess.run(
        application.command("-P", script),
        env=dict(application.names),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode not in (0, 3):
        raise Refusal(
            f"The database cannot be reached: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        )
    return done.returncode == 3


def prepare(application: Application, stop: StopSignals) -> str:
    """Migrate, collect static files, load reference rules and first data; return what to tell the person at the terminal."""
    said = application.places.run / "welcome"
    said.unlink(missing_ok=True)
    child = application.start("prepare", "-m", "casework.config.prepare", said)
    try:
        if finish(child, stop) != 0:
            raise why_not_prepared(said, child.log, application.places)
        return said.read_text()
    finally:
        said.unlink(missing_ok=True)  # it may name a password


def run_or_refuse(application: Application, name: str, *arguments: str | Path) -> None:
    """Run a short step, or refuse with what it said."""
    done = subprocess.run(
        application.command(*arguments),
        env=dict(application.names),
        cwd=application.places.checkout,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise Refusal(f"The step {name} failed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")


def why_not_prepared(said: Path, log: Path, places: Places) -> Refusal:
    """Turn what the preparation said into a sentence."""
    sentence = said.read_text().strip() if said.exists() else ""
    output = sentence or tail(log)
    if DISK_FULL in output or "DiskFull" in output:
        return disk_full(places.home)
    return Refusal(f"The database could not be prepared. {sentence or end_of(log)}")


def start_web(application: Application, port: int) -> Child:
    """Start the web server."""
    serving = ("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--graceful-timeout", "10")
    return application.start(
        "web", "-m", "gunicorn", "casework.config.wsgi:application", *serving, "--no-control-socket"
    )


def start_worker(application: Application) -> Child:
    """Start the Celery worker. There is one, so it has nobody to gossip or mingle with."""
    working = ("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO")
    return application.start("worker", "-m", "celery", "-A", "casework.config.celery", "worker", *working)


def start_beat(application: Application) -> Child:
    """Start Celery beat, which keeps in a file when it last did what."""
    keeping = ("--schedule", application.places.run / "beat-schedule", "--pidfile", "")
    return application.start("beat", "-m", "celery", "-A", "casework.config.celery", "beat", *keeping)


def start_watch(application: Application) -> Child:
    """Start what tells the administrators when worker or beat stand still; it needs neither, nor the broker."""
    return application.start("watch", "manage.py", "watch_reminders")
