"""A backup of a small database: whole or not at all, one at a time, noticed when anything of it is not as it was."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone

from casework.accounts.models import Team
from casework.audit.heads import write_head
from casework.audit.models import Event
from casework.audit.seal import seal_waiting
from casework.documents import storage
from casework.lib.ids import new_id
from casework.lifecycle.backups import making, programs
from casework.lifecycle.backups.errors import AnotherIsAtWork, BackupError
from casework.lifecycle.backups.folders import Folders, alone
from casework.lifecycle.backups.making import make_backup
from casework.lifecycle.backups.plan import Keep, Plan
from casework.lifecycle.backups.reading import look_at
from casework.lifecycle.backups.restoring import try_out
from casework.lifecycle.backups.sealing import identities_in, new_identity
from casework.lifecycle.backups.state import last_backup
from casework.vault.models import DataKey
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client

from .places import key_file, plan, reaches_others, secret_key, there

__all__ = ["key_file", "plan", "reaches_others", "secret_key", "there"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reaches_others")]
NOW = timezone.now()


@pytest.fixture
def some_people(plan: Plan) -> Team:
    worker = make_user()
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    storage.write(new_id(), [b"a picture"], client.data_key)
    seal_waiting()
    write_head(now=NOW)
    return team_of(worker)


def wrong_with(there: Folders, name: str, secret: Path | None = None) -> list[str]:
    return list(look_at(there, name, identities=identities_in(secret) if secret else []))


def test_a_backup_is_whole_and_can_be_put_back(some_people: Team, plan: Plan, there: Folders, secret_key: Path) -> None:
    made = make_backup(plan, now=NOW)

    name = made.manifest.name
    assert there.names() == there.names_of_keys() == [name]
    assert wrong_with(there, name, secret_key) == []
    assert made.manifest.rows["clients_client"] == 1
    assert made.manifest.files["count"] == 1
    assert last_backup(NOW).in_words() == "backups: ok, last 0 s ago"
    assert Event.objects.filter(type="lifecycle.backup_made").count() == 1
    tried = try_out(there, name, identities=identities_in(secret_key), say=lambda _line: None)
    assert (tried.wrong, tried.rows) == ([], sum(made.manifest.rows.values()))
    assert tried.opened.values > 3


def test_nobody_but_the_owner_may_read_it_and_the_keys_are_apart(some_people: Team, plan: Plan, there: Folders) -> None:
    name = make_backup(plan, now=NOW).manifest.name

    for top in (plan.directory, plan.keys_directory):
        assert {path.stat().st_mode & 0o077 for path in [top, *top.rglob("*")]} == {0}
    assert sorted(path.name for path in (plan.directory / name).iterdir()) == [
        "database.dump.age", "files.list", "manifest.json",
    ]  # fmt: skip
    assert sorted(path.name for path in (plan.keys_directory / name).iterdir()) == [
        "audit-heads.age", "data-keys.dump.age", "key-file.age",
    ]  # fmt: skip


def every_part(there: Folders, name: str) -> list[Path]:
    return sorted(
        path
        for top in (there.directory / name, there.keys_directory / name, there.files)
        for path in top.rglob("*")
        if path.is_file()
    )


def is_refused(there: Folders, name: str) -> bool:
    try:
        return wrong_with(there, name) != []
    except BackupError as error:
        return "damaged" in str(error)


def test_one_flipped_byte_in_any_part_is_noticed_and_so_is_a_missing_part(
    some_people: Team, plan: Plan, there: Folders
) -> None:
    name = make_backup(plan, now=NOW).manifest.name
    parts = every_part(there, name)
    assert len(parts) == 7

    for part in parts:
        content = part.read_bytes()
        for place in {0, len(content) // 2, len(content) - 1}:
            part.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert is_refused(there, name), (part, place)
        part.unlink()
        if part.name == "manifest.json":
            with pytest.raises(BackupError, match="There is no backup"):
                there.chosen(name)
        else:
            assert wrong_with(there, name) != [], part
        part.write_bytes(content)
    assert wrong_with(there, name) == []


def test_the_wrong_secret_key_is_said_to_be_that(some_people: Team, plan: Plan, there: Folders, tmp_path: Path) -> None:
    name = make_backup(plan, now=NOW).manifest.name
    (tmp_path / "another").write_text(new_identity()[0])

    assert "sealed for another key" in wrong_with(there, name, tmp_path / "another")[0]
    with pytest.raises(BackupError, match="sealed for another key"):
        try_out(there, name, identities=identities_in(tmp_path / "another"), say=print)


def test_a_key_file_that_does_not_open_it_is_said_before_anything_is_done(
    some_people: Team, plan: Plan, there: Folders, secret_key: Path, settings: LazySettings, tmp_path: Path
) -> None:
    from casework.vault import keyfile

    name = make_backup(plan, now=NOW).manifest.name
    keyfile.make(tmp_path / "fresh.json")
    settings.KEY_FILE = tmp_path / "fresh.json"

    with pytest.raises(BackupError, match=r"does not hold d-.*restore_key_file"):
        try_out(there, name, identities=identities_in(secret_key), say=print)


def test_files_are_copied_once_and_go_when_nothing_lists_them(some_people: Team, plan: Plan, there: Folders) -> None:
    (file,) = Path(storage.settings.SCANS_DIR).glob("??/*")
    kept = there.files / file.parent.name / file.name
    plan = Plan(directory=plan.directory, keys_directory=plan.keys_directory, recipients=plan.recipients,
                keep=Keep(daily=1, weekly=0, monthly=0, keys_days=1))  # fmt: skip
    make_backup(plan, now=NOW - timedelta(days=9))
    first = kept.stat()
    make_backup(plan, now=NOW - timedelta(days=8))
    assert kept.stat().st_ino == first.st_ino

    file.unlink()
    made = make_backup(plan, now=NOW)

    assert (len(made.gone), made.files_gone, kept.exists()) == (2, 1, False)
    assert there.names() == there.names_of_keys() == [made.manifest.name]


def test_an_older_backup_opens_with_newer_keys_but_not_whoever_was_erased_since(
    some_people: Team, plan: Plan, there: Folders, secret_key: Path
) -> None:
    from casework.vault.actions import destroy_key

    old = make_backup(plan, now=NOW - timedelta(days=40)).manifest.name
    destroy_key(DataKey.objects.get(owner_kind="client"), by=None, now=NOW)
    make_client(case=make_case(team=some_people))
    make_backup(plan, now=NOW)

    assert (old in there.names(), old in there.names_of_keys()) == (True, False)
    assert wrong_with(there, old, secret_key) == []
    tried = try_out(there, old, identities=identities_in(secret_key), say=print)
    assert tried.wrong == []
    assert tried.opened.erased > 0


def test_two_at_once_are_one(plan: Plan) -> None:
    with alone(plan.directory), pytest.raises(AnotherIsAtWork):
        make_backup(plan, now=NOW)


def test_a_dump_that_fails_leaves_nothing_and_the_earlier_one_as_it_was(
    some_people: Team, plan: Plan, there: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = make_backup(plan, now=NOW - timedelta(days=1)).manifest.name
    broken = tmp_path / "pg_dump"
    broken.write_text("#!/bin/sh\nhead -c 100000 /dev/urandom\necho no such thing >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(making, "program", lambda _name, at_least: broken)

    with pytest.raises(BackupError, match="pg_dump failed: no such thing"):
        make_backup(plan, now=NOW)

    assert there.names() == there.names_of_keys() == [good]
    assert [path.name for path in plan.directory.iterdir() if path.name.startswith(".being")] == []
    assert wrong_with(there, good) == []


def test_a_full_disk_leaves_nothing_and_says_so(
    some_people: Team, plan: Plan, there: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        full = Plan(directory=small / "backups", keys_directory=plan.keys_directory, recipients=plan.recipients)
        with pytest.raises(BackupError, match="is full"):
            make_backup(full, now=NOW)
        assert sorted(path.name for path in (small / "backups").iterdir()) == [".lock", "files"]
        assert list(plan.keys_directory.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_backup_that_would_not_fit_is_not_begun(
    some_people: Team, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(plan, now=NOW - timedelta(days=1))
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))

    with pytest.raises(BackupError, match="nothing was done"):
        make_backup(plan, now=NOW)


def test_an_older_program_than_the_server_is_refused(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "major_of", lambda _path: 9)

    with pytest.raises(BackupError, match=r"This needs pg_dump of PostgreSQL \d+ or newer; .* is of 9"):
        make_backup(plan, now=NOW)


def test_without_a_plan_the_command_says_where_to_read(settings: LazySettings) -> None:
    settings.BACKUPS = None

    with pytest.raises(CommandError, match=r"docs/backup\.md"):
        call_command("backup")


def test_a_late_backup_is_told_of(plan: Plan) -> None:
    assert last_backup(NOW).in_words() == "backups: late, none"
    make_backup(plan, now=NOW - timedelta(hours=31))
    assert last_backup(NOW).in_words() == "backups: late, last 111600 s ago"
    with pytest.raises(SystemExit):
        call_command("backup", check=True)


def test_no_name_of_anybody_is_in_the_clear(plan: Plan) -> None:
    worker = make_user()
    make_client(case=make_case(team=team_of(worker), by=worker), by=worker, family_name="Зяблицев-Канарейкин")
    make_backup(plan, now=NOW)

    for path in [*plan.directory.rglob("*"), *plan.keys_directory.rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            assert "Зяблицев".encode() not in content
            assert path.suffix == ".age" or path.name in ("manifest.json", "files.list", ".lock")
            assert worker.email.encode() not in content
