"""Sealed files of pictures: where they lie, how they come there whole, and how what nobody needs goes.

A file has a random name and nothing of it is readable without the data key of its owner. It is written beside its place,
flushed to the disk and renamed, so that a name always leads to a whole file. The row that names it is written after it; a
file that no row names is an orphan, which the sweep removes.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from casework.vault.errors import KeyDestroyed, TamperedData
from casework.vault.files import opened, sealed
from casework.vault.models import DataKey

PIECE_BYTES = 64 * 1024
UNFINISHED = ".part"


class FileIsMissing(Exception):
    """A row names a file that is not there."""


CANNOT_BE_READ = (FileIsMissing, TamperedData, KeyDestroyed)


def incoming() -> Path:
    """Return the folder for nameless files that are being received."""
    return _made(Path(settings.SCANS_DIR) / "incoming")


def path_of(file_id: UUID) -> Path:
    return Path(settings.SCANS_DIR) / file_id.hex[:2] / file_id.hex


def write(file_id: UUID, pieces: Iterable[bytes], data_key: DataKey) -> None:
    """Seal `pieces` into a file of its own. Whatever goes wrong, no half of a file stays."""
    path = path_of(file_id)
    folder = _made(path.parent)
    unfinished = path.with_suffix(UNFINISHED)
    try:
        with open(unfinished, "xb", opener=_private) as file:
            file.writelines(sealed(pieces, file_id=file_id, data_key=data_key))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        _flush(folder)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read(file_id: UUID, data_key: DataKey) -> Iterator[bytes]:
    """Yield the content, each piece after it has proved genuine.

    Raises FileIsMissing; TamperedData for what was altered; KeyDestroyed for what has been erased.
    """
    return opened(_pieces_of(path_of(file_id)), file_id=file_id, data_key=data_key)


def verify(file_id: UUID, data_key: DataKey) -> int:
    """Read a file to its end and return its size. Raises what `read` raises."""
    return sum(len(piece) for piece in read(file_id, data_key))


def remove(file_ids: Iterable[UUID]) -> None:
    """Remove files; those that are gone already are no mistake."""
    for file_id in file_ids:
        path_of(file_id).unlink(missing_ok=True)


def older_than(moment: float) -> Iterator[tuple[UUID | None, Path]]:
    """Yield the files that were last written before `moment`; unfinished and foreign ones without an id."""
    root = Path(settings.SCANS_DIR)
    for path in sorted(root.glob("*/*")) if root.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < moment:
                yield _id_of(path), path


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(path.name) if path.parent.name == path.name[:2] else None
    except ValueError:
        return None


def _pieces_of(path: Path) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise FileIsMissing from None
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _flush(folder: Path) -> None:
    """Make the new name as lasting as the content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
