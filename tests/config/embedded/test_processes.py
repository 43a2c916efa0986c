import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.config.embedded import processes
from casework.config.embedded.processes import Child, Identity, Stopped, StopSignals
from casework.config.embedded.refusal import Refusal

# Says that it is ready, so that a signal does not come before the process can hear it.
STUBBORN = "trap '' TERM; echo ready; sleep 600 & wait; wait"
PARENT = """
import pathlib, sys, time
from casework.config.embedded import processes
here = pathlib.Path(sys.argv[1])
child = processes.start("thing", ["/bin/sleep", "600"], log=here / "log", environ={}, cwd=here)
print(child.process.pid, flush=True)
time.sleep(600)
"""
GENTLE = "echo ready; exec sleep 600"


@pytest.fixture
def started() -> Iterator[list[Child]]:
    """Children to be killed after the test, whatever became of it."""
    children: list[Child] = []
    yield children
    for child in children:
        child.kill()
        child.process.wait()


def start(script: str, tmp_path: Path, started: list[Child], name: str = "thing") -> Child:
    child = processes.start(
        name, ["/bin/sh", "-c", script], log=tmp_path / f"{name}.log", environ=dict(os.environ), cwd=tmp_path
    )
    started.append(child)
    until = time.monotonic() + 10
    while "ready" not in child.log.read_text() and child.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    return child


def members_of(group: int) -> list[int]:
    """Return the living processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and Identity.of(int(entry.name)):
            try:
                if os.getpgid(int(entry.name)) == group:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


def is_gone(group: int) -> bool:
    """Tell whether a process group ends within the moment that the kernel takes for it."""
    until = time.monotonic() + 5
    while members_of(group) and time.monotonic() < until:
        time.sleep(0.02)
    return not members_of(group)


def test_a_process_writes_to_a_log_that_only_its_owner_reads(tmp_path: Path, started: list[Child]) -> None:
    child = start(GENTLE, tmp_path, started)

    assert child.log.read_text() == "ready\n"
    assert child.log.stat().st_mode & 0o777 == 0o600


def test_the_log_of_the_last_start_is_kept(tmp_path: Path, started: list[Child]) -> None:
    (tmp_path / "thing.log").write_text("what happened before\n")

    start(GENTLE, tmp_path, started)

    assert (tmp_path / "thing.log.1").read_text() == "what happened before\n"


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="Cannot write in"):
        processes.start("thing", ["true"], log=tmp_path / "nowhere" / "log", environ={}, cwd=tmp_path)


def test_a_process_that_is_asked_ends(tmp_path: Path, started: list[Child], stop: StopSignals) -> None:
    child = start(GENTLE, tmp_path, started)

    killed = processes.end([child], stop, seconds=10)

    assert killed == []
    assert child.poll() == -signal.SIGTERM


def test_a_process_that_does_not_listen_is_killed_with_all_its_group(
    tmp_path: Path, started: list[Child], stop: StopSignals
) -> None:
    child = start(STUBBORN, tmp_path, started)

    killed = processes.end([child], stop, seconds=0.3)

    assert killed == [child]
    assert is_gone(child.process.pid)


def test_what_a_crashed_process_leaves_in_its_group_is_ended(tmp_path: Path, started: list[Child]) -> None:
    child = start("sleep 600 & echo ready; sleep 600", tmp_path, started)
    assert len(members_of(child.process.pid)) == 3

    os.kill(child.process.pid, signal.SIGKILL)
    while child.poll() is None:
        time.sleep(0.02)

    assert child.poll() == -signal.SIGKILL
    assert is_gone(child.process.pid)


def test_a_second_signal_cuts_the_wait_short(tmp_path: Path, started: list[Child], stop: StopSignals) -> None:
    child = start(STUBBORN, tmp_path, started)
    stop.listen()
    try:
        subprocess.Popen(["/bin/sh", "-c", f"sleep 0.3; kill -TERM {os.getpid()}"])
        begun = time.monotonic()
        processes.end([child], stop, seconds=30)
    finally:
        for number in processes.ENDING_SIGNALS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    assert time.monotonic() - begun < 10


def test_a_signal_breaks_off_a_step_and_ends_its_process(
    tmp_path: Path, started: list[Child], stop: StopSignals
) -> None:
    child = start(GENTLE, tmp_path, started)
    stop.received.append(signal.SIGTERM)

    with pytest.raises(Stopped) as stopped:
        processes.finish(child, stop)

    assert stopped.value.exit_status == 143
    assert child.poll() is not None


def test_a_server_that_is_not_up_in_time_is_not_left_behind(
    tmp_path: Path, started: list[Child], stop: StopSignals
) -> None:
    child = start(GENTLE, tmp_path, started)

    assert processes.comes_up(child, lambda: False, within=0.2, stop=stop) is False
    assert child.poll() is not None


def test_a_process_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = Identity.of(int(parent.stdout.readline()))
    assert child is not None

    parent.kill()
    parent.wait()

    until = time.monotonic() + 5
    while child.lives():
        assert time.monotonic() < until
        time.sleep(0.02)
    parent.stdout.close()


def test_a_process_is_told_from_a_later_one_of_the_same_number() -> None:
    here = Identity.of(os.getpid())
    assert here is not None

    assert here.lives()
    assert not Identity(here.pid, here.started + "1").lives()


def test_a_zombie_does_not_live() -> None:
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert Identity.of(process.pid) is None
    process.wait()


def test_what_is_not_ours_is_ended_by_number_and_start(tmp_path: Path, started: list[Child], stop: StopSignals) -> None:
    meant, spared = (start(GENTLE, tmp_path, started, name) for name in ("meant", "spared"))
    known = meant.identity
    assert known is not None
    another_time = Identity(spared.process.pid, "another boot/1")

    processes.end_identities({known: signal.SIGTERM, another_time: signal.SIGTERM}, stop, seconds=0.2)

    assert not known.lives()
    assert spared.poll() is None


def test_a_hang_up_that_is_ignored_stays_ignored(stop: StopSignals) -> None:
    before = {number: signal.getsignal(number) for number in processes.ENDING_SIGNALS}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop.listen()

        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
