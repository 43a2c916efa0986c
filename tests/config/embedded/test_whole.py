"""The three commands as a person uses them, in a checkout of their own, with everything that they start."""

import dataclasses
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from casework.config.embedded.environment import RUNTIME, Environment
from casework.config.embedded.places import fingerprint
from casework.config.embedded.processes import Identity

from .conftest import CHECKOUT

pytestmark = pytest.mark.slow

NOT_COPIED = shutil.ignore_patterns(".venv", ".data", ".git", "*_cache", "__pycache__", "tests", ".hypothesis")
UP_WITHIN = 120  # seconds
PLAIN = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}


@dataclasses.dataclass
class Command:
    """A `bin/run` and what it has said so far."""

    process: "subprocess.Popen[bytes]"
    said_in: Path

    def said(self) -> str:
        return self.said_in.read_text()

    def wait_until_up(self) -> None:
        until = time.monotonic() + UP_WITHIN
        while "Ctrl-C stops it." not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def checkout(open_directory: Path, environment: Environment) -> Iterator[Path]:
    """A copy of this checkout that shares its environment."""
    yield make_checkout(open_directory / "checkout", environment)
    for identity in living_in(open_directory):
        os.kill(identity.pid, signal.SIGKILL)


def make_checkout(directory: Path, environment: Environment) -> Path:
    if not environment.is_ready(RUNTIME):
        pytest.skip("the environment of this checkout was not made by bin/run or bin/test")
    shutil.copytree(CHECKOUT, directory, ignore=NOT_COPIED)
    (directory / ".venv").symlink_to(environment.directory)
    return directory


