"""Scans: what is kept, what is not kept twice, and what goes."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction

from casework.audit.models import Event
from casework.clients.models import Client
from casework.documents import actions, storage
from casework.documents.models import Scan, ScanPage
from casework.documents.pictures import UnableToReadFile
from casework.documents.receiving import SealedContent
from casework.lib.ids import new_id
from casework.lifecycle.erasure.acts import lift_hold, order_hold
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.factories.scans import make_picture, make_scan
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def files(settings: LazySettings) -> list[Path]:
    root = Path(settings.SCANS_DIR)
    return [each for each in root.rglob("*") if each.is_file() and each.suffix != ".lock"]


def test_a_scan_lies_sealed_and_opens_again(settings: LazySettings) -> None:
    scan = make_scan(make_client(), pages=2)
    first = scan.pages.order_by("number")[0]

    assert b"".join(storage.read(first.file_id, scan.data_key)) == make_picture((60, 40)).content
    assert len(files(settings)) == 4
    assert not any(b"JFIF" in path.read_bytes() for path in files(settings))
    assert Event.objects.get(type="documents.scan_added").case_id == scan.client.case_id


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_kept_once(settings: LazySettings) -> None:
    client, by = make_client(), make_user()
    same: dict[str, Any] = {"client": client, "scan_id": new_id(), "source": new_id(), "by": by, "now": NOW}

    def slowly() -> Any:
        yield make_picture()
        time.sleep(0.2)

    answers = at_once(*[lambda: actions.add_pages(pictures=slowly(), **same)] * 3)

    assert sorted(added for _scan, added in answers) == [0, 0, 1]
    assert ScanPage.objects.count() == 1
    assert len(files(settings)) == 2


def test_a_file_that_breaks_off_leaves_nothing(settings: LazySettings) -> None:
    def breaking() -> Any:
        yield make_picture()
        raise UnableToReadFile("damaged")

    with pytest.raises(UnableToReadFile):
        actions.add_pages(
            client=make_client(), scan_id=new_id(), source=new_id(), pictures=breaking(), by=make_user(), now=NOW
        )

    assert not Scan.objects.exists()
    assert files(settings) == []


def test_the_token_of_somebody_else_is_refused(settings: LazySettings) -> None:
    scan = make_scan(make_client())
    before = len(files(settings))

    with pytest.raises(SuspiciousOperation):
        make_scan(make_client(), scan_id=scan.pk)

    assert len(files(settings)) == before


def test_a_document_of_somebody_else_is_refused() -> None:
    with pytest.raises(actions.UnableToKeepScan):
        make_scan(make_client(), document=make_document(make_client()))


def test_a_hundred_pages_are_enough(settings: LazySettings) -> None:
    with pytest.raises(actions.UnableToKeepScan):
        make_scan(make_client(), pages=101)

    assert files(settings) == []


def test_removed_it_can_be_taken_back_for_a_day(settings: LazySettings) -> None:
    scan, by = make_scan(make_client()), make_user()

    actions.remove_scan(scan=scan, by=by, now=NOW)
    actions.purge_removed(now=NOW + timedelta(hours=23))
    actions.restore_scan(scan=scan, by=by, now=NOW)
    assert Scan.objects.all().kept().get() == scan  # type: ignore[attr-defined]

    actions.remove_scan(scan=scan, by=by, now=NOW)
    assert actions.purge_removed(now=NOW + timedelta(hours=25)) == 1
    assert not Scan.objects.exists()
    assert files(settings) == []
    assert Event.objects.filter(type="documents.scan_purged").exists()


def test_what_was_removed_of_a_case_that_a_legal_hold_keeps_is_there_until_it_is_lifted() -> None:
    scan, by, late = make_scan(make_client()), make_user(), NOW + timedelta(days=2)
    hold = order_hold(case=scan.client.case, reason="Суд", by=by, now=NOW)
    actions.remove_scan(scan=scan, by=by, now=NOW)

    assert actions.purge_removed(now=late) == 0
    lift_hold(hold=hold, by=by, now=late)
    assert actions.purge_removed(now=late) == 1


def test_what_is_taken_back_while_the_sweep_goes_through_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    by, late = make_user(), NOW + timedelta(hours=25)
    scans = [make_scan(make_client()) for _number in range(2)]
    for scan in scans:
        actions.remove_scan(scan=scan, by=by, now=NOW)
    remove = storage.remove

    def meanwhile(file_ids: Any) -> None:
        remove(file_ids)
        for left in Scan.objects.all():
            actions.restore_scan(scan=left, by=by, now=late)

    monkeypatch.setattr("casework.documents.storage.remove", meanwhile)

    assert actions.purge_removed(now=late) == 1
    (kept,) = Scan.objects.all()
    assert (kept.removed_at, kept.pages.count()) == (None, 1)


def test_pages_change_places_and_the_first_stays_first() -> None:
    scan, by = make_scan(make_client(), pages=3), make_user()
    first, second, third = scan.pages.order_by("number")

    actions.move_page(page=third, earlier=True, by=by, now=NOW)
    actions.move_page(page=first, earlier=True, by=by, now=NOW)

    assert list(scan.pages.order_by("number")) == [first, third, second]


def test_a_page_is_turned_and_its_old_files_go(settings: LazySettings) -> None:
    scan = make_scan(make_client())
    page = scan.pages.get()

    actions.turn_page(page=page, quarters=1, by=make_user(), now=NOW)

    turned = scan.pages.get()
    assert (turned.width, turned.height) == (40, 60)
    assert len(files(settings)) == 2
    assert not storage.path_of(page.file_id).exists()


def test_orphans_go_after_an_hour_and_files_with_rows_stay(settings: LazySettings) -> None:
    scan = make_scan(make_client())
    storage.write(new_id(), [b"x"], scan.data_key)
    (storage.incoming() / "left.part").write_bytes(b"x")
    now = NOW.fromtimestamp(time.time(), tz=NOW.tzinfo)

    assert actions.remove_orphans(now=now) == 0
    assert actions.remove_orphans(now=now + timedelta(hours=2)) == 2
    assert len(files(settings)) == 2


def test_the_database_refuses_a_removal_by_nobody_and_an_unknown_state() -> None:
    scan = make_scan(make_client())

    for values in ({"removed_at": NOW}, {"check_state": "perhaps"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Scan.objects.filter(pk=scan.pk).update(**values)


def test_the_database_refuses_a_page_twice_in_one_place() -> None:
    page = make_scan(make_client()).pages.get()

    with pytest.raises(IntegrityError, match="scan_page_sent_once"), transaction.atomic():
        ScanPage.objects.create(
            scan=page.scan, number=9, source=page.source, source_page=0, file_id=new_id(), preview_id=new_id(),
            width=1, height=1, size=1,
        )  # fmt: skip


def test_what_is_received_lies_sealed_and_reads_like_a_file(settings: LazySettings) -> None:
    content = SealedContent(DataKey.objects.new("user", now=NOW))
    plain = os.urandom(200_000) + b"KANAREIKA"
    for start in range(0, len(plain), 70_000):
        content.add(plain[start : start + 70_000])
    content.finish()

    assert b"".join(content.pieces()) == plain
    content.seek(199_990)
    assert content.read() == plain[199_990:]
    assert files(settings) == []


KILLED = """
import os, signal
import django; django.setup()
from django.conf import settings
from django.utils import timezone
from casework.documents import storage
from casework.documents.receiving import SealedContent
from casework.lib.ids import new_id
from casework.vault.models import DataKey
key = DataKey.objects.new("user", now=timezone.now())
received = SealedContent(key); received.add(b"KANAREIKA" * 100_000)
def pieces():
    yield b"KANAREIKA" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)
storage.write(new_id(), pieces(), key)
"""


def test_a_killed_process_leaves_nothing_readable_and_the_sweep_takes_the_rest(
    settings: LazySettings, tmp_path: Path
) -> None:
    environment = {**os.environ, "SCANS_DIR": str(settings.SCANS_DIR), "TMPDIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "casework.config.settings"

    done = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True, check=False)

    assert done.returncode == -9, done.stderr
    left = files(settings)
    assert [path.suffix for path in left] == [".part"]
    assert not any(b"KANAREIKA" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    later = NOW.fromtimestamp(time.time() + 7200, tz=NOW.tzinfo)
    assert actions.remove_orphans(now=later) == 1
    assert files(settings) == []


def test_a_scan_follows_its_person_and_goes_with_them() -> None:
    scan = make_scan(make_client())

    Client.objects.filter(pk=scan.client_id).delete()

    assert not Scan.objects.exists()
