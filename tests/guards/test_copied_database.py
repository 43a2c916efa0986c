"""Whoever copies the database and the files, and has not the key file, reads nobody's data: not in the copy, not with the application."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.db import connection
from django.test import Client as Browser

from casework.accounts.models import Team, User
from casework.clients.models import Case
from casework.vault import keyfile
from tests.backups import another_database, dump_to, key_file, restore
from tests.factories.accounts import PASSWORD, make_user
from tests.serving import ROOT, Reader, environment, links, served

from .leakscan import CANARY, files, leaks, needles
from .test_canary import (
    FAMILY_NAME,
    a_week_of_work,
    begin_and_stop,
    broker,
    house,
    let_in,
    refer_and_complain,
    take_along,
    team,
)

__all__ = ["broker", "key_file", "team"]

FORMS = needles(CANARY)
ASKED = (*CANARY.words, *CANARY.numbers, *CANARY.phrases[:1])
# What a thief with a working application of their own does first.
MAKE_LOGIN = """
from django.utils import timezone
from casework.accounts.actions import grant_role
from casework.accounts.models import Team, User
from casework.accounts.roles import Role
now = timezone.now()
for role in (Role.COORDINATOR, Role.CASEWORKER):
    user = User.objects.create_user(f"{role}@thief.example", "a long enough password", display_name="Test Thief", now=now)
    grant_role(user=user, role=role, team=Team.objects.get(name="Almaty"), by=None, now=now)
