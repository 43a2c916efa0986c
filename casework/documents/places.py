"""Where sealed files lie: a folder, or storage that speaks S3. Both hold bytes under a random id and know nothing of what is in them.

A place writes a file whole or not at all, reads it in pieces, removes it, and names what is older than a moment. `FILES_URL` says
which one it is; `casework.documents.storage` seals what goes in and opens what comes out.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from casework.lib.refusals import Refusal

PIECE_BYTES = 64 * 1024
UNFINISHED, INCOMING = ".part", "incoming"


class FileIsMissing(Exception):
    """A row names a file that is not there."""


class StorageIsAway(Refusal):
    """The storage does not answer, or refuses us. The log of the process says which."""

    def __init__(self) -> None:
        super().__init__(
            _("The storage of pictures does not answer just now. Nothing was changed; try again in a minute."),
            field="files",
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """Something that lies in a place. `name`: as the place knows it.

    What is unfinished has no `file_id`; what has neither is not ours, and is left alone.
    """

    file_id: UUID | None
    name: str
    size: int = 0
    is_unfinished: bool = False


class Place(Protocol):
    """The one interface of both."""

    def write(self, file_id: UUID, pieces: Iterable[bytes]) -> None:
        """Keep a file. Whatever goes wrong, no half of it is ever found under its id."""

    def read(self, file_id: UUID) -> Iterator[bytes]:
        """Yield its bytes. Raises FileIsMissing."""

    def remove(self, file_id: UUID) -> None:
        """Remove a file; one that is gone already is no mistake."""

    def older_than(self, moment: float) -> Iterator[Stored]:
        """Yield what was last written before `moment`, seconds since 1970."""

    def discard(self, stored: Stored) -> None:
        """Remove something that `older_than` has named."""


def place() -> Place:
    """Return the place that the settings name."""
    if settings.FILES_URL:
        from .s3 import s3_of

        return _s3(settings.FILES_URL, s3_of)
    return Folder(Path(settings.SCANS_DIR))


@cache
def _s3(url: str, make: "_Maker") -> Place:
    """Return one connection pool for each process and address."""
    return make(url)


class _Maker(Protocol):
    def __call__(self, url: str) -> Place: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Files of mode 0600, written beside their place, flushed to the disk and renamed."""

    root: Path

    def path_of(self, file_id: UUID) -> Path:
        return self.root / file_id.hex[:2] / file_id.hex

    def write(self, file_id: UUID, pieces: Iterable[bytes]) -> None:
        path = self.path_of(file_id)
        folder = made(path.parent)
        unfinished = path.with_suffix(UNFINISHED)
        try:
            with open(unfinished, "xb", opener=_private) as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
            _flush(folder)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def read(self, file_id: UUID) -> Iterator[bytes]:
        try:
            file = self.path_of(file_id).open("rb")
        except FileNotFoundError:
            raise FileIsMissing from None
        with file:
            while piece := file.read(PIECE_BYTES):
                yield piece

    def remove(self, file_id: UUID) -> None:
        self.path_of(file_id).unlink(missing_ok=True)

    def older_than(self, moment: float) -> Iterator[Stored]:
        for path in sorted(self.root.glob("*/*")) if self.root.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):
                if path.suffix != ".lock" and (about := path.stat()).st_mtime < moment:
                    name = str(path.relative_to(self.root))
                    is_unfinished = path.suffix == UNFINISHED or path.parent.name == INCOMING
                    yield Stored(id_of(path.parent.name, path.name), name, about.st_size, is_unfinished)

    def discard(self, stored: Stored) -> None:
        (self.root / stored.name).unlink(missing_ok=True)


def id_of(folder: str, name: str) -> UUID | None:
    """Return the id under which a file is kept, None if we would not keep one so."""
    try:
        return UUID(name) if folder == name[:2] else None
    except ValueError:
        return None


def made(folder: Path) -> Path:
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
