"""Sealed files: each is copied once, because what is under a name never changes; backups only list them."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

from .errors import BackupError
from .folders import flush
from .sealing import PIECE, private


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """A sealed file in the store, by its path there."""

    path: str
    size: int
    sha256: str


def copy_new(source: Path, store: Path, known: Mapping[str, Kept]) -> list[Kept]:
    """Copy what is not in the store yet; return all that is in the source now. Raises OSError."""
    found, folders = [], set()
    for path in _files_in(source):
        there = f"{path.parent.name}/{path.name}"
        before = known.get(there)
        if before is not None and _size(store / there) == before.size:
            found.append(before)
            continue
        try:
            found.append(_copy(path, store / there, there))
        except FileNotFoundError:
            if not path.exists():
                continue  # erased or swept meanwhile
            raise
        folders.add((store / there).parent)
    for folder in folders:
        flush(folder)
    return found


def put_back(listed: Iterable[Kept], store: Path, target: Path) -> int:
    """Copy files of a backup to where the application reads them; those that are there already stay. Return how many were copied.

    Raises BackupError for one that is missing or is not what it was.
    """
    count = 0
    for kept in listed:
        to = target / kept.path
        if _size(to) == kept.size:
            continue
        try:
            copied = _copy(store / kept.path, to, kept.path)
        except FileNotFoundError:
            raise BackupError(f"The file {kept.path} of this backup is not in {store}.") from None
        if copied != kept:
            to.unlink(missing_ok=True)
            raise BackupError(f"The file {kept.path} in {store} is not what it was when it was copied.")
        count += 1
    return count


def forget(store: Path, needed: set[str]) -> int:
    """Remove what no backup lists any more; return how many files."""
    count = 0
    for path in _files_in(store):
        if f"{path.parent.name}/{path.name}" not in needed:
            path.unlink(missing_ok=True)
            count += 1
    return count


def to_text(listed: Iterable[Kept]) -> str:
    return "".join(json.dumps(dataclasses.astuple(each)) + "\n" for each in listed)


def from_text(text: str) -> list[Kept]:
    """Raises BackupError."""
    try:
        listed = [Kept(*json.loads(line)) for line in text.splitlines()]
        for each in listed:
            folder, name = each.path.split("/")
            if UUID(name).hex != name or folder != name[:2]:
                raise ValueError
    except (ValueError, TypeError, AttributeError):
        raise BackupError("The list of files of this backup cannot be read.") from None
    return listed


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else ():
        if len(path.name) == 32 and path.name[:2] == path.parent.name:
            yield path


def _copy(source: Path, target: Path, there: str) -> Kept:
    """Copy a file beside its place, see it on the disk, give it its name; return what was copied."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}")
    try:
        with source.open("rb") as reading, open(beside, "wb", opener=private) as writing:
            while piece := reading.read(PIECE):
                digest.update(piece)
                size += len(piece)
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())
        beside.rename(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return Kept(there, size, digest.hexdigest())


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
