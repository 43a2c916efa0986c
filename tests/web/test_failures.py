"""A full disk, a database that is away, full or can only be read: pages that say so, lose nothing, and need no database."""

import contextlib
import errno
import html
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.test import Client as Browser
from django.urls import reverse

from casework.audit.record import UnableToRecord
from casework.clients.models import Note
from casework.documents.models import Scan
from casework.web.failures import AWAY, BUSY, DISK_FULL, READ_ONLY, Failure, failure_of
from tests.databases import database_url
from tests.web.cases.pages import World, make_world
from tests.web.documents.test_documents import World as PaperWorld
from tests.web.documents.test_documents import drawn, encoded, sent

TYPED = "Была в школе, <b>всё</b> хорошо"


def of_database(state: str, kind: type[DatabaseError] = OperationalError) -> DatabaseError:
    error = kind("what it says holds what somebody typed")
    error.__cause__ = psycopg.errors.lookup(state)("what it says")
    return error


def recorded(cause: DatabaseError) -> UnableToRecord:
    error = UnableToRecord("clients.case_seen")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (of_database("53100"), DISK_FULL),
        (of_database("25006", DatabaseError), READ_ONLY),
        (of_database("53300"), BUSY),
        (of_database("55P03"), BUSY),
        (of_database("57P01"), AWAY),
        (of_database("08006"), AWAY),
        (recorded(of_database("25006", DatabaseError)), READ_ONLY),
        (OperationalError("connection failed: no such file or directory"), AWAY),
        (OperationalError("connection failed: FATAL: sorry, too many clients already"), BUSY),
        (OSError(errno.ENOSPC, "No space left on device"), DISK_FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), DISK_FULL),
        (OSError(errno.EROFS, "Read-only file system"), READ_ONLY),
        (OSError(errno.EACCES, "Permission denied"), None),
        (ConnectionResetError(errno.ECONNRESET, "reset"), None),
        (of_database("40P01"), None),
        (of_database("23505", IntegrityError), None),
        (recorded(of_database("23505", IntegrityError)), None),
        (ValueError("mine"), None),
        (None, None),
    ],
)
def test_what_failed_is_told_by_the_error(error: BaseException | None, failure: Failure | None) -> None:
    assert failure_of(error) is failure


def note() -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "text": TYPED, "kind": "note"}


@contextlib.contextmanager
def read_only() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        cursor.execute("SET transaction_read_only = on")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO before")


@pytest.mark.django_db
def test_a_database_that_can_only_be_read_says_so_and_gives_back_what_was_typed() -> None:
    world = make_world()
    before = Note.objects.count()
    typed = note()

    with read_only():
        seen = world.browser.get(world.urls()["case"])
        answer = world.browser.post(world.urls()["write_note"], typed)

    page = answer.content.decode()
    assert (seen.status_code, answer.status_code, answer["Retry-After"]) == (503, 503, "120")
    assert "Nothing can be changed at the moment" in seen.content.decode()
    assert world.case.code not in seen.content.decode().replace(f"/cases/{world.case.code}", "")
    assert "What you sent was not saved." in page
    assert f'action="{world.urls()["write_note"]}"' in page
    assert html.escape(TYPED) in page
    assert "<b>всё" not in page
    assert Note.objects.count() == before

    again = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, re.DOTALL))
    sent_again = {name: html.unescape(value) for name, value in again.items()}
    assert sent_again == typed
    assert world.browser.post(world.urls()["write_note"], sent_again).status_code == 302
    assert Note.objects.count() == before + 1


@pytest.mark.django_db
def test_a_draft_is_told_in_a_few_words_so_that_the_page_tries_again() -> None:
    world = make_world()

    with read_only():
        answer = world.browser.post(
            reverse("save_draft", args=["write_note", world.case.code]),
            {"text": TYPED, "draft_page": str(uuid.uuid4()), "draft_sequence": "1"},
            headers={"X-Draft": "1"},
        )

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
    assert answer.json()["failure"] == "read_only"
    assert TYPED not in answer.content.decode()


@pytest.fixture
def away(settings: LazySettings) -> Iterator[Any]:
    """Call it: from then on nothing listens where the database is looked for."""
    values = connection.settings_dict
    before = {"HOST": values["HOST"], "OPTIONS": dict(values["OPTIONS"])}

    def leave() -> None:
        connection.close()
        values["HOST"] = "/nowhere"
        values["OPTIONS"] = {key: value for key, value in values["OPTIONS"].items() if key != "host"}

    yield leave
    connection.close()
    values.update(before)


