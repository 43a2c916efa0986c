"""How uploaded files are received: sealed piece by piece, in files without a name.

The key is made for the one request and kept nowhere, and the file has no name: if the process is killed there is nothing
to clear away, and what the disk still holds opens for nobody.
"""

import io
import tempfile
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils import timezone

from casework.lib.ids import new_id
from casework.vault.files import FileSealer, opened
from casework.vault.models import DataKey

from .pictures import MOST_BYTES
from .storage import PIECE_BYTES, incoming

MOST_IN_ALL = 120 * 1024 * 1024
NEVER_READ = 1024 * 1024 * 1024
BEGINNING = 16


class SealedContent(io.RawIOBase):
    """What was received, opened again while it is read."""

    def __init__(self, data_key: DataKey) -> None:
        super().__init__()
        self._key, self._id = data_key, new_id()
        self._file = tempfile.TemporaryFile(dir=incoming(), buffering=0)  # noqa: SIM115 - closed by whoever received it
        self._sealer = FileSealer(self._id, data_key)
        self._file.write(self._sealer.header)
        self._pieces: Iterator[bytes] = iter(())
        self._left = b""

    def add(self, piece: bytes) -> None:
        self._file.write(self._sealer.update(piece))

    def finish(self) -> None:
        self._file.write(self._sealer.finish())
        self.seek(0)

    def pieces(self) -> Iterator[bytes]:
        """Yield the content from its beginning."""
        self._file.seek(0)
        return opened(iter(lambda: self._file.read(PIECE_BYTES), b""), file_id=self._id, data_key=self._key)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only from the beginning")
        self._pieces, self._left = self.pieces(), b""
        for _skipped in range(offset // PIECE_BYTES):
            self.read(PIECE_BYTES)
        self.read(offset % PIECE_BYTES)
        return offset

    def readinto(self, buffer: Any, /) -> int:
        if not self._left:
            self._left = next(self._pieces, b"")
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # Django itself is not subscriptable
    """An uploaded file that lies sealed. `beginning` tells what it is; too big, it holds nothing."""

    def __init__(self, content: SealedContent, *, beginning: bytes, is_too_big: bool, **about: Any) -> None:
        super().__init__(io.BufferedReader(content, PIECE_BYTES), **about)
        self._content = content
        self.beginning, self.is_too_big = beginning, is_too_big

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self._content.pieces()


class SealedUploads(FileUploadHandler):
    """The one handler of all uploads. Of a file above the limit the rest is read and thrown away."""

    chunk_size = PIECE_BYTES

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._key: DataKey | None = None
        self._content: SealedContent | None = None
        self._beginning, self._size, self._in_all, self._is_too_big = b"", 0, 0, False

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > NEVER_READ:
            raise RequestDataTooBig("more than is ever read")

    def new_file(self, *about: Any, **more: Any) -> None:
        super().new_file(*about, **more)
        if self._key is None:
            self._key = DataKey.objects.new(DataKey.OwnerKind.USER, now=timezone.now())
        self._content = SealedContent(self._key)
        self._beginning, self._size, self._is_too_big = b"", 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._is_too_big or self._content is None:
            return
        self._size += len(raw_data)
        self._in_all += len(raw_data)
        if self._size > MOST_BYTES or self._in_all > MOST_IN_ALL:
            self._is_too_big = True
            self._content.close()
            return
        if len(self._beginning) < BEGINNING:
            self._beginning = (self._beginning + raw_data)[:BEGINNING]
        self._content.add(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload | None:
        if self._content is None:
            return None
        content, self._content = self._content, None
        if self._is_too_big:
            content = SealedContent(self._key or DataKey())
        content.finish()
        return SealedUpload(
            content,
            beginning=self._beginning,
            is_too_big=self._is_too_big,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if self._content is not None:
            self._content.close()
