"""A backup of a small database: whole or not at all, one at a time, noticed when anything of it is not as it was."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from casework.accounts.jobs import start_job
from casework.accounts.models import Team, User
from casework.audit.heads import write_head
from casework.audit.models import Event
from casework.audit.seal import seal_waiting
from casework.clients.lookup import hashes_to_find
from casework.clients.models import Client, Contact
from casework.clients.names import find
from casework.documents import storage
from casework.lib.ids import new_id
from casework.lifecycle.backups import left_out, making, programs
from casework.lifecycle.backups.errors import AnotherIsAtWork, BackupError
from casework.lifecycle.backups.folders import Folders, alone
from casework.lifecycle.backups.making import make_backup
from casework.lifecycle.backups.plan import Keep, Plan
from casework.lifecycle.backups.reading import files_listed, look_at
from casework.lifecycle.backups.restoring import Restored, take_over_ledger, try_out
from casework.lifecycle.backups.sealing import identities_in, new_identity, unseal
from casework.lifecycle.backups.state import last_backup
from casework.lifecycle.erasure import ledger
from casework.lifecycle.management.commands import backup
from casework.reminders.models import Heartbeat
from casework.reminders.watch import BACKUP
from casework.reports.models import Export, ExportPiece
from casework.vault import rotation
from casework.vault.models import DataKey
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client, make_contact
from tests.schema import PROGRAMS

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
        "clients_client.copy.age", "clients_contact.copy.age", "clients_incomingreferral.copy.age",
        "clients_nevercontact.copy.age", "database.dump.age", "documents_document.copy.age", "files.list", "manifest.json",
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
    assert len(parts) == 12

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


def test_an_older_backup_opens_with_newer_keys_after_the_key_file_was_rotated_and_old_keys_taken_out(
    some_people: Team, plan: Plan, there: Folders, secret_key: Path, key_file: Path
) -> None:
    old = make_backup(plan, now=NOW - timedelta(days=40)).manifest
    rotate_and_forget(key_file)
    new = make_backup(plan, now=NOW).manifest
    assert (old.name in there.names_of_keys(), old.wrapped_by == new.wrapped_by) == (False, False)

    tried = try_out(there, old.name, identities=identities_in(secret_key), say=print)

    assert (tried.wrong, tried.rows) == ([], sum(old.rows.values()))
    assert tried.opened.values > 3


def rotate_and_forget(key_file: Path) -> None:
    """Bring data keys to a fresh key of the key file, and take the older one out."""
    from casework.vault import keyfile

    before = keyfile.read(key_file).data.current
    keyfile.add_key(key_file, "data", now=NOW)
    rotation.rotate(rotation.DataKeys())
    keyfile.remove_key(key_file, "data", before)


def test_a_key_that_is_taken_out_while_a_backup_is_made_leaves_none_that_nothing_opens(
    some_people: Team, plan: Plan, there: Folders, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_the_moment(monkeypatch, lambda: rotate_and_forget(key_file))

    with pytest.raises(BackupError, match=r"does not hold d-\w+, .* taken out of it while this was made"):
        make_backup(plan, now=NOW - timedelta(days=1))

    assert there.names() == there.names_of_keys() == []


def after_the_moment(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Have something happen, once, when the moment of the backup has been fixed and nothing is read yet."""
    waiting, server_of = [act], making.contents.server_of

    def server_after_it(link: Any) -> int:
        if waiting:
            waiting.pop()()
        return server_of(link)

    monkeypatch.setattr(making.contents, "server_of", server_after_it)