def unknowing(world: World) -> Browser:
    """The same browser, to which errors are answered as to everybody."""
    browser: Browser = world.browser
    browser.raise_request_exception = False
    return browser


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The database does not answer"), ("ru", "База данных не отвечает"), ("ky", "Маалымат базасы жооп бербейт")],
)
def test_without_a_database_there_is_a_page_in_the_language_of_the_reader(away: Any, language: str, words: str) -> None:
    world = make_world()
    browser = unknowing(world)
    away()

    answer = browser.post(world.urls()["write_note"], note(), headers={"Accept-Language": language})

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert f'<html lang="{language}">' in page
    assert words in page
    assert answer["X-Request-ID"] in page
    assert answer["Cache-Control"] == "no-store, private"
    assert "/nowhere" not in page
    if language == "en":
        assert "most likely not saved" in page
        assert html.escape(TYPED) in page


@pytest.mark.django_db(transaction=True)
def test_a_password_is_never_written_into_the_page(away: Any) -> None:
    browser = unknowing(make_world())
    away()

    for path in ("/account/login/", "/cases/"):
        page = browser.post(path, {"login": "a@example.org", "password": "hush-hush-hush"})
        assert page.status_code == 503
        assert "hush-hush-hush" not in page.content.decode()
        assert "Send it again" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_form_of_another_site_gets_no_token_of_ours(away: Any) -> None:
    world = make_world()
    browser = Browser(raise_request_exception=False, enforce_csrf_checks=True)
    browser.cookies = world.browser.cookies
    away()

    page = browser.post(world.urls()["write_note"], {**note(), "csrfmiddlewaretoken": "made-up"}).content.decode()

    assert re.findall(r'name="csrfmiddlewaretoken"[^>]*>\s*([^<]*)<', page) in ([], ["made-up"])


@pytest.mark.django_db(transaction=True)
def test_when_the_database_takes_no_more_connections_the_page_says_that_it_is_busy() -> None:
    world = make_world()
    browser = unknowing(world)
    name = connection.settings_dict["NAME"]
    with psycopg.connect(database_url(), autocommit=True) as keeper:
        connection.close()
        keeper.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0'.encode())
        try:
            answer = browser.get(world.urls()["case"])
        finally:
            keeper.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1'.encode())

    assert answer.status_code == 503
    assert "Casework is too busy at the moment" in answer.content.decode()
    assert world.browser.get(world.urls()["case"]).status_code == 200


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB with a little on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.django_db
def test_an_upload_to_a_full_disk_leaves_nothing_behind(settings: LazySettings, tiny_disk: Path) -> None:
    world = PaperWorld()
    world.browser.raise_request_exception = False
    before = Scan.objects.count()
    settings.SCANS_DIR = tiny_disk
    (tiny_disk / "full").write_bytes(b"x" * 220_000)
    noisy = encoded(drawn((400, 400)).effect_spread(40), "PNG") + b"\0" * 120_000

    answer = world.post("add_scan", sent(world, noisy))
    kept = [path for path in tiny_disk.rglob("*") if path.is_file()]

    page = answer.content.decode()
    assert answer.status_code == 503
    assert "There is no room left" in page
    assert "What you sent was not saved." in page
    assert "choose them again" in page
    assert kept == [tiny_disk / "full"]
    assert Scan.objects.count() == before


@pytest.mark.django_db
def test_a_full_disk_says_so_where_no_small_disk_can_be_mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **values: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("casework.documents.receiving.SealedContent.add", full)
    world = PaperWorld()
    world.browser.raise_request_exception = False

    answer = world.post("add_scan", {"file": SimpleUploadedFile("paper.png", encoded(drawn()))})

    assert answer.status_code == 503
    assert "There is no room left" in answer.content.decode()


@pytest.mark.django_db
def test_an_unreadable_key_file_says_so_without_asking_who_it_is(settings: LazySettings, tmp_path: Path) -> None:
    world = make_world()
    settings.KEY_FILE = tmp_path / "keys.json"
    settings.KEY_FILE.write_text("{")

    answer = world.browser.get(world.urls()["case"])

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "The keys cannot be used" in answer.content.decode()