def run(checkout: Path, *arguments: str) -> Command:
    said_in = checkout.parent / f"said-{time.monotonic_ns()}"
    with said_in.open("wb") as said:
        process = subprocess.Popen(
            [checkout / "bin" / "run", *arguments],
            env=PLAIN,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    return Command(process, said_in)


def manage(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "bin" / "manage", *arguments], env=PLAIN, cwd="/", capture_output=True, text=True, check=False
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def living_in(directory: Path) -> list[Identity]:
    """Return the processes that work in a directory."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink().is_relative_to(directory):
                found.append(Identity.of(int(entry.name)))
        except OSError:
            continue
    return [identity for identity in found if identity is not None]


def status_of(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status
    finally:
        connection.close()


def pid_of(home: Path, name: str) -> int:
    processes = json.loads((home / "run" / "processes.json").read_text())["processes"]
    return next(int(one["pid"]) for one in processes if one["name"] == name)


def test_it_starts_says_where_it_is_stops_and_starts_again_with_its_data(checkout: Path) -> None:
    port = free_port()
    first = run(checkout, "--port", str(port))
    first.wait_until_up()
    assert f"http://localhost:{port}/" in first.said()
    assert "caseworker@demo.example" in first.said()
    assert status_of(port, "/account/login/") == 200

    second = run(checkout, "--port", str(free_port()))
    assert second.process.wait(30) == 1
    assert f"already running at http://localhost:{port}/" in second.said()

    counted = manage(
        checkout, "shell", "-v", "0", "-c", "from casework.accounts.models import User; print(User.objects.count())"
    )
    assert counted.returncode == 0
    assert int(counted.stdout) > 0

    assert first.stop(signal.SIGTERM) == 0
    assert living_in(checkout) == []
    key = (checkout / ".data" / "keys" / "keys.json").read_bytes()

    again = run(checkout, "--port", str(port))
    again.wait_until_up()
    assert again.stop(signal.SIGINT) == 0
    assert living_in(checkout) == []
    assert (checkout / ".data" / "keys" / "keys.json").read_bytes() == key
    # The invented people are there once, and their logins are the same.
    assert [line for line in again.said().splitlines() if "@" in line] == [
        line for line in first.said().splitlines() if "@" in line
    ]


def test_after_a_kill_the_next_start_works_and_a_crash_is_reported_by_name(checkout: Path) -> None:
    killed = run(checkout, "--port", str(free_port()))
    killed.wait_until_up()
    killed.stop(signal.SIGKILL)

    again = run(checkout, "--port", str(free_port()))
    again.wait_until_up()
    os.kill(pid_of(checkout / ".data", "worker"), signal.SIGKILL)

    assert again.process.wait(60) == 1
    assert "The process worker ended by itself (signal 9)" in again.said()
    assert "worker.log" in again.said()
    assert living_in(checkout) == []


def test_a_signal_in_the_middle_of_a_start_leaves_nothing(checkout: Path) -> None:
    for after in (0.3, 1.0, 2.5, 4.0):
        broken_off = run(checkout, "--port", str(free_port()))
        time.sleep(after)
        # The first may come while the script still looks for a Python, which simply ends.
        assert broken_off.stop(signal.SIGTERM) in (0, 143, -signal.SIGTERM)
        assert living_in(checkout) == [], broken_off.said()


def test_without_demo_data_the_first_administrator_is_printed_and_the_demo_is_refused_afterwards(
    checkout: Path,
) -> None:
    empty = run(checkout, "--port", str(free_port()), "--empty")
    empty.wait_until_up()
    assert "Administrator" in empty.said()
    assert "demo.example" not in empty.said()
    empty.stop(signal.SIGTERM)

    refused = run(checkout, "--port", str(free_port()))
    assert refused.process.wait(60) == 1
    assert "was begun empty and takes no demo data" in refused.said()

    (checkout / ".data" / "keys" / "keys.json").unlink()
    without_key = run(checkout, "--port", str(free_port()), "--empty")
    assert without_key.process.wait(60) == 1
    assert "no new one is made" in without_key.said()
    assert not (checkout / ".data" / "keys" / "keys.json").exists()
    assert living_in(checkout) == []


def test_it_runs_from_a_path_too_long_for_a_socket(open_directory: Path, environment: Environment) -> None:
    long = open_directory / ("a-long-name-" * 9)
    long.mkdir()
    checkout = make_checkout(long / "checkout", environment)
    home = checkout / ".data"

    started = run(checkout, "--port", str(free_port()))
    started.wait_until_up()
    elsewhere = Path(started.said().split(" and sockets in ")[1].split(" ...")[0])
    assert elsewhere.stat().st_uid == os.geteuid()
    assert (home / "contents").exists()
    started.stop(signal.SIGTERM)

    assert living_in(open_directory) == []
    shutil.rmtree(elsewhere)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_runs_it_from_under_a_closed_directory(open_directory: Path, environment: Environment) -> None:
    closed = open_directory / "closed"
    closed.mkdir(mode=0o700)
    checkout = make_checkout(closed / "checkout", environment)
    home = Path("/var/lib") / f"casework-{fingerprint(checkout)}"
    try:
        started = run(checkout, "--port", str(free_port()))
        started.wait_until_up()
        assert f"the data in {home}" in started.said()
        assert home.stat().st_mode & 0o077 == 0o011
        started.stop(signal.SIGTERM)

        assert closed.stat().st_mode & 0o777 == 0o700
        assert living_in(open_directory) == living_in(home) == []
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_a_command_in_a_fresh_checkout_has_what_it_needs_and_leaves_nothing_running(checkout: Path) -> None:
    said = manage(checkout, "shell", "-v", "0", "-c", "import sys; print('answer'); sys.exit(7)")

    assert said.returncode == 7
    assert said.stdout == "answer\n"
    assert manage(checkout, "dbshell", "--", "-Atc", "SELECT current_user").stdout == "casework\n"
    assert living_in(checkout) == []


def test_a_run_without_the_right_packages_does_not_change_them_under_others(checkout: Path) -> None:
    # The environment is shared with this test run, so nothing may be installed here.
    (checkout / ".venv").unlink()
    (checkout / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (checkout / ".venv" / name).symlink_to(CHECKOUT / ".venv" / name)
    held = os.open(checkout, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)

    refused = run(checkout)

    assert refused.process.wait(60) == 1
    assert "asks for other packages, but the environment is in use" in refused.said()
    os.close(held)
