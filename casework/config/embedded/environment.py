"""The Python environment in `.venv`: made once, made again when it was interrupted, brought up to date when the lock changes.

A stamp for each lock file holds the hash of what was installed from it, and is written last. A mark that stands while an
installation goes on tells a half-made environment, which is removed, from one that somebody made by hand, which is kept.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import importlib.machinery
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .processes import StopSignals, finish, start
from .refusal import DISK_FULL, Refusal, disk_full, end_of, not_writable, tail

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"  # holds everything that RUNTIME does
IN_USE_AFTER = 2  # seconds; two first starts at once may see each other look
ROOM_NEEDED = 600 * 2**20  # bytes: 350 MB of packages, the rest for downloads and a first database
NETWORK_FAILED = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "NameResolutionError",
    "Failed to resolve",
    "Temporary failure in name resolution",
    "Connection refused",
    "Network is unreachable",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Environment:
    """The environment of a checkout."""

    checkout: Path

    @property
    def directory(self) -> Path:
        """Where it is."""
        return self.checkout / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.directory / "bin" / "python"

    @property
    def mark(self) -> Path:
        """Stands while an installation goes on."""
        return self.directory / "installing"

    def stamp(self, lock_file: str) -> Path:
        """Holds the hash of the lock file that was installed."""
        return self.directory / f"installed-{lock_file}.sha256"

    def is_ready(self, lock_file: str) -> bool:
        """Tell whether what the lock file lists is installed."""
        try:
            installed = self.stamp(lock_file).read_text().strip()
        except OSError:
            return False
        return installed == self.wanted(lock_file) and not self.mark.exists() and self.runs()

    def wanted(self, lock_file: str) -> str:
        """Return the hash of the lock file."""
        return hashlib.sha256((self.checkout / lock_file).read_bytes()).hexdigest()

    def runs(self) -> bool:
        """Tell whether its interpreter is there and new enough."""
        try:
            made_with = re.search(
                r"^version\S* = (\d+)\.(\d+)", (self.directory / "pyvenv.cfg").read_text(), re.MULTILINE
            )
        except OSError:
            return False
        return (
            made_with is not None
            and (int(made_with[1]), int(made_with[2])) >= (3, 11)
            and os.access(self.python, os.X_OK)
        )

    def package(self, name: str) -> Path:
        """Return the directory of an installed package without importing it."""
        places = [str(place) for place in self.directory.glob("lib/python3.*/site-packages")]
        spec = importlib.machinery.PathFinder.find_spec(name, places)
        if spec is None or not spec.submodule_search_locations:
            raise Refusal(f"The package {name} is not in {self.directory}. Remove that directory and start again.")
        return Path(spec.submodule_search_locations[0])


@contextlib.contextmanager
def installed(
    environment: Environment, lock_file: str, *, log: Path, stop: StopSignals, say: Callable[[str], None]
) -> Iterator[None]:
    """Have what the lock file lists installed, and hold it as it is: no other start changes it meanwhile.

    The lock is on the checkout's directory: shared by those who use the environment, exclusive for the one who installs.
    """
    descriptor = os.open(environment.checkout, os.O_RDONLY)
    try:
        refuse_after = time.monotonic() + IN_USE_AFTER
        told = False
        while not holds(descriptor, fcntl.LOCK_SH) or not environment.is_ready(lock_file):
            if holds(descriptor, fcntl.LOCK_EX):
                install(environment, lock_file, log=log, stop=stop, say=say)
                continue
            if holds(descriptor, fcntl.LOCK_SH):
                fcntl.flock(descriptor, fcntl.LOCK_UN)
                if time.monotonic() > refuse_after:
                    raise Refusal(
                        f"{lock_file} asks for other packages, but the environment is in use. Stop bin/run, then try again."
                    )
            else:
                refuse_after = time.monotonic() + IN_USE_AFTER
                if not told:
                    say("Waiting for another start in this checkout to finish its installation ...")
                told = True
            stop.wait(0.2)
        yield
    finally:
        os.close(descriptor)


def holds(descriptor: int, kind: int) -> bool:
    """Take a lock, or change the one that is held, and tell whether that is possible. A file system without locks gives all."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def install(
    environment: Environment, lock_file: str, *, log: Path, stop: StopSignals, say: Callable[[str], None]
) -> None:
    """Make the environment if it is not there or is not whole, and install into it."""
    directory = environment.directory
    refuse_little_room(environment.checkout, ROOM_NEEDED)
    try:
        if environment.mark.exists() or (directory.exists() and not environment.runs()):
            remove(directory)
        directory.mkdir(exist_ok=True)
        environment.stamp(lock_file).unlink(missing_ok=True)
        environment.mark.touch()
    except OSError as error:
        raise not_writable(directory, error) from None
    say(f"Installing what {lock_file} lists into {directory} (once, about a minute) ...")
    if not environment.runs():
        run_or_refuse([sys.executable, "-I", "-m", "venv", str(directory)], environment, log, stop)
    quietly = ("--disable-pip-version-check", "--no-input", "--quiet")
    run_or_refuse(
        [environment.python, "-m", "pip", *quietly, "install", "--require-hashes", "-r", lock_file],
        environment,
        log,
        stop,
    )
    try:
        for name in (RUNTIME, DEVELOPMENT) if lock_file == DEVELOPMENT else (RUNTIME,):
            environment.stamp(name).write_text(environment.wanted(name) + "\n")
        environment.mark.unlink()
    except OSError as error:
        raise not_writable(directory, error) from None


def remove(directory: Path) -> None:
    """Remove an environment that is not whole; refuse to remove what does not look like one."""
    known = {"pyvenv.cfg", "installing", "bin", "lib"}
    if any(directory.iterdir()) and not known & {entry.name for entry in directory.iterdir()}:
        raise Refusal(f"{directory} is not a Python environment. Move it away, then try again.")
    shutil.rmtree(directory)


def run_or_refuse(command: Sequence[str | Path], environment: Environment, log: Path, stop: StopSignals) -> None:
    """Run one step of the installation, or say in a sentence why it failed."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    child = start("installation", command, log=log, environ=clean, cwd=environment.checkout, umask=-1)
    if finish(child, stop) != 0:
        raise why_not_installed(tail(log, lines=200), environment, log)


def why_not_installed(output: str, environment: Environment, log: Path) -> Refusal:
    """Turn the output of `venv` or `pip` into a sentence."""
    if DISK_FULL in output:
        return disk_full(environment.directory)
    if any(sign in output for sign in NETWORK_FAILED):
        return Refusal(
            "The package index cannot be reached. The first start needs the network (or pip set up for a local index): try again."
        )
    if "ensurepip" in output:
        return Refusal(
            "This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv. Then try again."
        )
    if "DO NOT MATCH THE HASHES" in output:
        return Refusal(
            f"A downloaded package is not the one that the lock file names; nothing was installed. See {log}."
        )
    if "No matching distribution" in output:
        return Refusal(
            f"The package index lacks a version that the lock file names, or has none for Python {sys.version_info[0]}.{sys.version_info[1]} "
            f"on this machine: is the network up? See {log}."
        )
    return Refusal(f"The installation failed. {end_of(log)}")


def refuse_little_room(where: Path, needed: int) -> None:
    """Refuse to begin what a nearly full disk would break off."""
    free = shutil.disk_usage(where).free
    if free < needed:
        raise Refusal(
            f"The disk that holds {where} has {free // 2**20} MB free; {needed // 2**20} MB are needed. Make room, then try again."
        )
