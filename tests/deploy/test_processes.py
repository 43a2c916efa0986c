"""The commands of the units, run as they stand: with the settings of a server, on a database and a broker of this test run."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.accounts.task_runs import CANARY, note_run
from casework.lifecycle.backups.sealing import new_identity
from casework.vault import keyfile
from tests.backups import another_database
from tests.serving import address_of

from .fence import allowed
from .parts import DEPLOY, ROOT, Unit, compose, example, here

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(tmp_path: Path) -> dict[str, str]:
    """The settings of the example, with places of this test."""
    keyfile.make(tmp_path / "keys" / "keys.json")
    from django.db import connection

    return example() | {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",  # as the units have it
        "DATABASE_URL": address_of(str(connection.settings_dict["NAME"])),
        "BROKER_URL": os.environ["BROKER_URL"],
        "KEY_FILE": str(tmp_path / "keys" / "keys.json"),
        "DATA_DIR": str(tmp_path / "data"),
        "AUDIT_HEADS": str(tmp_path / "heads.jsonl"),
        "ERASURE_LEDGER": str(tmp_path / "ledger.jsonl"),
    }


def fenced(name: str, tmp_path: Path) -> list[str]:
    """Return the command of a unit, behind its fence of system calls where this machine can put one up."""
    path = DEPLOY / "systemd" / f"casework-{name}.service"
    return [sys.executable, str(Path(__file__).with_name("fence.py")), str(path), *here(Unit(path).command, tmp_path)]


@contextlib.contextmanager
def unit(name: str, server: dict[str, str], tmp_path: Path) -> "Iterator[tuple[subprocess.Popen[bytes], Path]]":
    """Run the command of a unit; yield the process and its log."""
    command = fenced(name, tmp_path)
    log = tmp_path / f"{name}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=server, stdout=said, stderr=said, start_new_session=True)
    try:
        yield process, log
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(what: str, log: Path, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 300  # a machine may be busy
    while what not in log.read_text():
        assert process.poll() is None, log.read_text()[-2000:]
        assert time.monotonic() < until, log.read_text()[-2000:]
        time.sleep(0.1)


def ends_within(seconds: float, process: "subprocess.Popen[bytes]") -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(seconds)


def asked(server: dict[str, str], where: Path, page: str) -> str:
    command = [sys.executable, DEPLOY / "health.py", f"unix:{where}", page]
    return subprocess.run(command, env=server, capture_output=True, text=True, check=False).stdout.strip()


@pytest.mark.slow
def test_pages_are_served_over_their_socket(server: dict[str, str], tmp_path: Path) -> None:
    with unit("web", server, tmp_path) as (process, log):
        wait_for("Listening at", log, process)
        until = time.monotonic() + 60
        while asked(server, tmp_path / "web.sock", "/livez") != "200 ok" and time.monotonic() < until:
            time.sleep(0.2)

        assert asked(server, tmp_path / "web.sock", "/livez") == "200 ok"
        assert asked(server, tmp_path / "web.sock", "/readyz") == "200 ok"
        assert (tmp_path / "web.sock").stat().st_mode & 0o007 == 0
        assert ends_within(20, process) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "says"), [("worker", "ready."), ("beat", "is starting."), ("watch", "")])
def test_worker_clock_and_watch_start_and_end_when_told_to(
    name: str, says: str, server: dict[str, str], tmp_path: Path
) -> None:
    with unit(name, server, tmp_path) as (process, log):
        if says:
            wait_for(says, log, process)
        else:
            time.sleep(3)
            assert process.poll() is None, log.read_text()

        assert ends_within(30, process) in (0, -signal.SIGTERM)


@pytest.mark.slow
def test_the_health_check_of_compose_asks_the_worker_itself(server: dict[str, str], tmp_path: Path) -> None:
    [_shell, *command] = here(compose()["services"]["worker"]["healthcheck"]["test"], tmp_path)

    def asked_now() -> tuple[int, str]:
        done = subprocess.run(command, cwd=ROOT, env=server, capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()

    now = datetime.now(UTC)
    note_run(CANARY, began=now, ended=now, has_failed=False)
    with unit("worker", server, tmp_path) as (process, log):
        wait_for("ready.", log, process)

        assert asked_now() == (0, "ok")
        ends_within(60, process)
        status, said = asked_now()
        assert (status, "does not answer" in said) == (1, True)


@pytest.mark.slow
def test_an_empty_database_gets_one_administrator_and_nobody_else(server: dict[str, str], tmp_path: Path) -> None:
    command = fenced("prepare", tmp_path)
    with another_database("prepared") as name:
        environ = server | {"DATABASE_URL": address_of(name)}
        said = [
            subprocess.run([*command, "--administrator", "ada@example.org"], cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout
            for _time in range(2)
        ]  # fmt: skip
        counted = subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity=0", "-c",
             "from casework.accounts.models import User; from casework.clients.models import Case; print(User.objects.count(), Case.objects.count())"],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    assert "Administrator  ada@example.org  " in said[0]
    assert "There are users already" in said[1]
    assert counted.split() == ["1", "0"]


@pytest.mark.slow
def test_the_unit_of_backups_makes_one_that_opens(server: dict[str, str], tmp_path: Path) -> None:
    secret, public = new_identity()
    (tmp_path / "secret.txt").write_text(secret)
    plan = {"directory": f"{tmp_path}/b", "keys_directory": f"{tmp_path}/k", "recipients": [public]}
    environ = server | {"BACKUPS": json.dumps(plan)}
    verify = [sys.executable, "manage.py", "verify_backup", "--identity", str(tmp_path / "secret.txt")]

    for command in (fenced("backup", tmp_path), verify):
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    assert "is whole (opened to its end)" in done.stdout


def test_the_fence_refuses_what_a_unit_does_not_allow() -> None:
    known = {"@default": ["execve"], "@service": ["read", "@owners"], "@owners": ["chown"]}

    assert allowed("SystemCallFilter=@service\nSystemCallFilter=~@owners\n", known) == {"execve", "read"}
    assert allowed("SystemCallFilter=@service\nSystemCallFilter=~@owners\nSystemCallFilter=@owners\n", known) == {
        "execve",
        "read",
        "chown",
    }


def test_what_serves_the_pages_does_not_say_its_name() -> None:
    code = "import gunicorn.http.wsgi as it; import casework.config.wsgi; print(it.SERVER)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "web"
