"""Start processes so that none is left behind, and end them: by id and start time, never by name."""

import ctypes
import dataclasses
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .places import ServerUser
from .refusal import not_writable

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
TICK = 0.1  # seconds between two looks
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.exit_status = 128 + signal_number


class StopSignals:
    """Notes Ctrl-C, SIGTERM and a closed terminal, to be asked about where it is safe to stop.

    Handlers that raise could do so between the birth of a process and the note of it.
    """

    def __init__(self) -> None:
        self.received: list[int] = []

    def listen(self) -> None:
        """Begin to note signals. A hang-up that is ignored (nohup) stays ignored."""
        for number in ENDING_SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            signal.signal(number, lambda number, _frame: self.received.append(number))

    def check(self) -> None:
        """Raise Stopped if a signal has come."""
        if self.received:
            raise Stopped(self.received[0])

    def wait(self, seconds: float = TICK) -> None:
        """Sleep for a moment; raise Stopped if a signal has come."""
        self.check()
        time.sleep(seconds)
        self.check()


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """A process, told from a later one of the same number by when it started: in which boot, at which tick."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """Return the identity of a process that lives, or None. A zombie does not live."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        state, start_tick = fields[0], fields[19]
        return None if state in "ZX" else cls(pid, f"{boot}/{start_tick}")

    def lives(self) -> bool:
        """Tell whether this very process is still there."""
        return Identity.of(self.pid) == self


@dataclasses.dataclass(slots=True)
class Child:
    """A process that we started, at the head of a process group of its own."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    ends_with: signal.Signals

    @property
    def identity(self) -> Identity | None:
        """The process as others may recognise it."""
        return Identity.of(self.process.pid)

    def poll(self) -> int | None:
        """Return the exit status if it has ended, after ending what is left of its group."""
        if self.process.returncode is None:
            ended = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                return None
            # It is not reaped yet, so its number cannot belong to another group.
            signal_group(self.process.pid, signal.SIGKILL)
        return self.process.wait()

    def kill(self) -> None:
        """End it and its group at once."""
        if self.process.returncode is None:
            signal_group(self.process.pid, signal.SIGKILL)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environ: Mapping[str, str],
    cwd: Path,
    ends_with: signal.Signals = signal.SIGTERM,
    user: ServerUser | None = None,
    with_us: bool = True,
    umask: int = 0o077,
) -> Child:
    """Start a process with its output in a log. `with_us`: the kernel ends it if we die without a chance to."""
    try:
        if log.exists():
            log.replace(log.with_name(f"{log.name}.1"))
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise not_writable(log.parent, error) from None
    try:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environ,
            cwd=cwd,
            start_new_session=True,
            umask=umask,
            preexec_fn=end_with_parent(ends_with) if with_us else None,  # noqa: PLW1509  (we have no threads)
            **as_user(user),
        )
    finally:
        os.close(output)
    return Child(name, process, log, ends_with)


def as_user(user: ServerUser | None) -> dict[str, Any]:
    """Return what makes `subprocess` start something as another user."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def end_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return a function, to be called in a new process, that makes the kernel send it a signal when its parent dies.

    It is called after a change of user, which would undo it.
    """
    parent = os.getpid()

    def ask_the_kernel() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask_the_kernel


def finish(child: Child, stop: StopSignals) -> int:
    """Wait for a process that ends by itself and return its exit status; end it if we are told to stop."""
    while True:
        status = child.poll()
        if status is not None:
            return status
        try:
            stop.check()
        except Stopped:
            end([child], stop, seconds=10)
            raise
        time.sleep(TICK)


def comes_up(child: Child, is_up: Callable[[], bool], *, within: float, stop: StopSignals) -> bool:
    """Wait until a server is up. If it ends, takes too long or we are told to stop, it is ended: nobody else knows of it."""
    until = time.monotonic() + within
    try:
        while not is_up():
            if child.poll() is not None or time.monotonic() > until:
                end([child], stop, seconds=10)
                return False
            stop.wait(0.05)
    except BaseException:
        end([child], stop, seconds=10)
        raise
    return True


def end(children: Iterable[Child], stop: StopSignals, *, seconds: float) -> list[Child]:
    """Ask processes to end, wait a while, kill what remains and return those. A further signal cuts the wait short."""
    remaining = [child for child in children if child.poll() is None]
    for child in remaining:
        child.process.send_signal(child.ends_with)
    heard = len(stop.received)
    until = time.monotonic() + seconds
    while remaining and time.monotonic() < until and len(stop.received) == heard:
        time.sleep(TICK)
        remaining = [child for child in remaining if child.poll() is None]
    for child in remaining:
        child.kill()
    for child in remaining:
        child.process.wait()
    return remaining


def end_identities(identities: Mapping[Identity, signal.Signals], stop: StopSignals, *, seconds: float) -> None:
    """End processes that are not our children: ask, wait, kill."""
    remaining = [identity for identity in identities if identity.lives()]
    for identity in remaining:
        os.kill(identity.pid, identities[identity])
    until = time.monotonic() + seconds
    while remaining and time.monotonic() < until:
        stop.wait()
        remaining = [identity for identity in remaining if identity.lives()]
    for identity in remaining:
        signal_group(identity.pid, signal.SIGKILL)


def signal_group(leader: int, number: signal.Signals) -> None:
    """Signal a whole process group, if it is still there."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        pass
