"""Sealed files in a backup, from a folder and from storage that speaks S3, and back into either."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.utils import timezone

from casework.documents import storage
from casework.documents.places import Folder, Place
from casework.lib.ids import new_id
from casework.lifecycle.backups import files
from casework.lifecycle.backups.errors import BackupError
from casework.lifecycle.backups.folders import Folders
from casework.lifecycle.backups.making import make_backup
from casework.lifecycle.backups.plan import Plan
from casework.lifecycle.backups.reading import files_listed, look_at
from casework.vault.models import DataKey
from tests.documents.kept_in import KEYS, Kept, KeptInFolder, KeptInS3, storage_that_speaks_s3
from tests.factories.clients import make_client

from .places import key_file, plan, reaches_others, secret_key, there

__all__ = ["key_file", "plan", "reaches_others", "secret_key", "there"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reaches_others")]
NOW = timezone.now()


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    if request.param == "folder":
        yield KeptInFolder(settings)
        return
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with storage_that_speaks_s3() as server:
        in_s3 = KeptInS3(settings, server)
        yield in_s3
        emptied(in_s3.place)
        in_s3.place.client.delete_bucket(Bucket=in_s3.place.bucket)  # all servers of a process share theirs


@pytest.fixture
def key(plan: Plan) -> DataKey:
    return make_client().data_key


def written(key: DataKey, content: bytes) -> UUID:
    file_id = new_id()
    storage.write(file_id, [content], key)
    return file_id


def emptied(place: Place) -> None:
    for each in list(place.older_than(time.time() + 7200)):
        place.discard(each)


def test_what_lies_there_is_copied_and_comes_back(kept: Kept, key: DataKey, plan: Plan, there: Folders) -> None:
    large = os.urandom(3_000_000)
    first, second = written(key, large), written(key, b"KANAREIKA")

    made = make_backup(plan, now=NOW)

    assert made.manifest.files["count"] == 2
    assert list(look_at(there, made.manifest.name)) == []
    emptied(kept.place)
    listed = files_listed(there, made.manifest.name)
    assert files.put_back(listed, there.files, kept.place) == (2, [])
    assert b"".join(storage.read(first, key)) == large
    assert b"".join(storage.read(second, key)) == b"KANAREIKA"
    assert b"KANAREIKA" not in kept.everything()
    # What is there already need not come twice.
    assert files.put_back(listed, there.files, kept.place) == (0, [])


def test_what_came_in_storage_may_go_on_in_a_folder(
    kept: Kept, key: DataKey, plan: Plan, there: Folders, tmp_path: Path
) -> None:
    file_id = written(key, b"a picture")
    name = make_backup(plan, now=NOW).manifest.name

    assert files.put_back(files_listed(there, name), there.files, Folder(tmp_path / "new")) == (1, [])

    assert Folder(tmp_path / "new").path_of(file_id).read_bytes() == kept.raw(file_id)


def test_only_new_files_are_read_the_next_night(
    kept: Kept, key: DataKey, plan: Plan, there: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(key, b"old")
    make_backup(plan, now=NOW - timedelta(hours=1))
    new = written(key, b"new")
    asked, real = [], type(kept.place).read

    def read(place: Place, file_id: UUID) -> Iterator[bytes]:
        asked.append(file_id)
        return real(place, file_id)

    monkeypatch.setattr(type(kept.place), "read", read)

    assert make_backup(plan, now=NOW).manifest.files["count"] == 2
    assert asked == [new]


def test_a_damaged_and_a_missing_file_are_named_and_the_rest_comes_back(
    kept: Kept, key: DataKey, plan: Plan, there: Folders
) -> None:
    damaged, missing, sound = (written(key, os.urandom(1000)) for _each in range(3))
    name = make_backup(plan, now=NOW).manifest.name
    emptied(kept.place)
    path = there.files / damaged.hex[:2] / damaged.hex
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    (there.files / missing.hex[:2] / missing.hex).unlink()

    count, wrong = files.put_back(files_listed(there, name), there.files, kept.place)

    assert count == 1
    assert sorted(wrong) == sorted([
        f"The file {damaged.hex[:2]}/{damaged.hex} in {there.files} is not what it was when it was copied.",
        f"The file {missing.hex[:2]}/{missing.hex} of this backup is not in {there.files}.",
    ])  # fmt: skip
    assert kept.names() == [sound.hex]


def test_a_file_half_written_by_a_restore_that_was_killed_is_not_in_the_way(
    key: DataKey, plan: Plan, there: Folders, tmp_path: Path
) -> None:
    file_id = written(key, b"a picture")
    name = make_backup(plan, now=NOW).manifest.name
    target = Folder(tmp_path / "new")
    half = target.path_of(file_id).with_suffix(".part")
    half.parent.mkdir(parents=True)
    half.write_bytes(b"a pic")

    assert files.put_back(files_listed(there, name), there.files, target) == (1, [])
    assert not half.exists()


def test_storage_that_is_away_leaves_nothing_and_is_said(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, plan: Plan, there: Folders
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings.FILES_URL = "s3://nowhere/scans?endpoint=http://127.0.0.1:9"

    with pytest.raises(BackupError, match="does not answer"):
        make_backup(plan, now=NOW)

    assert there.names() == there.names_of_keys() == []
