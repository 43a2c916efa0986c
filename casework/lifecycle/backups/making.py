"""Makes a backup: everything as of one moment, sealed while it is read, whole or not at all."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import close_old_connections, connection, transaction

from casework.audit.record import record
from casework.documents.places import StorageIsAway, place
from casework.reminders.models import Heartbeat
from casework.vault.keys import provider

from . import contents, files, folders, left_out
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

CLOCKS_DIFFER = timedelta(hours=1)

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What came of it. `gone`: names of older backups that went, because their time was over. `damaged`: what is wrong with others."""

    manifest: Manifest
    gone: list[str]
    files_gone: int
    damaged: list[str]


def make_backup(plan: Plan, *, now: datetime, say: Say = lambda _line: None) -> Made:
    """Make a backup, read it back, then remove the ones whose time is over. Raises BackupError; then nothing of it stays."""
    there = Folders(directory=plan.directory, keys_directory=plan.keys_directory)
    prepared(plan.keys_directory)
    with folders.alone(plan.directory):
        folders.remove_leftovers(there)
        name = name_of(now)
        if (there.directory / name).exists():
            raise BackupError(f"There is a backup of this second already: {name}.")
        _refuse_wrong_clock(there, now)
        _refuse_without_room(there)
        try:
            manifest = _made(plan, there, name, now=now, say=say)
        except OSError as error:
            folders.remove_leftovers(there)
            raise unwritable(Path(error.filename or plan.directory), error) from None
        except BaseException:
            folders.remove_leftovers(there)
            raise
        close_old_connections()  # it may have taken hours
        _tell(manifest, now)
        return Made(manifest, *forget_old(plan, there, now=now))


