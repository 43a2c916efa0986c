"""Puts a backup back into an empty database: nothing of it stays if it does not come to its end."""

import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from casework.accounts.models import Session
from casework.audit import verify as audit
from casework.audit.heads import ChainDoesNotContinue, Head, HeadUnreadable, write_head
from casework.audit.models import Seal
from casework.audit.record import record
from casework.audit.seal import seal_waiting
from casework.documents.places import StorageIsAway, place
from casework.lib.ids import new_id
from casework.lifecycle.erasure import ledger
from casework.lifecycle.erasure.acts import reconcile
from casework.lifecycle.erasure.ledger import LedgerUnreadable
from casework.lifecycle.erasure.replay import replay
from casework.reports.models import Export
from casework.vault.keys import provider
from casework.vault.secret_text import secrets_of

from . import contents, files, left_out
from .errors import BackupError
from .folders import Folders
from .making import DATA_KEYS, DATABASE, HEADS, KEY_FILE, LEDGER
from .manifest import Manifest
from .programs import environment_for, input_of, program
from .reading import contents_of_dump, damaged_parts, files_listed
from .samples import Opened, open_some
from .sealing import unseal

SAMPLE = 100
CHECKED = "backup_check"
# Rights on these belong to whoever made the database, so a plain owner cannot put their comments back.
OF_THE_SERVER = (" COMMENT - EXTENSION ", " SCHEMA - public ", " COMMENT - SCHEMA public ")
# Whatever was begun in an empty database: nothing that extensions brought.
EMPTY_AGAIN = """
DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT oid::regclass AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', it.name);
    END LOOP;
    FOR it IN SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('DROP SEQUENCE IF EXISTS %s CASCADE', it.name);
    END LOOP;
    FOR it IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', it.name);
    END LOOP;
END $$
"""

Say = Callable[[str], None]


@dataclasses.dataclass(slots=True)
class Restored:
    """What came of it. `wrong`: what is not as it should be, in words. `notes`: what whoever restores should know."""

    manifest: Manifest
    rows: int = 0
    files: int = 0
    erased_again: int = 0
    opened: Opened = dataclasses.field(default_factory=Opened)
    wrong: list[str] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)


class Steps:
    """Says what is being done, and how long the last thing took."""

    def __init__(self, say: Say) -> None:
        self.say, self.since, self.doing = say, time.monotonic(), ""

    def now(self, what: str) -> None:
        if self.doing:
            self.say(f"{self.doing}: {time.monotonic() - self.since:.1f} s")
        self.since, self.doing = time.monotonic(), what


def restore(
    there: Folders, name: str, *, identities: Sequence[Any], now: datetime, say: Say, other_ledger: Path | None = None
) -> Restored:
    """Put a backup into the database of the settings, which must be empty; then erase again, verify, count and open samples.

    Raises BackupError, and then the database is as empty as it was.
    """
    steps = Steps(say)
    steps.now("reading the backup")
    manifest, keys = checked(there, name, identities)
    _refuse_newer(manifest)
    with _link(None) as link:
        _refuse_unfit(link, manifest)
    # Sealed files open for nobody without the database: if it goes wrong, they are in nobody's way, and need not come twice.
    steps.now("files")
    result = Restored(manifest)
    result.files, damaged = _files(there, name)
    result.wrong += damaged
    steps.now("database")
    into_empty_database(there, name, keys, manifest, identities)
    steps.now("counting rows")
    with connection.cursor() as cursor:
        found = contents.rows_of(cursor)
    result.rows = sum(found.values())
    result.wrong += differences(manifest.rows, found)
    steps.now("bringing the tables to this program")
    _migrate(result)
    Session.objects.all().delete()  # whoever had signed out would be signed in again
    Export.objects.filter(ready_at__isnull=False).delete()  # of which nothing was copied
    steps.now("heads of the audit trail")
    _heads(there, keys, identities, result, now)
    steps.now("erasing again")
    _erase_again(there, identities, result, other=other_ledger, now=now)
    steps.now("what is searched by")
    _search_again(result)
    steps.now("audit trail")
    _verify_audit(result, now)
    steps.now("opening samples")
    result.opened = open_some(SAMPLE)
    result.wrong += [f"{each} does not open" for each in result.opened.failed]
    steps.now("")
    return result


