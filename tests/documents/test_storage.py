"""Sealed files in a folder and in storage that speaks S3: the same promises from both."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.urls import reverse
from moto.server import ThreadedMotoServer

from casework.documents import actions, s3, storage, tasks
from casework.documents.models import Scan, ScanPage
from casework.documents.places import StorageIsAway, place
from casework.lib.ids import new_id
from casework.vault.actions import destroy_key
from casework.vault.errors import KeyDestroyed, TamperedData
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.scans import make_picture, make_scan

from .kept_in import KEYS, Kept, KeptInFolder, KeptInS3, storage_that_speaks_s3

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    with storage_that_speaks_s3() as started:
        yield started


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    if request.param == "folder":
        yield KeptInFolder(settings)
        return
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    started = request.getfixturevalue("server")
    in_s3 = KeptInS3(settings, started)
    yield in_s3
    empty(in_s3)


def empty(kept: KeptInS3) -> None:
    for each in list(kept.place.older_than(time.time() + 7200)):
        kept.place.discard(each)
    kept.place.client.delete_bucket(Bucket=kept.place.bucket)


def a_key() -> DataKey:
    return make_client().data_key


def test_what_is_written_is_read_again_and_lies_sealed(kept: Kept) -> None:
    content, file_id, key = os.urandom(200_000) + b"KANAREIKA", new_id(), a_key()

    storage.write(file_id, [content[:70_000], content[70_000:]], key)

    assert b"".join(storage.read(file_id, key)) == content
    assert storage.verify(file_id, key) == len(content)
    assert kept.names() == [file_id.hex]
    assert b"KANAREIKA" not in kept.everything()


def test_a_file_in_many_parts_is_whole(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 1024 * 1024)
    content, file_id, key = os.urandom(12 * 1024 * 1024), new_id(), a_key()

    storage.write(file_id, [content], key)

    assert b"".join(storage.read(file_id, key)) == content
    assert kept.names() == [file_id.hex]


def test_whatever_goes_wrong_on_the_way_leaves_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 1024 * 1024)

    def pieces() -> Iterator[bytes]:
        yield os.urandom(11 * 1024 * 1024)
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        storage.write(new_id(), pieces(), a_key())

    assert kept.names() == []


def test_what_is_not_there_is_missing_and_removing_it_is_no_mistake(kept: Kept) -> None:
    file_id = new_id()

    storage.remove([file_id])

    with pytest.raises(storage.FileIsMissing):
        storage.verify(file_id, a_key())


def test_a_file_that_was_altered_moved_or_lost_says_so(kept: Kept) -> None:
    scan = make_scan(make_client(), pages=3)
    first, second, third = scan.pages.order_by("number")
    kept.put(first.file_id, kept.raw(first.file_id)[:-1] + b"\0")
    kept.put(second.file_id, kept.raw(third.file_id))
    storage.remove([third.file_id])

    for page, error in ((first, TamperedData), (second, TamperedData), (third, storage.FileIsMissing)):
        with pytest.raises(error):
            storage.verify(page.file_id, scan.data_key)


def test_the_same_file_sent_again_is_kept_once(kept: Kept) -> None:
    same: dict[str, Any] = {"client": make_client(), "scan_id": new_id(), "source": new_id()}
    same |= {"by": make_user(), "now": NOW}

    _scan, first = actions.add_pages(pictures=[make_picture()], **same)
    _scan, again = actions.add_pages(pictures=[make_picture()], **same)

    assert (first, again) == (1, 0)
    assert len(kept.names()) == 2


def test_where_the_rows_are_refused_the_files_go(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.documents.actions.scans.MOST_PAGES", 0)
    asked: dict[str, Any] = {"client": make_client(), "scan_id": new_id(), "source": new_id()}

    with pytest.raises(actions.UnableToKeepScan):
        actions.add_pages(pictures=[make_picture()], by=make_user(), now=NOW, **asked)

    assert kept.names() == []


def test_a_page_is_turned_and_its_old_files_go(kept: Kept) -> None:
    scan = make_scan(make_client())
    page = scan.pages.get()

    actions.turn_page(page=page, quarters=1, by=make_user(), now=NOW)

    turned = scan.pages.get()
    assert kept.names() == sorted([turned.file_id.hex, turned.preview_id.hex])
    assert page.file_id != turned.file_id


def test_orphans_go_after_an_hour_and_files_with_rows_stay(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.documents.actions.scans.LOOKED_AT", 2)
    scan = make_scan(make_client(), pages=2)
    storage.write(new_id(), [b"x"], scan.data_key)
    soon = NOW.fromtimestamp(time.time(), tz=NOW.tzinfo)

    assert actions.remove_orphans(now=soon) == 0
    assert actions.remove_orphans(now=soon + timedelta(hours=2)) == 1

    rows = ScanPage.objects.values_list("file_id", "preview_id")
    assert kept.names() == sorted(each.hex for pair in rows for each in pair)


def test_what_others_keep_in_the_same_place_is_left_alone(kept: Kept) -> None:
    """Such as backups that somebody sends into the same bucket, or the folder of keys beside that of the scans."""
    for path in ("backups/database.dump.age", "keys/keys.json", "ab/readme"):
        kept.put_of_others(path, b"not ours")
    later = NOW.fromtimestamp(time.time() + 7200, tz=NOW.tzinfo)

    assert actions.remove_orphans(now=later) == 0
    assert kept.names() == ["database.dump.age", "keys.json", "readme"]


KILLED = """
import os, signal
import django; django.setup()
from django.utils import timezone
from casework.documents import s3, storage
from casework.lib.ids import new_id
from casework.vault.models import DataKey
s3.PART_BYTES = 5 * 1024 * 1024
key = DataKey.objects.new("user", now=timezone.now())
def pieces():
    yield b"KANAREIKA" * 1_400_000
    os.kill(os.getpid(), signal.SIGKILL)