def test_a_file_that_goes_while_a_backup_is_made_is_in_it(
    some_people: Team, plan: Plan, there: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when somebody turns a page: the row of that moment names the old file, which goes at once."""
    key = DataKey.objects.get(owner_kind="client")
    (before,) = Path(storage.settings.SCANS_DIR).glob("??/*")
    after = new_id()

    def turn() -> None:
        storage.write(after, [b"turned"], key)
        storage.remove([UUID(before.name)])

    after_the_moment(monkeypatch, turn)
    name = make_backup(plan, now=NOW).manifest.name

    assert {each.path[3:] for each in files_listed(there, name)} == {before.name, after.hex}
    assert wrong_with(there, name) == []


def in_the_clear(there: Folders, name: str, secret: Path) -> bytes:
    """Everything that the folder of backups holds of the database, for whoever has the secret key."""
    found = []
    for path in sorted((there.directory / name).glob("*.age")):
        pieces: list[bytes] = []
        unseal(path, lambda piece, pieces=pieces: pieces.append(bytes(piece)), identities_in(secret))
        content = b"".join(pieces)
        if path.name == "database.dump.age":
            restoring = [PROGRAMS / "pg_restore", "--file=-"]
            content = subprocess.run(restoring, input=content, capture_output=True, check=True).stdout
        found.append(content)
    return b"".join(found)


def test_nothing_is_in_it_that_the_key_file_alone_opens(
    plan: Plan, there: Folders, secret_key: Path, some_people: Team
) -> None:
    """Of whoever is erased the data key goes; what is under keys of everybody would go on telling names and numbers."""
    client = Client.objects.get()
    contact = make_contact(client, channel="phone", value="+996 555 010203")
    assert bytes(client.search_form)
    assert bytes(contact.value_hash)

    said = in_the_clear(there, make_backup(plan, now=NOW).manifest.name, secret_key)

    assert str(client.pk).encode() in said
    assert str(contact.pk).encode() in said
    assert bytes(client.search_form).hex().encode() not in said
    assert bytes(contact.value_hash).hex().encode() not in said


def test_what_people_are_searched_by_is_made_anew(some_people: Team, key_file: Path) -> None:
    from casework.vault import keyfile

    client, worker = Client.objects.get(), User.objects.get()
    contact, no_line = (
        make_contact(client, value="+996 555 010203"),
        make_contact(client, channel="other", value="Ворота"),
    )
    before = bytes(contact.value_hash)
    Client.objects.update(search_form=None)
    Contact.objects.update(value_hash=None)
    assert left_out.make_anew() == (2, [])
    contact.refresh_from_db()
    no_line.refresh_from_db()
    assert (bytes(contact.value_hash), no_line.value_hash) == (before, None)
    assert find(worker, "Образцова", now=NOW) == [client.pk]

    # Of a backup from before a rotation, in which they were: the keys are gone from the key file.
    for purpose in ("search", "lookup"):
        older = getattr(keyfile.read(key_file), purpose).current
        keyfile.add_key(key_file, purpose, now=NOW)
        keyfile.remove_key(key_file, purpose, older)
    assert left_out.make_anew() == (2, [])
    assert left_out.make_anew() == (0, [])
    contact.refresh_from_db()
    assert bytes(contact.value_hash) in hashes_to_find("+996 555 010203", None)
    assert find(worker, "Образцова", now=NOW) == [client.pk]


def test_files_that_wait_to_be_fetched_are_not_in_it(
    some_people: Team, plan: Plan, there: Folders, secret_key: Path
) -> None:
    owner = User.objects.get()
    job = start_job("reports.export", by=owner, now=NOW)
    export = Export.objects.create(
        data_key=owner.data_key, owner=owner, job=job, listing="cases", format="csv", language="en",
        created_at=NOW, touched_at=NOW, ready_at=NOW,
    )  # fmt: skip
    ExportPiece.objects.create(export=export, attempt=export.attempt, number=1, content=b"who was in which shelter")

    made = make_backup(plan, now=NOW)

    assert b"who was in which shelter".hex().encode() not in in_the_clear(there, made.manifest.name, secret_key)
    tried = try_out(there, made.manifest.name, identities=identities_in(secret_key), say=print)
    assert tried.wrong == []


@pytest.mark.parametrize("part", ["manifest.json", "files.list"])
def test_a_damaged_backup_keeps_no_other_from_being_made_and_no_file_of_it_goes(
    part: str, some_people: Team, plan: Plan, there: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    old = make_backup(plan, now=NOW - timedelta(days=3)).manifest.name
    (file,) = Path(storage.settings.SCANS_DIR).glob("??/*")
    (there.directory / old / part).write_bytes(b"\xff\x00")
    file.unlink()

    call_command("backup")

    assert len(there.names()) == 2
    assert wrong_with(there, there.names()[-1]) == []
    assert (there.files / file.parent.name / file.name).exists()
    assert (f"The list of files of {old} cannot be read" in capsys.readouterr().err) == (part == "files.list")


def test_beside_a_backup_of_the_future_none_is_made_and_it_says_so(plan: Plan, there: Folders) -> None:
    ahead = make_backup(plan, now=NOW + timedelta(days=3650)).manifest.name

    with pytest.raises(BackupError, match=f"There is a backup {ahead}, .* the clock was wrong then, or is wrong now"):
        make_backup(plan, now=NOW)

    assert there.names() == there.names_of_keys() == [ahead]


def erased(*, says: tuple[str, ...] = (ledger.MEANT, ledger.DONE)) -> UUID:
    """Write down that something was erased."""
    erasure = new_id()
    for each in says:
        ledger.write(ledger.Line(says=each, erasure=erasure, at=NOW, reason="wish", case=new_id()))
    return erasure


def test_a_ledger_that_knows_of_less_than_the_newest_copy_is_added_to(
    plan: Plan, there: Folders, secret_key: Path, settings: LazySettings, tmp_path: Path
) -> None:
    """As on a new machine, where the program has run before: what the copy says would else come back, and nobody would know."""
    one = erased()
    make_backup(plan, now=NOW - timedelta(days=1))
    other, begun = erased(), erased(says=(ledger.MEANT,))
    manifest = make_backup(plan, now=NOW).manifest
    settings.ERASURE_LEDGER = tmp_path / "another.jsonl"
    here = erased()

    for added in (5, 0):
        result = Restored(manifest)
        take_over_ledger(there, identities_in(secret_key), result)
        assert list(ledger.done()) == [here, one, other]
        assert list(ledger.unclear()) == [begun]
        assert [note.split()[0] for note in result.notes] == ([str(added)] if added else [])
        assert result.wrong == []


def test_a_copy_of_the_ledger_that_does_not_open_is_said_and_does_not_stop_a_restore(
    plan: Plan, there: Folders, tmp_path: Path
) -> None:
    erased()
    manifest = make_backup(plan, now=NOW).manifest
    (tmp_path / "another").write_text(new_identity()[0])
    result = Restored(manifest)

    take_over_ledger(there, identities_in(tmp_path / "another"), result)

    assert "does not open" in result.wrong[0]


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


def test_a_database_that_is_away_is_said(plan: Plan, there: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = making.connection.get_connection_params() | {"host": str(plan.directory)}
    monkeypatch.setattr(making.connection, "get_connection_params", lambda: nowhere)

    with pytest.raises(BackupError, match="The database cannot be read: "):
        make_backup(plan, now=NOW)

    assert there.names() == there.names_of_keys() == []


def test_an_older_program_than_the_server_is_refused(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "major_of", lambda _path: 9)

    with pytest.raises(BackupError, match=r"This needs pg_dump of PostgreSQL \d+ or newer; .* is of 9"):
        make_backup(plan, now=NOW)


def test_without_a_plan_the_command_says_where_to_read(settings: LazySettings) -> None:
    settings.BACKUPS = None

    with pytest.raises(CommandError, match=r"docs/backup\.md"):
        call_command("backup")


def test_a_database_that_is_away_is_said_to_be_and_leaves_nothing(
    plan: Plan, there: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_parameters: object) -> None:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(connection, "get_new_connection", away)

    with pytest.raises(BackupError, match="The database cannot be read: connection refused"):
        make_backup(plan, now=timezone.now())
    assert there.names() == there.names_of_keys() == []


@pytest.mark.parametrize(
    ("hours_ago", "made"),
    [(7, []), (8, ["at once"]), (30, ["at once"]), (None, [])],
    ids=["this night", "the day before", "two nights ago", "never"],
)
def test_a_night_on_which_the_machine_was_off_is_made_up_for(
    hours_ago: int | None, made: list[str], plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    if hours_ago is not None:
        Heartbeat.objects.create(name=BACKUP, at=now - timedelta(hours=hours_ago))
    done: list[str] = []

    def nothing_more(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup.timezone, "now", lambda: now)
    monkeypatch.setattr(backup.time, "sleep", nothing_more)
    monkeypatch.setattr(backup.Command, "_make", lambda _self, _plan: done.append("at once"))
    with pytest.raises(KeyboardInterrupt):
        call_command("backup", "--nightly", "01:30", stdout=StringIO())

    assert done == made


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