def try_out(there: Folders, name: str, *, identities: Sequence[Any], say: Say) -> Restored:
    """Put a backup into a database of its own on our server, count, open samples, and remove it. Raises BackupError."""
    steps = Steps(say)
    steps.now("reading the backup")
    manifest, keys = checked(there, name, identities)
    result = Restored(manifest)
    with _database_for_a_while() as database:
        steps.now("database")
        into_empty_database(there, name, keys, manifest, identities, database=database)
        with _reached(database):
            steps.now("counting rows")
            with connections[CHECKED].cursor() as cursor:
                found = contents.rows_of(cursor)
            result.rows = sum(found.values())
            result.wrong += differences(manifest.rows, found)
            steps.now("opening samples")
            if _is_of_this_program(manifest):
                result.opened = open_some(SAMPLE, using=CHECKED)
                result.wrong += [f"{each} does not open" for each in result.opened.failed]
            else:
                result.notes.append("The tables are of another version of the program: no samples were opened.")
            steps.now("")
    return result


def checked(there: Folders, name: str, identities: Sequence[Any]) -> tuple[Manifest, Path]:
    """Refuse what is damaged, what the secret key does not open, and what the key file would not open. Return where its keys are."""
    manifest = there.manifest(name)
    if manifest.signer_is_known() and not manifest.is_genuine():
        raise BackupError("The manifest of this backup was altered: its signature is not true. Take another one.")
    copy = there.keys_for(name)
    own, keys = there.keys_directory / name, there.keys_directory / copy
    if found := damaged_parts(manifest, there.directory / name, own if own.is_dir() else None):
        raise BackupError(f"This backup is damaged: {'; '.join(found)}. Take another one.")
    if (keys / KEY_FILE).exists():
        unseal(keys / KEY_FILE, lambda _piece: None, identities)  # at once, rather than after an hour
    ring = provider().ring("data")
    held = set(ring.keys) if ring is not None else set()
    if missing := [key_id for key_id in _wrapped_by(there, manifest, copy) if key_id not in held]:
        raise BackupError(
            f"The key file {settings.KEY_FILE} does not hold {', '.join(missing)}, without which this backup cannot be read. "
            f"Take the key file of that night: move yours aside, then bin/manage restore_key_file {copy} --identity FILE"
        )
    return manifest, keys


def _wrapped_by(there: Folders, manifest: Manifest, copy: str) -> list[str]:
    """Return the ids of the keys that open the copy of data keys: not those of the backup's own night, where a later copy is taken."""
    if copy == manifest.name:
        return manifest.wrapped_by
    try:
        return there.manifest(copy).wrapped_by
    except BackupError:
        return []  # then it shows when samples are opened


def into_empty_database(
    there: Folders, name: str, keys: Path, manifest: Manifest, identities: Sequence[Any], *, database: str | None = None
) -> None:
    """Load both dumps, and between them the tables that lie apart. Raises BackupError, and then the database is as empty as it was."""
    dump = there.directory / name / DATABASE
    with _link(database) as link:
        _refuse_unfit(link, manifest)
        server = contents.server_of(link)
        at_least = max(server, int(manifest.dumped_by.split(".")[0]))
        base = [program("pg_restore", at_least=at_least), "--no-owner", "--no-privileges", "--exit-on-error"]
        environ = environment_for(database)
        base += [f"--dbname={environ['PGDATABASE']}", "--single-transaction"]
        with _wanted(dump, identities, at_least) as listed:
            try:
                for section in ("pre-data", "data"):
                    _load([*base, f"--section={section}", f"--use-list={listed}"], dump, environ, identities)
                for part, (table, columns) in manifest.tables().items():
                    left_out.load(link, table, columns, there.directory / name / part, identities)
                # The keys come between: what refers to them is checked with the last section.
                _load([*base, "--data-only"], keys / DATA_KEYS, environ, identities)
                _load([*base, "--section=post-data", f"--use-list={listed}"], dump, environ, identities)
                link.execute("ANALYZE")
            except BaseException:
                with suppress(psycopg.Error):
                    link.execute(EMPTY_AGAIN)
                raise


def differences(expected: dict[str, int], found: dict[str, int]) -> list[str]:
    """Return which tables have another number of rows than the manifest says."""
    # Copies of data keys may be newer than the rest: then there are keys of people who came later.
    return [
        f"{table} has {found.get(table, 0)} rows and had {rows}"
        for table, rows in expected.items()
        if (found.get(table, 0) < rows if table == contents.KEYS_TABLE else found.get(table) != rows)
    ]


