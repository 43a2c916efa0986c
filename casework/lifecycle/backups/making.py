"""Makes a backup: everything as of one moment, sealed while it is read, whole or not at all."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction

from casework.audit.record import record
from casework.documents.places import StorageIsAway, place
from casework.reminders.models import Heartbeat

from . import contents, files, folders
from .errors import BackupError, unwritable
from .folders import Folders, come_into_being, moment_of, name_of, prepared
from .keeping import kept, keys_kept
from .manifest import HERE, KEYS, Manifest
from .plan import Plan
from .programs import environment_for, output_of, program, version_of
from .reading import damaged_parts, files_listed
from .sealing import Sealed, Source, digest_of, seal
from .state import HEARTBEAT

DATABASE, LIST = "database.dump.age", "files.list"
DATA_KEYS, KEY_FILE, HEADS, LEDGER = "data-keys.dump.age", "key-file.age", "audit-heads.age", "erasure-ledger.age"
# Ciphertext does not get smaller, and most of what is large is ciphertext.
DUMPING = ("--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s")

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What came of it. `gone`: names of older backups that went, because their time was over."""

    manifest: Manifest
    gone: list[str]
    files_gone: int


def make_backup(plan: Plan, *, now: datetime, say: Say = lambda _line: None) -> Made:
    """Make a backup, read it back, then remove the ones whose time is over. Raises BackupError; then nothing of it stays."""
    there = Folders(directory=plan.directory, keys_directory=plan.keys_directory)
    prepared(plan.keys_directory)
    with folders.alone(plan.directory):
        folders.remove_leftovers(there)
        name = name_of(now)
        if (there.directory / name).exists():
            raise BackupError(f"There is a backup of this second already: {name}.")
        _refuse_without_room(there)
        try:
            manifest = _made(plan, there, name, now=now, say=say)
        except OSError as error:
            folders.remove_leftovers(there)
            raise unwritable(Path(error.filename or plan.directory), error) from None
        except BaseException:
            folders.remove_leftovers(there)
            raise
        _tell(manifest, now)
        gone, files_gone = forget_old(plan, there, now=now)
        return Made(manifest, gone, files_gone)


def _made(plan: Plan, there: Folders, name: str, *, now: datetime, say: Say) -> Manifest:
    here = prepared(there.directory / f"{folders.BEING_MADE}{name}")
    keys = prepared(there.keys_directory / f"{folders.BEING_MADE}{name}")
    with _one_moment() as (link, snapshot):
        cursor = link.cursor()
        server = contents.server_of(link)
        pg_dump = program("pg_dump", at_least=server)
        dump = [pg_dump, *DUMPING, f"--snapshot={snapshot}"]
        everything_else = [*dump, f"--exclude-table-data=public.{contents.KEYS_TABLE}"]
        # Files first come, then their rows: whatever a row of this moment names is there now, or has been erased.
        say("files")
        listed = _files(there, here)
        say("database")
        parts = {
            DATABASE: (HERE, _dumped(everything_else, here / DATABASE, plan)),
            LIST: (HERE, digest_of(here / LIST)),
            DATA_KEYS: (
                KEYS,
                _dumped([*dump, "--data-only", f"--table=public.{contents.KEYS_TABLE}"], keys / DATA_KEYS, plan),
            ),
        }
        say("keys")
        copies = {KEY_FILE: settings.KEY_FILE, HEADS: settings.AUDIT_HEADS, LEDGER: settings.ERASURE_LEDGER}
        for part, path in copies.items():
            if Path(path).exists():
                parts[part] = (KEYS, _sealed_copy(Path(path), keys / part, plan))
        manifest = Manifest(
            name=name,
            made_at=now.isoformat(timespec="seconds"),
            program=settings.VERSION,
            server=server,
            dumped_by=version_of(pg_dump),
            migrations=contents.migrations_of(cursor),
            rows=contents.rows_of(cursor),
            chain=contents.chain_of(cursor),
            ledger_lines=_lines_in(Path(settings.ERASURE_LEDGER)),
            wrapped_by=contents.wrapped_by(cursor),
            data_keys=contents.data_keys_of(cursor),
            recipients=list(plan.recipients),
            files={"count": len(listed), "bytes": sum(each.size for each in listed)},
            parts={part: {"where": where} | dataclasses.asdict(it) for part, (where, it) in parts.items()},
        ).signed()
    folders.write_whole(here / folders.MANIFEST, manifest.to_text())
    say("reading it back")
    if found := damaged_parts(manifest, here, keys):
        raise BackupError(f"What was written is not what comes back: {'; '.join(found)}. Look at the disk.")
    # The keys first: without them the rest would not be a backup.
    come_into_being(keys, name)
    come_into_being(here, name)
    return manifest


@contextmanager
def _one_moment() -> Iterator[tuple[Any, str]]:
    """Yield a connection that goes on seeing one moment, and a name by which pg_dump sees the same."""
    link: Any = connection.get_new_connection(connection.get_connection_params())
    try:
        link.autocommit = True
        link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield link, link.execute("SELECT pg_export_snapshot()").fetchone()[0]
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be read: {str(error).strip()}") from None
    finally:
        link.close()


def _dumped(command: list[Any], target: Path, plan: Plan) -> Sealed:
    with output_of(command, environment_for(), failed="pg_dump failed") as output:
        return seal(output, target, plan.recipients)


def _sealed_copy(source: Path, target: Path, plan: Plan) -> Sealed:
    with source.open("rb") as file:
        content: Source = file
        return seal(content, target, plan.recipients)


def _files(there: Folders, here: Path) -> list[files.Kept]:
    """Bring the store up to date and list what is in it for this backup."""
    known = {each.path: each for name in there.names()[-1:] for each in files_listed(there, name)}
    try:
        listed = files.copy_new(place(), prepared(there.files), known)
    except StorageIsAway:
        raise BackupError(files.AWAY) from None
    folders.write_whole(here / LIST, files.to_text(listed))
    return listed


def _lines_in(path: Path) -> int:
    try:
        return len(path.read_bytes().splitlines())
    except FileNotFoundError:
        return 0


def _refuse_without_room(there: Folders) -> None:
    """Refuse at once where the last backup would not fit any more, before anything is read."""
    before = there.names()[-1:]
    needed = sum(there.manifest(name).total_bytes for name in before)
    free = shutil.disk_usage(there.directory).free
    if needed > free:
        raise BackupError(
            f"{there.directory} has {free // 2**20} MB free, and the last backup took {needed // 2**20} MB. Make room there; nothing was done."
        )


@transaction.atomic
def _tell(manifest: Manifest, now: datetime) -> None:
    """Let the database say when the last backup was made, for every process that is asked."""
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": now})
    record(
        "lifecycle.backup_made",
        by=None,
        now=now,
        name=manifest.name,
        bytes=manifest.total_bytes,
        files=manifest.files["count"],
    )


def forget_old(plan: Plan, there: Folders, *, now: datetime) -> tuple[list[str], int]:
    """Remove backups, copies of keys and files whose time is over; return the names of the backups, and how many files."""
    names = there.names()
    stay = kept({name: moment_of(name) for name in names}, plan.keep, now=now)
    gone = [name for name in names if name not in stay]
    for name in gone:
        folders.remove(there.directory / name)
    copies = there.names_of_keys()
    keys_stay = keys_kept({name: moment_of(name) for name in copies}, plan.keep, now=now)
    for name in copies:
        if name not in keys_stay:
            folders.remove(there.keys_directory / name)
    needed = {each.path for name in there.names() for each in files_listed(there, name)}
    return gone, files.forget(there.files, needed)
