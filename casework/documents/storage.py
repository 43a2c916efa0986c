"""Sealed files of pictures: how they come whole to where they lie, how they are opened, and how what nobody needs goes.

A file has a random name and nothing of it is readable without the data key of its owner. A name always leads to a whole file,
whatever goes wrong while it is written. The row that names it is written after it; a file that no row names is an orphan,
which the sweep removes. Where files lie is said by `casework.documents.places`.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from casework.vault.errors import KeyDestroyed, TamperedData
from casework.vault.files import opened, sealed
from casework.vault.models import DataKey

from .places import INCOMING, PIECE_BYTES, FileIsMissing, Folder, StorageIsAway, Stored, made, place

__all__ = ["PIECE_BYTES", "FileIsMissing", "StorageIsAway", "Stored"]

logger = logging.getLogger(__name__)

# What is wrong with one file and will be so tomorrow. That the storage is away passes: see StorageIsAway.
CANNOT_BE_READ = (FileIsMissing, TamperedData, KeyDestroyed)


def incoming() -> Path:
    """Return the folder for nameless files that are being received, by the process that received them."""
    return made(Path(settings.SCANS_DIR) / INCOMING)


def path_of(file_id: UUID) -> Path:
    """Return where a file lies that is kept in the folder."""
    return Folder(Path(settings.SCANS_DIR)).path_of(file_id)


def write(file_id: UUID, pieces: Iterable[bytes], data_key: DataKey) -> None:
    """Seal `pieces` into a file of its own. Whatever goes wrong, no half of a file stays. Raises StorageIsAway."""
    place().write(file_id, sealed(pieces, file_id=file_id, data_key=data_key))


def read(file_id: UUID, data_key: DataKey) -> Iterator[bytes]:
    """Yield the content, each piece after it has proved genuine.

    Raises FileIsMissing; TamperedData for what was altered; KeyDestroyed for what has been erased; StorageIsAway.
    """
    return opened(place().read(file_id), file_id=file_id, data_key=data_key)


def verify(file_id: UUID, data_key: DataKey) -> int:
    """Read a file to its end and return its size. Raises what `read` raises."""
    return sum(len(piece) for piece in read(file_id, data_key))


def remove(file_ids: Iterable[UUID]) -> None:
    """Remove files; those that are gone already are no mistake. Where the storage is away, the sweep removes them later."""
    at = place()
    try:
        for file_id in file_ids:
            at.remove(file_id)
    except StorageIsAway:
        logger.warning("files that no row names any more could not be removed; the sweep removes them")


def older_than(moment: float) -> Iterator[Stored]:
    """Yield what was last written before `moment`; unfinished files, and those of others, without an id. Raises StorageIsAway."""
    return place().older_than(moment)


def discard(stored: Iterable[Stored]) -> int:
    """Remove what `older_than` has named; return how many that were."""
    at, count = place(), 0
    for each in stored:
        at.discard(each)
        count += 1
    return count