@contextmanager
def _link(database: str | None) -> Iterator[Any]:
    params = connection.get_connection_params() | ({"dbname": database} if database else {})
    try:
        link: Any = connection.get_new_connection(params)
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be reached: {str(error).strip()}") from None
    link.autocommit = True
    try:
        yield link
    except psycopg.Error as error:
        raise BackupError(f"The database refuses: {str(error).strip()}") from None
    finally:
        link.close()


def _refuse_unfit(link: Any, manifest: Manifest) -> None:
    if there := contents.tables(link.cursor()):
        raise BackupError(
            f"The database is not empty: it has {len(there)} tables. A backup goes into an empty one only; make one: createdb, as docs/backup.md says."
        )
    server = contents.server_of(link)
    if server < manifest.server:
        raise BackupError(
            f"The backup is of PostgreSQL {manifest.server}, and this server is {server}: an older one cannot take it."
        )


@contextmanager
def _wanted(dump: Path, identities: Sequence[Any], at_least: int) -> Iterator[str]:
    """Yield a file that lists what is to be restored: names of tables, nothing about anybody."""
    lines = contents_of_dump(dump, identities, at_least=at_least)
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        file.write("\n".join(line for line in lines if not any(each in line for each in OF_THE_SERVER)) + "\n")
        file.flush()
        yield file.name


def _load(command: list[Any], dump: Path, environ: dict[str, str], identities: Sequence[Any]) -> None:
    with input_of(command, environ, failed="pg_restore failed, and nothing was kept") as into:
        unseal(dump, into.write, identities)


def _refuse_newer(manifest: Manifest) -> None:
    """Refuse what a newer program has made: this one does not know its tables."""
    known = {(label, name) for label, name in MigrationExecutor(None).loader.disk_migrations}
    theirs = {(app, name) for app, names in manifest.migrations.items() for name in names}
    unknown = sorted(
        f"{app}.{name}" for app, name in theirs - known if app in {it.label for it in apps.get_app_configs()}
    )
    if unknown:
        raise BackupError(
            f"This backup was made by a newer Casework ({manifest.program}), with {unknown[0]}. Check out that version, then restore."
        )


def _is_of_this_program(manifest: Manifest) -> bool:
    theirs = {(app, name) for app, names in manifest.migrations.items() for name in names}
    return theirs >= set(MigrationExecutor(None).loader.disk_migrations)


def _files(there: Folders, name: str) -> tuple[int, list[str]]:
    """Put the files back. Raises BackupError where that cannot be done at all."""
    try:
        return files.put_back(files_listed(there, name), there.files, place())
    except StorageIsAway:
        raise BackupError(files.AWAY) from None
    except OSError as error:
        raise BackupError(
            f"{error.filename or settings.SCANS_DIR}: {error.strerror}. Nothing was put into the database yet; try again when there is room."
        ) from None


def _migrate(result: Restored) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
        result.notes.append("The backup was made by an older program; its tables were brought to this one.")