def _made(plan: Plan, there: Folders, name: str, *, now: datetime, say: Say) -> Manifest:
    here = prepared(there.directory / f"{folders.BEING_MADE}{name}")
    keys = prepared(there.keys_directory / f"{folders.BEING_MADE}{name}")
    # Files first come, then their rows; and a page that is turned has another file at once. So files are copied before that
    # moment too: whatever a row of it names was there before, or is there now, or has been erased.
    say("files")
    before = _files(there, _listed_last(there))
    with _one_moment() as (link, snapshot):
        cursor = link.cursor()
        server = contents.server_of(link)
        pg_dump = program("pg_dump", at_least=server)
        dump = [pg_dump, *DUMPING, f"--snapshot={snapshot}"]
        listed = before | _files(there, before)
        folders.write_whole(here / LIST, files.to_text(listed[path] for path in sorted(listed)))
        say("database")
        tables = left_out.tables(cursor)
        apart = [f"--exclude-table-data=public.{name}" for name in (contents.KEYS_TABLE, *left_out.FORGOTTEN, *tables)]
        of_keys = ["--data-only", f"--table=public.{contents.KEYS_TABLE}"]
        parts: dict[str, dict[str, Any]] = {
            DATABASE: _part(HERE, _dumped([*dump, *apart], here / DATABASE, plan)),
            LIST: _part(HERE, digest_of(here / LIST)),
            DATA_KEYS: _part(KEYS, _dumped([*dump, *of_keys], keys / DATA_KEYS, plan)),
        }
        for table, columns in tables.items():
            part = left_out.part_of(table)
            rows = left_out.Rows(link, table, columns)
            parts[part] = _part(HERE, seal(rows, here / part, plan.recipients)) | {"table": table, "columns": columns}
        say("keys")
        copies = {KEY_FILE: settings.KEY_FILE, HEADS: settings.AUDIT_HEADS, LEDGER: settings.ERASURE_LEDGER}
        for part, path in copies.items():
            if Path(path).exists():
                parts[part] = _part(KEYS, _sealed_copy(Path(path), keys / part, plan))
        wrapped_by = contents.wrapped_by(cursor)
        _refuse_without_key(wrapped_by)
        manifest = Manifest(
            name=name,
            made_at=now.isoformat(timespec="seconds"),
            program=settings.VERSION,
            server=server,
            dumped_by=version_of(pg_dump),
            migrations=contents.migrations_of(cursor),
            rows=contents.rows_of(cursor) | dict.fromkeys(left_out.FORGOTTEN, 0),
            chain=contents.chain_of(cursor),
            ledger_lines=_lines_in(Path(settings.ERASURE_LEDGER)),
            wrapped_by=wrapped_by,
            data_keys=contents.data_keys_of(cursor),
            recipients=list(plan.recipients),
            files={"count": len(listed), "bytes": sum(each.size for each in listed.values())},
            parts=parts,
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
    try:
        with closing(connection.get_new_connection(connection.get_connection_params())) as opened:
            link: Any = opened
            link.autocommit = True
            link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield link, link.execute("SELECT pg_export_snapshot()").fetchone()[0]
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be read: {str(error).strip()}") from None


def _dumped(command: list[Any], target: Path, plan: Plan) -> Sealed:
    with output_of(command, environment_for(), failed="pg_dump failed") as output:
        return seal(output, target, plan.recipients)


def _sealed_copy(source: Path, target: Path, plan: Plan) -> Sealed:
    with source.open("rb") as file:
        content: Source = file
        return seal(content, target, plan.recipients)


def _part(where: str, sealed: Sealed) -> dict[str, Any]:
    return {"where": where} | dataclasses.asdict(sealed)


def _files(there: Folders, known: Mapping[str, files.Kept]) -> dict[str, files.Kept]:
    """Bring the store up to date; return what is in it now of what the application has, by path."""
    try:
        return {each.path: each for each in files.copy_new(place(), prepared(there.files), known)}
    except StorageIsAway:
        raise BackupError(files.AWAY) from None


def _listed_last(there: Folders) -> dict[str, files.Kept]:
    """Return what the last backup lists of which the list can be read: a damaged one must not keep others from being made."""
    for name in reversed(there.names()):
        with suppress(BackupError):
            return {each.path: each for each in files_listed(there, name)}
    return {}


def _refuse_without_key(wrapped_by: list[str]) -> None:
    """Refuse where the copy of the key file would not open the copy of the data keys: a key was taken out meanwhile, or it is another file."""
    ring = provider().ring("data")
    held = set(ring.keys) if ring is not None else set()
    if gone := [key_id for key_id in wrapped_by if key_id not in held]:
        raise BackupError(
            f"The key file {settings.KEY_FILE} does not hold {', '.join(gone)}, without which this backup could not be read: it is another one "
            "than the pages use, or a key was taken out of it while this was made. Nothing was kept; make the backup again."
        )


def _lines_in(path: Path) -> int:
    try:
        return len(path.read_bytes().splitlines())
    except FileNotFoundError:
        return 0


def _refuse_wrong_clock(there: Folders, now: datetime) -> None:
    """Refuse beside a backup of a moment to come: for years that one would be the latest, and its keys the newest."""
    ahead = [name for name in there.names() if moment_of(name) > now + CLOCKS_DIFFER]
    if ahead:
        raise BackupError(
            f"There is a backup {ahead[-1]}, and here it is {name_of(now)}: the clock was wrong then, or is wrong now. "
            "Set it right, or move that backup and its keys away; nothing was done."
        )


def _refuse_without_room(there: Folders) -> None:
    """Refuse at once where the last backup would not fit any more, before anything is read."""
    needed = 0
    for name in reversed(there.names()):
        with suppress(BackupError):
            needed = there.manifest(name).total_bytes
            break
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


def forget_old(plan: Plan, there: Folders, *, now: datetime) -> tuple[list[str], int, list[str]]:
    """Remove backups, copies of keys and files whose time is over.

    Return the names of the backups, how many files, and which lists of files cannot be read: then no file goes, since that
    backup may need it.
    """
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
    needed, damaged = set(), []
    for name in there.names():
        try:
            needed |= {each.path for each in files_listed(there, name)}
        except BackupError:
            damaged.append(
                f"The list of files of {name} cannot be read: this backup is damaged. No file was removed, since it may need it."
            )
    return gone, 0 if damaged else files.forget(there.files, needed), damaged
