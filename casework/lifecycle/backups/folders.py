"""The two folders of backups, what lies in them, and how something comes there whole or not at all.

    directory/20261128T013000Z/        database.dump.age, files.list, manifest.json
    directory/files/ab/ab12...         sealed files, once for all backups that name them
    keys_directory/20261128T013000Z/   data-keys.dump.age, key-file.age, audit-heads.age, erasure-ledger.age

Whatever is being made has a name that begins with a point, and gets its own when it is complete and on the disk.
"""

import contextlib
import dataclasses
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from .errors import AnotherIsAtWork, BackupError, unwritable
from .manifest import Manifest, ManifestUnreadable

NAME = re.compile(r"\d{8}T\d{6}Z")
MADE_AS = "%Y%m%dT%H%M%SZ"
MANIFEST = "manifest.json"
FILES = "files"
BEING_MADE, BEING_REMOVED = ".being-made-", ".being-removed-"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where the backups of an installation are."""

    directory: Path
    keys_directory: Path

    @property
    def files(self) -> Path:
        return self.directory / FILES

    def names(self) -> list[str]:
        """Return the names of what is complete, the oldest first."""
        return _names_in(self.directory, MANIFEST)

    def names_of_keys(self) -> list[str]:
        return _names_in(self.keys_directory)

    def manifest(self, name: str) -> Manifest:
        """Raises BackupError."""
        path = self.directory / name / MANIFEST
        try:
            return Manifest.from_text(path.read_text("utf-8"))
        except FileNotFoundError:
            raise BackupError(f"There is no backup {name} in {self.directory}.") from None
        except (OSError, UnicodeDecodeError, ManifestUnreadable):
            raise BackupError(f"{path} cannot be read: this backup is damaged. Take another one.") from None

    def chosen(self, name: str) -> str:
        """Return the name of a backup that is there; `latest` is the newest. Raises BackupError."""
        names = self.names()
        if not names:
            raise BackupError(f"There is no backup in {self.directory}.")
        if name == "latest":
            return names[-1]
        if name not in names:
            raise BackupError(f"There is no backup {name} in {self.directory}. There are {', '.join(names[-5:])}.")
        return name

    def keys_for(self, name: str) -> str:
        """Return the copy of keys that opens a backup: that of the same moment, or else the newest. Raises BackupError."""
        names = self.names_of_keys()
        if name in names:
            return name
        if not names or names[-1] < name:
            raise BackupError(f"There is no copy of the keys for {name} in {self.keys_directory}.")
        return names[-1]


def moment_of(name: str) -> datetime:
    return datetime.strptime(name, MADE_AS).replace(tzinfo=UTC)


def name_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(MADE_AS)


def prepared(path: Path) -> Path:
    """Have a folder that only we may enter. Raises BackupError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None
    return path


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold the folder of backups. Raises AnotherIsAtWork rather than wait."""
    prepared(directory)
    try:
        handle = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unwritable(directory, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise AnotherIsAtWork(
            f"Another process is at work in {directory}. Try again when it has come to its end."
        ) from None
    try:
        yield
    finally:
        os.close(handle)


def remove_leftovers(folders: Folders) -> None:
    """Remove what was not finished: whoever made it was stopped or killed. Only for whoever holds the folder."""
    for folder in (folders.directory, folders.keys_directory):
        for path in sorted(folder.glob(".being-*")) if folder.is_dir() else ():
            shutil.rmtree(path, ignore_errors=True)
    for path in folders.files.glob("??/.*"):
        path.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a backup: first its name, so that half of one is never taken for a whole."""
    going = path.with_name(f"{BEING_REMOVED}{path.name}")
    path.rename(going)
    flush(path.parent)
    shutil.rmtree(going)


def come_into_being(being_made: Path, name: str) -> None:
    """Give what is complete its name, on the disk."""
    flush(being_made)
    being_made.rename(being_made.with_name(name))
    flush(being_made.parent)


def flush(folder: Path) -> None:
    """See the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """Write a new file that nobody else may read, and see it on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _names_in(folder: Path, needed: str = "") -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if NAME.fullmatch(path.name) and (path / needed).exists())