def _heads(there: Folders, keys: Path, identities: Sequence[Any], result: Restored, now: datetime) -> None:
    """Let the heads outside be those of the backup: later ones are of a chain that is not here, and nothing more could be signed."""
    path = Path(settings.AUDIT_HEADS)
    found = path.read_bytes() if path.exists() else None
    if found is None:
        found = _content(keys / HEADS, identities) if (keys / HEADS).exists() else b""
    copy = b"".join(line for line in found.splitlines(keepends=True) if _is_up_to(line, result.manifest.chain["pos"]))
    if path.exists():
        if copy == found:
            return
        aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
        path.rename(aside)
        result.notes.append(
            f"The heads of the audit trail were moved to {aside}: keep them, they say what was recorded after the backup was made."
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(copy)


def _search_again(result: Restored) -> None:
    """Make anew what was left out, and whatever is under a key that was taken out of the key file since."""
    count, failed = left_out.make_anew()
    if count:
        result.notes.append(f"{count:,} search forms and hashes were made anew.")
    result.wrong += failed
    known = {"", *(secret.id for secret in provider().secrets())}
    factors = Authenticator.objects.values_list("data", flat=True)
    if lost := sum(bool(secrets_of(each) - known) for each in factors):
        result.notes.append(
            f"{lost} second factors were sealed with a secret that the key file does not hold any more: reset them on the pages of these people."
        )


def _verify_audit(result: Restored, now: datetime) -> None:
    """Compare the trail with itself, with the heads, and with what the signed manifest says; then sign where it ends now."""
    record("lifecycle.backup_restored", by=None, now=now, name=result.manifest.name, erased=result.erased_again)
    seal_waiting()
    found = [f"audit trail: {finding.says}" for finding in audit.verify().findings]
    pos, digest = result.manifest.chain["pos"], result.manifest.chain["hash"]
    last = Seal.objects.filter(pos=pos).first()
    if pos and (last is None or bytes(last.hash).hex() != digest):
        found.append(f"audit trail: at place {pos} it is not what it was when the backup was made")
    if not found:
        try:
            write_head(now=now, at_once=True)
        except (ChainDoesNotContinue, HeadUnreadable) as error:
            found.append(f"audit trail: {error}")
    result.wrong += found


def _is_up_to(line: bytes, pos: int) -> bool:
    try:
        return Head.from_line(line.decode("utf-8", "replace")).pos <= pos
    except HeadUnreadable:
        return True  # verifying names it


def _erase_again(
    there: Folders, identities: Sequence[Any], result: Restored, *, other: Path | None, now: datetime
) -> None:
    """Erase what was erased since, by every ledger that is at hand: that of this server, and the newest copy beside the backups."""
    take_over_ledger(there, identities, result)
    try:
        reconcile(now)
        for path in (other, None):
            if path is None or path.exists():
                done = replay(now=now, path=path)
                result.erased_again += len(done.again)
                result.wrong += [
                    f"erasure {each} was confirmed, and the ledger does not say that it was done"
                    for each in done.unclear
                ]
    except LedgerUnreadable as error:
        result.wrong.append(f"{error}: erase again with another copy of it, bin/manage replay_erasures --ledger FILE")


def take_over_ledger(there: Folders, identities: Sequence[Any], result: Restored) -> None:
    """Add to the ledger of this server what only the newest copy says: on a new machine there may be one that knows of less."""
    own = Path(settings.ERASURE_LEDGER)
    copies = [there.keys_directory / name / LEDGER for name in there.names_of_keys()]
    newest = next((path for path in reversed(copies) if path.exists()), None)
    if newest is None:
        return
    try:
        content = _content(newest, identities)
    except BackupError as error:
        result.wrong.append(
            f"the ledger of erasures that was kept with {newest.parent.name} does not open ({error}): what was erased until then may be "
            "back. With the key that opens it: bin/manage replay_erasures --ledger FILE"
        )
        return
    was_there = own.exists()
    added, refused = ledger.add(content.decode("utf-8", "replace").splitlines())
    if added and was_there:
        result.notes.append(
            f"{added} lines of the copy of {newest.parent.name} were added to the ledger of erasures at {own}."
        )
    elif added:
        result.notes.append(
            f"There was no ledger of erasures at {own}; the copy of {newest.parent.name} was put there. What was erased after that is back: "
            "look for a newer copy, then bin/manage replay_erasures --ledger FILE"
        )
    if refused:
        result.wrong.append(
            f"{refused} lines of the ledger of erasures of {newest.parent.name} are damaged, or signed with a key of somebody else: erase "
            "again with another copy of it, bin/manage replay_erasures --ledger FILE"
        )


def _content(path: Path, identities: Sequence[Any]) -> bytes:
    pieces: list[bytes] = []
    unseal(path, lambda piece: pieces.append(bytes(piece)), identities)
    return b"".join(pieces)


@contextmanager
def _database_for_a_while() -> Iterator[str]:
    """Have an empty database on our server. Raises BackupError where our role may not make one."""
    name = f"backup_check_{new_id().hex[:12]}"
    with _link(None) as link:
        try:
            link.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except psycopg.errors.InsufficientPrivilege:
            raise BackupError(
                "The role of DATABASE_URL may not make databases, which --deep needs. Use a server for trying, or give it the right: ALTER ROLE ... CREATEDB"
            ) from None
        try:
            yield name
        finally:
            link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _reached(database: str) -> Iterator[None]:
    """Let the models read another database, under a name of its own."""
    connections.settings[CHECKED] = connections["default"].settings_dict | {"NAME": database}
    try:
        yield
    finally:
        connections[CHECKED].close()
        del connections[CHECKED]
        del connections.settings[CHECKED]
