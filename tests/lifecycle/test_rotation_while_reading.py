"""All keys are changed while people read: over HTTP, in processes of their own, and not one request fails or says something else."""

import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from bench.people import make_people
from casework.accounts.models import User
from casework.clients.models import Case, Client
from casework.documents.models import Document
from casework.lifecycle import key_rotation
from casework.vault import keyfile
from casework.vault.keyfile import PURPOSES
from casework.vault.keys import provider
from casework.vault.models import DataKey
from tests.factories.accounts import make_user, team_of
from tests.serving import ROOT, Reader, environment, served

COLLEAGUES = 12  # who read in turns with one another


@dataclass(slots=True)
class Asked:
    """What readers asked, and what went wrong."""

    times: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def note(self, kind: str, page: Any, *said: str) -> None:
        self.times[kind] += 1
        missing = [each for each in said if each not in page.body]
        if page.status != 200 or missing:
            self.failed.append(f"{kind}: {page.status} {page.headers.get('Location', '')} without {missing}")


@dataclass(frozen=True, slots=True)
class Known:
    """A person, and what a page about them must say."""

    code: str
    reference: str
    family_name: str
    full_name: str
    number: str


def known_of(user: User, count: int) -> list[Known]:
    people = Client.objects.select_related("data_key", "case").filter(case__caseworker=user, is_principal=True)
    found = []
    for person in people.order_by("pk")[:count]:
        paper = Document.objects.filter(client=person).order_by("pk").first()
        assert paper is not None
        found.append(
            Known(person.case.code, person.reference, str(person.family_name), person.full_name, str(paper.number))
        )
    return found


class Reading(threading.Thread):
    """Some who read one page after the other, in turns, because nobody may search faster than people do, until told to stop."""

    def __init__(
        self, port: int, sessions: list[str], people: list[Known], asked: Asked, stop: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.readers = [Reader(port, session) for session in sessions]
        self.people, self.asked, self.stop = people, asked, stop
        self.rounds = 0

    def run(self) -> None:
        while not self.stop.is_set():
            person = self.people[self.rounds % len(self.people)]
            try:
                self.read(self.readers[self.rounds % len(self.readers)], person)
            except Exception as problem:  # noqa: BLE001 - a request without an answer is what is looked for
                self.asked.failed.append(repr(problem))
            self.rounds += 1

    def read(self, ask: Reader, person: Known) -> None:
        note = self.asked.note
        page = ask.get("/cases/")
        note("list", page, "C-")
        note("case", ask.get(f"/cases/{person.code}/"), person.code, person.family_name)
        note("by name", ask.post("/search/", {"q": person.full_name}, page=page.body), person.family_name)
        note("by number", ask.post("/search/", {"q": person.number}, page=page.body), person.code)


def rotate_while_reading(people: int, readers: int, folder: Path, settings: LazySettings) -> Asked:
    """Make people, let `readers` in each of two processes read, and change all keys, then all data keys, meanwhile."""
    key_file = folder / "keys" / "keys.json"
    keyfile.make(key_file)
    settings.KEY_FILE = key_file
    settings.SECOND_FACTOR_REQUIRED = False
    make_people(people, now=timezone.now())
    worker = User.objects.filter(email__startswith="caseworker-").order_by("email")[0]
    known, team = known_of(worker, 20), team_of(worker)
    before = {purpose: provider().current_id(purpose) for purpose in PURPOSES}
    asked, stop = Asked(), threading.Event()
    database = str(connection.settings_dict["NAME"])
    with served(database, key_file, folder) as one, served(database, key_file, folder) as other:
        threads = []
        for port in (one, other) * readers:
            sessions = [session_of(make_user(team=team)) for _number in range(COLLEAGUES)]
            threads.append(Reading(port, sessions, known, asked, stop))
        for thread in threads:
            thread.start()
        wait_for_rounds(threads, 1)
        data_keys = DataKey.objects.count()
        took = [timed_rotation(database, key_file, folder, *options) for options in (["--new-key"], ["--of-everybody"])]
        wait_for_rounds(threads, 2)
        stop.set()
        for thread in threads:
            thread.join(timeout=120)
    print(
        f"{Case.objects.count()} cases, {people} people, {data_keys} data keys: keys of the file in {took[0]:.1f} s, ",
        end="",
    )
    print(
        f"data keys in {took[1]:.1f} s; {sum(asked.times.values())} requests {dict(asked.times)}, {len(asked.failed)} failed"
    )
    older = {key.id: key.rows for key in key_rotation.statuses(timezone.now()) if not key.is_current}
    assert older == dict.fromkeys(before.values(), 0)
    assert DataKey.objects.replaced().count() == data_keys
    return asked


def session_of(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return browser.cookies["session"].value


def wait_for_rounds(threads: list[Reading], more: int) -> None:
    wanted = [thread.rounds + more for thread in threads]
    deadline = time.monotonic() + 180
    while any(thread.rounds < number for thread, number in zip(threads, wanted, strict=True)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def timed_rotation(database: str, key_file: Path, folder: Path, *options: str) -> float:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", "rotate_keys", *options],
        cwd=ROOT,
        env=environment(database, key_file, folder),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_request_fails_while_the_keys_of_some_dozen_cases_are_changed(
    tmp_path: Path, settings: LazySettings
) -> None:
    asked = rotate_while_reading(60, 1, tmp_path, settings)

    assert asked.failed == []
    assert min(asked.times.values()) >= 4


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_request_fails_while_the_keys_of_ten_thousand_cases_are_changed(
    tmp_path: Path, settings: LazySettings
) -> None:
    asked = rotate_while_reading(16_300, 2, tmp_path, settings)

    assert asked.failed == []
    assert Case.objects.count() >= 10_000
    assert min(asked.times.values()) >= 20