storage.write(new_id(), pieces(), key)
"""


def test_a_killed_process_leaves_nothing_readable_and_the_sweep_takes_the_rest(kept: Kept, tmp_path: Path) -> None:
    environment = os.environ | kept.environment | {"TMPDIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "casework.config.settings"

    done = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True, check=False)

    assert done.returncode == -9, done.stderr
    assert [name[-5:] for name in kept.names()] == [".part"]
    assert b"KANAREIKA" not in kept.everything()
    later = NOW.fromtimestamp(time.time() + 7200, tz=NOW.tzinfo)
    assert actions.remove_orphans(now=later) == 1
    assert kept.names() == []


def test_an_erased_person_s_scan_opens_no_more(kept: Kept) -> None:
    scan = make_scan(make_client())

    destroy_key(scan.data_key, by=None, now=NOW)

    with pytest.raises(KeyDestroyed):
        storage.verify(scan.pages.get().file_id, Scan.objects.get().data_key)


def test_with_a_person_who_is_deleted_the_sweep_takes_the_files(kept: Kept) -> None:
    scan = make_scan(make_client())
    scan.delete()

    later = NOW.fromtimestamp(time.time() + 7200, tz=NOW.tzinfo)
    assert actions.remove_orphans(now=later) == 2
    assert kept.names() == []


def test_a_page_serves_the_picture_from_either_place(kept: Kept, settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    scan, browser = seen_by(Browser())

    response = browser.get(reverse("scan_picture", args=[scan.pages.get().pk]))

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == make_picture((60, 40)).content  # type: ignore[attr-defined]  # of a streaming answer


def seen_by(browser: Browser) -> tuple[Scan, Browser]:
    team = make_team()
    worker = make_user(team=team)
    scan = make_scan(make_client(case=make_case(team=team, caseworker=worker)))
    browser.force_login(worker)
    return scan, browser


@pytest.fixture
def nobody_answers(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port of this machine on which nobody listens, and no patience."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_asked: 0)
    settings.FILES_URL = f"s3://bucket/{new_id().hex}?endpoint=http://127.0.0.1:9"


def test_storage_that_is_away_is_said_and_nothing_is_kept(nobody_answers: None) -> None:
    asked: dict[str, Any] = {"client": make_client(), "scan_id": new_id(), "source": new_id()}

    with pytest.raises(StorageIsAway, match="does not answer just now"):
        actions.add_pages(pictures=[make_picture()], by=make_user(), now=NOW, **asked)
    with pytest.raises(StorageIsAway):
        storage.verify(new_id(), a_key())

    assert not Scan.objects.exists()
    storage.remove([new_id()])  # the sweep does it later
    tasks.sweep_scans()
    tasks.check_scans()


def test_a_picture_that_cannot_be_fetched_now_is_not_said_to_be_lost(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    scan, browser = seen_by(Browser())
    request.getfixturevalue("nobody_answers")

    response = browser.get(reverse("scan_picture", args=[scan.pages.get().pk]))

    assert response.status_code == 503
    assert "does not answer just now" in response.content.decode()
    assert "not there any more" not in response.content.decode()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://bucket/x", "is not s3://"),
        ("s3:///x", "is not s3://"),
        ("s3://key:secret@bucket/x", "holds a key"),
        ("s3://bucket/x?acl=public", "asks for acl"),
    ],
)
def test_an_address_that_is_none_is_refused_with_a_sentence(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        s3.parts_of(url)


def test_the_library_is_loaded_only_where_it_is_used() -> None:
    asked = "import django; django.setup(); import casework.documents.storage, sys; print('boto3' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "casework.config.settings", "FILES_URL": ""}

    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_one_process_has_one_pool_of_connections(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings.FILES_URL = "s3://bucket/one?endpoint=http://127.0.0.1:9"

    assert place() is place()
