"""Heads of the chain are signed, written outside the database, and never for another chain than before."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import LazySettings
from django.utils import timezone

from casework.audit.heads import EVERY, ChainDoesNotContinue, Head, HeadUnreadable, last_head, write_head
from casework.audit.models import Seal
from casework.audit.record import record
from casework.audit.seal import seal_waiting
from casework.audit.tasks import seal
from casework.vault import keyfile
from casework.vault.keys import KeyProvider
from tests.factories.accounts import NOW
from tests.full_disk import no_file_grows_beyond

from .test_verify import superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def lines(settings: LazySettings) -> list[str]:
    return Path(settings.AUDIT_HEADS).read_text().splitlines()


def one_more(now: datetime) -> None:
    record("clients.case_seen", by=None, now=now)
    seal_waiting()


def test_a_head_is_written_when_it_has_changed_and_the_last_is_some_minutes_old(
    now: datetime, settings: LazySettings
) -> None:
    assert write_head(now=now) is None
    one_more(now)
    first = write_head(now=now)
    assert first is not None
    assert first.pos == 1

    one_more(now)
    assert write_head(now=now + EVERY - timedelta(seconds=1)) is None
    second = write_head(now=now + EVERY)
    assert second is not None
    assert second.pos == 2

    assert write_head(now=now + 3 * EVERY) is None
    assert len(lines(settings)) == 2
    assert last_head() == second


def test_a_clock_that_was_wrong_once_does_not_keep_heads_from_being_written_for_years(
    now: datetime, settings: LazySettings
) -> None:
    one_more(now)
    write_head(now=now + timedelta(days=3650))
    one_more(now)
    assert write_head(now=now) is not None

    one_more(now)
    assert write_head(now=now - timedelta(seconds=2)) is None  # two machines never agree on the second
    assert len(lines(settings)) == 2


def test_a_full_disk_leaves_no_half_of_a_head(
    now: datetime, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    one_more(now - EVERY)
    write_head(now=now - EVERY)
    one_more(now)
    before = Path(settings.AUDIT_HEADS).read_bytes()

    with no_file_grows_beyond(len(before) + 100):
        seal()

    assert "cannot be written" in caplog.text
    assert Path(settings.AUDIT_HEADS).read_bytes() == before
    assert write_head(now=now) is not None


def test_it_is_for_its_owner_only_and_can_be_checked_without_the_key_file(
    now: datetime, settings: LazySettings
) -> None:
    one_more(now)
    head = write_head(now=now)

    assert head is not None
    assert Path(settings.AUDIT_HEADS).stat().st_mode & 0o777 == 0o600
    (line,) = lines(settings)
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(json.loads(line)["public"]))
    public.verify(bytes.fromhex(head.signature), head.signed_text)


def test_where_the_chain_is_another_nothing_is_written_and_the_log_says_so(
    now: datetime, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    one_more(now - EVERY)
    write_head(now=now - EVERY)
    one_more(now)
    superuser("UPDATE audit_seal SET hash = '\\x00' WHERE pos = 1")

    with pytest.raises(ChainDoesNotContinue):
        write_head(now=now)
    seal()

    assert len(lines(settings)) == 1
    assert "verify_audit" in caplog.text


def test_where_the_file_cannot_be_written_sealing_goes_on_and_the_log_says_so(
    now: datetime, settings: LazySettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings.AUDIT_HEADS = tmp_path / "file" / "heads.jsonl"
    record("clients.case_seen", by=None, now=now)

    seal()

    assert Seal.objects.count() == 1
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize("line", ["", "[]", "7", "{}", '{"pos": "x"}', '{"pos": 1, "hash": "", "at": "today"}'])
def test_what_is_no_head_is_not_read_as_one(line: str) -> None:
    with pytest.raises(HeadUnreadable):
        Head.from_line(line)


def test_a_key_file_from_before_there_were_seals_signs_too_and_goes_on_after_a_key_is_added(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keyfile.make(path)
    content = json.loads(path.read_text())
    del content["seal"]
    path.write_text(json.dumps(content))
    keys = KeyProvider(path)

    older, key = keys.current_seal_key()
    assert len(key) == 32
    assert key not in {bytes(each) for each in keyfile.read(path).lookup.keys.values()}

    added = keyfile.add_key(path, "seal", now=NOW)

    assert keys.current_seal_key()[0] == added != older
    assert keys.seal_keys()[older] == key