"""


@pytest.fixture
def case(
    key_file: Path,
    team: Team,
    broker: redis.Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> Case:
    """The case of the canary, after a week of work."""
    case, browser, worker = a_week_of_work(team, tmp_path, monkeypatch, settings)
    refer_and_complain(case, browser, worker)
    house(case, worker)
    begin_and_stop(case, browser)
    let_in(case)
    take_along(case, browser, monkeypatch)
    return case


@pytest.fixture
def copy(case: Case, tmp_path: Path, settings: LazySettings) -> Iterator[tuple[str, Path]]:
    """The database restored from a dump under another name, and a folder with the files beside it: a backup, without keys."""
    folder = tmp_path / "copy"
    dump = dump_to(folder)
    for kept in (settings.SCANS_DIR, settings.OUTGOING_DIR, Path(settings.AUDIT_HEADS).parent):
        if Path(kept).exists():
            shutil.copytree(kept, folder / Path(kept).name)
    with another_database("copy") as name:
        restore(dump, name)
        yield name, folder


def pages_of(user: User, case: Case, *, steps: int) -> list[str]:
    """Where somebody who works with the case gets from its page, so many steps far."""
    browser = Browser()
    browser.force_login(user)
    begin = ["/cases/", f"/cases/{case.code}/", "/my-day/", "/referrals/", "/originals/", "/files/"]
    found, new = dict.fromkeys(begin), begin
    for _step in range(steps):
        answers = [browser.get(address) for address in new]
        shown = [answer.content.decode() for answer in answers if answer.status_code == 200 and not answer.streaming]
        told = dict.fromkeys(
            each for page in shown for each in links(page) if not each.startswith(("/static/", "/account/"))
        )
        new = [each for each in told if each not in found][:120]
        found.update(dict.fromkeys(new))
    return list(found)


def stolen(name: str, key_file: Path, folder: Path) -> None:
    """Make logins in the copy, under whatever keys there are."""
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE_LOGIN],
        check=True,
        cwd=ROOT,
        env=environment(name, key_file, folder),
    )


def read_as_thief(port: int, pages: list[str], roles: list[str]) -> tuple[Counter[int], list[str]]:
    """Ask for every page and search for everything; return how often there was which answer, and what leaked."""
    answers, found = Counter[int](), []
    for role in roles:
        thief = Reader(port)
        assert thief.sign_in(f"{role}@thief.example", "a long enough password").status == 302
        for address in pages:
            answer = thief.get(address)
            answers[answer.status] += 1
            found += leaks(address, f"{answer.headers}{answer.body}".encode(), FORMS)
        for asked in ASKED:
            page = thief.get("/search/").body
            answer = thief.post("/search/", {"q": asked}, page=page)
            answers[answer.status] += 1
            # What was typed is shown again, and nothing that was found.
            found += leaks("search", answer.body.replace(asked, "").encode(), FORMS)
    return answers, found


def same_ids(real: Path, path: Path) -> Path:
    """A key file of a thief who has read the ids of the keys in the database, with keys of their own."""
    keyfile.make(path)
    mine, theirs = json.loads(path.read_text()), json.loads(real.read_text())
    for purpose in keyfile.PURPOSES:
        (key,) = mine[purpose]["keys"].values()
        theirs[purpose] = {"current": theirs[purpose]["current"], "keys": dict.fromkeys(theirs[purpose]["keys"], key)}
    path.write_text(json.dumps(theirs))
    return path


@pytest.mark.django_db(transaction=True)
def test_a_copied_database_shows_no_form_of_the_canary_without_the_key_file(
    case: Case, copy: tuple[str, Path], key_file: Path, tmp_path: Path
) -> None:
    name, folder = copy
    worker = User.objects.get(pk=case.caseworker_id)
    assert len((folder / "dump.sql").read_bytes()) > 100_000

    assert [leak for where, data in files(folder) for leak in leaks(where, data, FORMS)] == []

    keys = tmp_path / "thief" / "keys.json"
    keyfile.make(keys)
    refused_to_thief(name, folder, keys, pages_of(worker, case, steps=1)[:40], ["coordinator"])

    # The same backup with the key file is all there: what was missing was the key, and nothing else.
    with served(name, key_file, folder) as port:
        reader = Reader(port)
        assert reader.sign_in(worker.email, PASSWORD).status == 302
        assert FAMILY_NAME in reader.get(f"/cases/{case.code}/").body
        assert FAMILY_NAME in reader.post("/search/", {"q": CANARY.numbers[1]}, page=reader.get("/search/").body).body


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nor_does_it_to_whoever_gives_their_keys_the_ids_that_stand_in_the_database(
    case: Case, copy: tuple[str, Path], key_file: Path, tmp_path: Path
) -> None:
    name, folder = copy
    pages = pages_of(User.objects.get(pk=case.caseworker_id), case, steps=2)
    assert len(pages) > 60

    keys = same_ids(key_file, tmp_path / "thief" / "keys.json")
    refused_to_thief(name, folder, keys, pages, ["coordinator", "caseworker"])


def refused_to_thief(name: str, folder: Path, keys: Path, pages: list[str], roles: list[str]) -> None:
    """A thief runs the application on the copy with keys of their own, and makes themselves logins: it shows them nobody."""
    stolen(name, keys, folder)
    with served(name, keys, folder) as port:
        answers, found = read_as_thief(port, pages, roles)
        log = next(folder.glob(f"server-{port}.log")).read_bytes()
    assert found == []
    assert leaks("log", log, FORMS) == []
    assert answers[503] + answers[500] > len(pages) // 3, answers


def test_without_any_key_file_the_application_does_not_start(tmp_path: Path) -> None:
    tried = subprocess.run(
        [sys.executable, "manage.py", "check"],
        check=False,
        cwd=ROOT,
        env=environment("nowhere", tmp_path / "nowhere.json", tmp_path),
        capture_output=True,
        text=True,
    )

    assert tried.returncode != 0
    assert "There is no key file" in tried.stderr


@pytest.mark.django_db(transaction=True)
def test_taking_the_key_file_away_stops_every_process_at_once_and_giving_it_back_lets_them_go_on(
    key_file: Path, tmp_path: Path, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    worker = make_user()
    browser = Browser()
    browser.force_login(worker)
    database, session = str(connection.settings_dict["NAME"]), browser.cookies["session"].value
    with served(database, key_file, tmp_path) as one, served(database, key_file, tmp_path) as other:
        readers = [Reader(port, session) for port in (one, other)]
        assert [reader.get("/cases/").status for reader in readers] == [200, 200]

        key_file.rename(tmp_path / "away.json")
        answers = [
            reader.get(address) for reader in readers for address in ("/cases/", "/", "/account/login/", "/readyz")
        ]

        assert {answer.status for answer in answers} == {503}
        assert all("Test" not in answer.body for answer in answers)
        assert {reader.get("/livez").status for reader in readers} == {200}
        (tmp_path / "away.json").rename(key_file)
        assert [reader.get("/cases/").status for reader in readers] == [200, 200]
