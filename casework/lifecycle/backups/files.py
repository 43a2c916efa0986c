"""Sealed files: each is copied once, because what is under a name never changes; backups only list them."""

import dataclasses
import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

from casework.documents.places import FileIsMissing, Place

from .errors import BackupError
from .folders import flush
from .sealing import PIECE, private

AWAY = "The storage that FILES_URL names does not answer, or refuses us; the line above says which. Nothing was kept; try again."


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """A sealed file in the store, by its path there."""

    path: str
    size: int
    sha256: str


def copy_new(source: Place, store: Path, known: Mapping[str, Kept]) -> list[Kept]:
    """Copy what is not in the store yet; return all that is in the source now. Raises OSError, StorageIsAway."""
    found, folders = [], set()
    for file_id in sorted(each.file_id for each in source.older_than(math.inf) if each.file_id):
        there = f"{file_id.hex[:2]}/{file_id.hex}"
        before = known.get(there)
        if before is not None and _size(store / there) == before.size:
            found.append(before)
            continue
        try:
            found.append(_copy(source.read(file_id), store / there, there))
        except FileIsMissing:
            continue  # erased or swept meanwhile
        folders.add((store / there).parent)
    for folder in folders:
        flush(folder)
    return found


def put_back(listed: Iterable[Kept], store: Path, target: Place) -> tuple[int, list[str]]:
    """Copy files of a backup to where the application reads them; those that are there already stay.

    Return how many were copied, and in words which ones are missing or are not what they were: for the sake of one picture nobody
    wants to do without the rest. Raises OSError, StorageIsAway.
    """
    sizes, count, wrong = _there_already(target), 0, []
    for kept in listed:
        file_id = UUID(kept.path[-32:])
        if sizes.get(file_id) == kept.size:
            continue
        try:
            target.write(file_id, _as_it_was(kept, store))
        except BackupError as error:
            wrong.append(str(error))
            continue
        count += 1
    return count, wrong


def _there_already(target: Place) -> dict[UUID, int]:
    """Return the sizes of what is there, and remove what was not written to its end: it would be in the way."""
    sizes = {}
    for each in list(target.older_than(math.inf)):
        if each.file_id is not None:
            sizes[each.file_id] = each.size
        elif each.is_unfinished:
            target.discard(each)
    return sizes


def _as_it_was(kept: Kept, store: Path) -> Iterator[bytes]:
    """Yield a file of the store; raise BackupError before its end where it is not what was copied."""
    digest, size = hashlib.sha256(), 0
    try:
        with (store / kept.path).open("rb") as reading:
            while piece := reading.read(PIECE):
                digest.update(piece)
                size += len(piece)
                yield piece
    except FileNotFoundError:
        raise BackupError(f"The file {kept.path} of this backup is not in {store}.") from None
    if (size, digest.hexdigest()) != (kept.size, kept.sha256):
        raise BackupError(f"The file {kept.path} in {store} is not what it was when it was copied.")


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


def _copy(pieces: Iterable[bytes], target: Path, there: str) -> Kept:
    """Write a file beside its place, see it on the disk, give it its name; return what was copied."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}")
    try:
        with open(beside, "wb", opener=private) as writing:
            for piece in pieces:
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
