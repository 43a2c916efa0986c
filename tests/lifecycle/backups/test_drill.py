"""The drill: a server with the demo is backed up, goes on, erases somebody, and is lost; another one takes its place.

Each server is a cluster of its own, and every command runs as a person would type it.
"""

import contextlib
import dataclasses
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest

from casework.config.embedded import postgres, processes
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import StopSignals
from casework.lifecycle.backups.sealing import new_identity
from tests.config.embedded.conftest import CHECKOUT, environment, made_open_directory, made_places
from tests.serving import Reader

__all__ = ["environment"]

pytestmark = pytest.mark.slow

EMAIL = "caseworker@demo.example"
# What people and time do between two nights, said as a program that runs on the first server.
MORE_IS_WRITTEN = """
from django.utils import timezone
from casework.accounts.models import User
from casework.clients.models import Case, Client
from casework.lifecycle.erasure import acts
now = timezone.now()
worker = User.objects.get(email="caseworker@demo.example")
team = worker.memberships.first().team
own = list(Case.objects.filter(team=team, caseworker=worker, status="open").order_by("opened_at"))
gone = next(case for case in own if not acts.why_not(case, None, now))
kept = next(case for case in own if case != gone)
second = User.objects.filter(memberships__team=team, memberships__role="coordinator").exclude(pk=worker.pk).first()
asked = acts.ask_to_erase(case=gone, reason="wish", by=worker, now=now)
acts.confirm_erasure(erasure=asked, by=second, now=now)
print(gone.code, kept.code)
"""


