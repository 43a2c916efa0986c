"""Files that people chose, turned into our own pictures by a process that can do no harm (`decoder.py`)."""

import contextlib
import fcntl
import json
import logging
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.lib.refusals import Refusal

from . import storage

logger = logging.getLogger(__name__)

MOST_BYTES = 25 * 1024 * 1024
SECONDS = 20
AT_ONCE = 2  # decoders on this machine: each may hold half a gigabyte
LARGEST_FRAME = 24 * 1024 * 1024
DECODER = Path(__file__).with_name("decoder.py")

BEGINNINGS = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")

REASONS: dict[str, str | Promise] = {
    "empty": gettext_lazy("The file is empty. Choose it again, or take the photo anew."),
    "too_big": gettext_lazy("The file is larger than 25 MB. Take a photo of the paper instead, or split the PDF."),
    "unknown": gettext_lazy("This is not a photo (JPEG or PNG) and not a PDF, whatever its name says."),
    "heic": gettext_lazy(
        "This photo is in a format that we cannot read (HEIC). Set the camera to JPEG, or send a screenshot."
    ),
    "damaged": gettext_lazy("The file is damaged or not whole. Take the photo anew, or save the PDF again."),
    "too_many_pixels": gettext_lazy("The picture has more than 40 megapixels. Take the photo with a lower resolution."),
    "too_many_pages": gettext_lazy("The PDF has more than 50 pages. Split it."),
    "encrypted": gettext_lazy("The PDF is locked with a password. Save it without one, or take photos of its pages."),
    "too_large": gettext_lazy("The file takes more memory than we allow. Take a photo of the paper instead."),
    "too_long": gettext_lazy("The file takes longer to read than we allow. Take a photo of the paper instead."),
    "busy": gettext_lazy("Other files are being read at this moment. Try again in a minute."),
}


class UnableToReadFile(Refusal):
    """`reason` is the word by which tests and the audit know why."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(REASONS[reason]), field="files")
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page as we keep it, and smaller to look at; both are JPEG made by us."""

    width: int
    height: int
    content: bytes
    preview: bytes


def kind_of(beginning: bytes) -> str:
    """Return what a file is by how it begins; names and declared types are not asked. Raises UnableToReadFile."""
    if not beginning:
        raise UnableToReadFile("empty")
    for kind, magic in BEGINNINGS.items():
        if beginning.startswith(magic):
            return kind
    if beginning[4:8] == b"ftyp" and beginning[8:12] in HEIC_BRANDS:
        raise UnableToReadFile("heic")
    raise UnableToReadFile("unknown")


def pictures_in(pieces: Iterable[bytes], *, kind: str, seconds: float = SECONDS) -> Iterator[Picture]:
    """Yield the pages of a file of `kind`. Raises UnableToReadFile, perhaps after some pages: then none of them counts."""
    yield from _decoded({"do": "read", "type": kind}, pieces, seconds)


def turned(content: bytes, *, quarters: int) -> Picture:
    """Return one of our own pictures turned by 1 to 3 quarters to the right."""
    [picture] = _decoded({"do": "turn", "type": "jpeg", "quarters": quarters}, [content], SECONDS)
    return picture


def _decoded(asked: dict[str, Any], pieces: Iterable[bytes], seconds: float) -> Iterator[Picture]:
    with _slot(seconds), _running(seconds) as (process, is_late):
        feeder = _Feeder(process.stdin, json.dumps(asked).encode() + b"\n", pieces)
        feeder.start()
        end = b""
        try:
            for letter, content in _frames(process.stdout):
                if letter == b"P":
                    yield _picture(content)
                elif letter == b"E":
                    raise UnableToReadFile(content.decode("ascii"))
                elif letter == b"F":
                    _note_missing_fences(content)
                end = letter
        finally:
            process.kill()
            feeder.join()
        if feeder.failure is not None:
            raise feeder.failure
        if end != b"D":
            # Ended by a limit or by the file itself: nothing was said after the last page.
            raise UnableToReadFile("too_long" if is_late.is_set() or process.wait() in (-24, -9) else "damaged")


@contextlib.contextmanager
def _running(seconds: float) -> Iterator[tuple[subprocess.Popen[bytes], threading.Event]]:
    """Run the decoder with nothing of ours: no environment, no descriptors but its pipes, and not longer than allowed."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(DECODER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
    )
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        process.kill()

    clock = threading.Timer(seconds, stop)
    clock.daemon = True
    clock.start()
    try:
        yield process, is_late
    finally:
        clock.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class _Feeder(threading.Thread):
    """Feeds the decoder while its answers are read, so that neither waits for the other."""

    def __init__(self, pipe: IO[bytes] | None, line: bytes, pieces: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self._pipe, self._line, self._pieces = pipe, line, pieces
        self.failure: Exception | None = None

    def run(self) -> None:
        assert self._pipe is not None  # noqa: S101
        try:
            with contextlib.suppress(BrokenPipeError), self._pipe:
                self._pipe.write(self._line)
                for piece in self._pieces:
                    self._pipe.write(piece)
        except Exception as failure:  # noqa: BLE001 - raised again by whoever waits for the pages
            self.failure = failure


def _frames(pipe: IO[bytes] | None) -> Iterator[tuple[bytes, bytes]]:
    assert pipe is not None  # noqa: S101
    while len(head := pipe.read(5)) == 5:
        letter, length = struct.unpack(">cI", head)
        content = pipe.read(length) if length <= LARGEST_FRAME else b""
        if len(content) != length:
            return
        yield letter, content


def _picture(frame: bytes) -> Picture:
    line, _newline, pictures = frame.partition(b"\n")
    about = json.loads(line)
    size = int(about["content"])
    return Picture(
        width=int(about["width"]), height=int(about["height"]), content=pictures[:size], preview=pictures[size:]
    )


def _note_missing_fences(content: bytes) -> None:
    missing = [name for name, holds in json.loads(content).items() if not holds]
    if "calls" in missing:
        logger.warning("the decoder runs without these fences: %s", ", ".join(missing))


@contextlib.contextmanager
def _slot(seconds: float) -> Iterator[None]:
    """Hold one of the places for decoders of this machine. Raises UnableToReadFile if none gets free in time."""
    until = time.monotonic() + seconds
    folder = storage.incoming()
    while True:
        for number in range(AT_ONCE):
            with (folder / f"decoder-{number}.lock").open("a") as file, contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield
                return
        if time.monotonic() > until:
            raise UnableToReadFile("busy")
        time.sleep(0.05)


def limits_in_words() -> str:
    """Return what may be sent, in a sentence."""
    return _("JPEG, PNG or PDF, up to 25 MB and 50 pages a file.")