@dataclasses.dataclass
class Server:
    """A cluster, and the environment in which commands reach it."""

    folder: Path
    places: Places
    names: dict[str, str]

    def manage(self, *arguments: str, fails: bool = False, given: str = "") -> str:
        """Run a command to its end, or for five minutes; then it goes, and whatever it has started."""
        process = self.begin(*arguments)
        try:
            said, _nothing = process.communicate(given, timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _nothing = process.communicate()
            raise AssertionError(f"{arguments} came to no end:\n{said}") from None
        assert (process.returncode != 0) == fails, said
        return said

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-u", "manage.py", *arguments],
            cwd=CHECKOUT, env=self.names, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip


@contextlib.contextmanager
def server(environment: Environment, name: str, **more: str) -> Iterator[Server]:
    """Have a new cluster with an empty database, on a socket of its own."""
    with made_open_directory() as directory:
        places, stop = made_places(directory), StopSignals()
        programs = postgres.binaries(environment, places)
        data = postgres.data_directory(places, programs.major())
        postgres.initialise(programs, places, data, durable=False)
        child = postgres.start_server(programs, places, data, with_us=True, stop=stop, settings=postgres.THROW_AWAY)
        plain = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        names = plain | {
            "DJANGO_SETTINGS_MODULE": "tests.server_settings",
            "DATABASE_URL": postgres.url(places),
            "BROKER_URL": f"redis+socket://{directory}/none",
            "DATA_DIR": str(directory / "data"),
            "KEY_FILE": str(directory / name / "keys.json"),
            "CASEWORK_DEMO": "1",
            "LC_ALL": "C.UTF-8",
        } | more  # fmt: skip
        try:
            yield Server(directory, places, names)
        finally:
            processes.end([child], stop, seconds=10)


@pytest.fixture(scope="module")
def told() -> Iterator[dict[str, float]]:
    """How long each step took, printed at the end."""
    steps: dict[str, float] = {}
    yield steps
    print("\n" + "\n".join(f"drill: {name}: {seconds:.1f} s" for name, seconds in steps.items()))


@pytest.fixture(scope="module")
def kept_apart() -> Iterator[Path]:
    with made_open_directory() as directory:
        secret, public = new_identity()
        (directory / "secret.txt").write_text(secret + "\n")
        (directory / "plan.json").write_text(
            json.dumps(
                {"directory": str(directory / "b"), "keys_directory": str(directory / "k"), "recipients": [public]}
            )
        )
        yield directory


@pytest.fixture(scope="module")
def first(environment: Environment, kept_apart: Path) -> Iterator[Server]:
    """The server that will be lost, with the people of the demo."""
    plan = (kept_apart / "plan.json").read_text()
    with server(environment, "first", BACKUPS=plan, ERASURE_LEDGER=str(kept_apart / "ledger.jsonl")) as it:
        it.manage("make_key_file")
        it.manage("migrate", "--verbosity=0")
        it.manage("load_country_rules")
        it.manage("load_document_types")
        it.manage("load_demo_data")
        it.manage("verify_audit")
        it.manage("seal_audit")
        yield it


def answers_of(reader: Reader, path: str) -> int:
    return reader.get(path).status


def test_a_server_is_lost_and_another_takes_its_place(
    first: Server, environment: Environment, kept_apart: Path, told: dict[str, float]
) -> None:
    steps = Stopwatch(told)
    secret = str(kept_apart / "secret.txt")

    said = first.manage("backup")
    name = re.findall(r"^(\d{8}T\d{6}Z):", said, re.MULTILINE)[0]
    steps.took("backup")
    assert "is whole (opened to its end)" in first.manage("verify_backup", name, "--identity", secret)
    steps.took("verify")
    assert "is whole (put back beside)" in first.manage("verify_backup", "--deep", "--identity", secret)
    steps.took("verify --deep")
    gone, kept = first.manage("shell", "--verbosity=0", "-c", MORE_IS_WRITTEN).split()[-2:]
    password = re.search(rf"{EMAIL}\s+(\S+)", first.manage("print_logins"))
    assert password is not None
    steps.took("somebody is erased")
    manifest = json.loads((kept_apart / "b" / name / "manifest.json").read_text())

    # The first server is not asked any more. The second knows the two folders, the secret key and the ledger.
    with server(environment, "second", ERASURE_LEDGER=str(kept_apart / "ledger.jsonl")) as second:
        steps.took("a new cluster")
        places = ("--from", str(kept_apart / "b"), "--keys", str(kept_apart / "k"), "--identity", secret)
        assert f"is the key file of {name}" in second.manage("restore_key_file", *places)
        said = second.manage("restore", "latest", *places)
        steps.took("restore")
        print(said)
        assert f"{sum(manifest['rows'].values()):,} rows and {manifest['files']['count']:,} files are back" in said
        assert "1 erasures were repeated" in said
        assert "of 100 records" in said
        assert "WRONG" not in said
        assert "The audit trail is as it was written." in second.manage("verify_audit")
        steps.took("audit trail")
        with psycopg.connect(postgres.url(second.places).replace("postgres://", "postgresql://")) as link:
            codes = {row[0] for row in link.execute("SELECT code FROM clients_case")}
            people = link.execute("SELECT count(*), count(search_form) FROM clients_client").fetchone()
        assert (gone in codes, kept in codes) == (False, True)
        # What is in no backup was made anew: everybody is found by name again.
        assert people is not None
        assert people[0] == people[1] > 0
        # A second time there is nothing empty to put it into.
        assert "The database is not empty" in second.manage("restore", "latest", *places, fails=True)
        steps.took("counts")

        with serving(second) as port:
            reader = Reader(port)
            assert reader.get("/readyz").status == 200
            assert reader.sign_in(EMAIL, password[1]).status == 302
            page = reader.get(f"/cases/{kept}/")
            assert (page.status, kept in page.body) == (200, True)
            assert reader.get(f"/cases/{gone}/").status == 404
        steps.took("sign in, open a case")


class Stopwatch:
    def __init__(self, told: dict[str, float]) -> None:
        self.told, self.since = told, time.monotonic()

    def took(self, what: str) -> None:
        now = time.monotonic()
        self.told[what], self.since = now - self.since, now


@contextlib.contextmanager
def serving(server: Server) -> Iterator[int]:
    """Run gunicorn over a server; yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "casework.config.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"],
        cwd=CHECKOUT, env=server.names, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                asking = HTTPConnection("127.0.0.1", port, timeout=5)
                asking.request("GET", "/livez")
                asking.getresponse()
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def test_a_backup_that_is_killed_leaves_the_earlier_one_and_no_half(first: Server, kept_apart: Path) -> None:
    before = sorted(path.name for path in (kept_apart / "b").iterdir() if path.name[0] != ".")
    if len(before) < 2:
        first.manage("backup")
        before = sorted(path.name for path in (kept_apart / "b").iterdir() if path.name[0] != ".")
    chance = random.Random(7)
    halves = 0
    for _time in range(4):
        process = at_work(first)
        time.sleep(chance.uniform(0, 0.6))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        halves += any(path.name.startswith(".being-made") for path in (kept_apart / "b").iterdir())
        now = [path.name for path in (kept_apart / "b").iterdir() if path.name[0] != "."]
        assert len(now) - len(before) in (0, 1)
        for name in now:
            if name != "files":
                assert "is whole" in first.manage("verify_backup", name)
        before = now
    assert halves > 0

    first.manage("backup")

    assert [path for path in (kept_apart / "b").iterdir() if path.name.startswith(".being")] == []
    assert [path for path in (kept_apart / "k").iterdir() if path.name.startswith(".being")] == []


def at_work(server: Server) -> "subprocess.Popen[str]":
    """Begin a backup, and return when it holds the folder."""
    process = server.begin("backup")
    assert process.stdout is not None
    assert process.stdout.readline() == "... files\n"
    return process


def test_of_two_at_once_the_second_says_so_and_the_first_comes_to_its_end(first: Server) -> None:
    process = at_work(first)
    try:
        process.send_signal(signal.SIGSTOP)
        assert "Another process is at work" in first.manage("backup", fails=True)
    finally:
        process.send_signal(signal.SIGCONT)
    said, _nothing = process.communicate(timeout=120)

    assert process.returncode == 0, said
    assert "is whole" in first.manage("verify_backup")


def parts_of(places: Path, name: str) -> list[Path]:
    return sorted(path for folder in (places / "b" / name, places / "k" / name) for path in folder.iterdir())


def test_a_damaged_backup_is_refused_before_anything_is_done(
    first: Server, environment: Environment, kept_apart: Path, told: dict[str, float]
) -> None:
    """One byte in each part, each part missing, another secret key: nothing comes into the new database, then all of it does."""
    first.manage("backup")
    secret = str(kept_apart / "secret.txt")
    with made_open_directory() as directory, server(environment, "third") as third:
        shutil.copytree(kept_apart / "b", directory / "b")
        shutil.copytree(kept_apart / "k", directory / "k")
        name = max(path.name for path in (directory / "b").iterdir() if path.name[0].isdigit())
        places = ("--from", str(directory / "b"), "--keys", str(directory / "k"))
        third.manage("restore_key_file", *places, "--identity", secret)
        steps = Stopwatch(told)

        found = parts_of(directory, name)
        assert {path.name for path in found} >= {
            "database.dump.age", "files.list", "manifest.json", "data-keys.dump.age", "key-file.age", "audit-heads.age",
        }  # fmt: skip
        for part in found:
            content = part.read_bytes()
            middle = len(content) // 2
            part.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
            is_refused(third, name, places, secret)
            part.unlink()
            is_refused(third, name, places, secret)
            part.write_bytes(content)
        steps.took(f"{len(found)} parts damaged and missing, each refused twice")

        (directory / "another.txt").write_text(new_identity()[0] + "\n")
        said = third.manage("restore", name, *places, "--identity", str(directory / "another.txt"), fails=True)
        assert "is sealed for another key" in said
        assert tables_of(third) == 0
        # One picture less is named, and keeps nobody from the rest.
        flipped, missing, *_others = sorted((directory / "b" / "files").glob("??/*"))
        flipped.write_bytes(flipped.read_bytes()[:-1])
        missing.unlink()
        said = third.manage("restore", name, *places, "--identity", secret, fails=True)
        assert re.findall(r"^WRONG: The file (\S+)", said, re.MULTILINE) == [
            f"{path.parent.name}/{path.name}" for path in (flipped, missing)
        ]
        assert said.count("WRONG") == 2
        assert tables_of(third) > 100
        steps.took("the rest of it is back")


def is_refused(third: Server, name: str, places: tuple[str, ...], secret: str) -> None:
    said = third.manage("restore", name, *places, "--identity", secret, fails=True)
    assert re.search(r"damaged|altered|There is no backup", said), said
    assert tables_of(third) == 0


def tables_of(server: Server) -> int:
    with psycopg.connect(postgres.url(server.places).replace("postgres://", "postgresql://")) as link:
        row = link.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert row is not None
        return int(row[0])
