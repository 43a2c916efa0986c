"""Asks a ClamAV daemon about a file, by its INSTREAM command. Without one, files are marked as not checked."""

import socket
import struct
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from .models import Scan

SECONDS = 10
PIECE_BYTES = 64 * 1024
LONGEST_ANSWER = 4096


def check(pieces: Iterable[bytes]) -> Scan.Check:
    """Return what the daemon says; WAITING if it should be there and does not answer."""
    if not settings.CLAMAV:
        return Scan.Check.NOT_SCANNED
    try:
        answer = _ask(settings.CLAMAV, pieces)
    except OSError:
        return Scan.Check.WAITING
    if answer.endswith("FOUND"):
        return Scan.Check.INFECTED
    return Scan.Check.CLEAN if answer.endswith("OK") else Scan.Check.WAITING


def _ask(address: str, pieces: Iterable[bytes]) -> str:
    with _connected(address) as line:
        line.sendall(b"zINSTREAM\0")
        for piece in pieces:
            for start in range(0, len(piece), PIECE_BYTES):
                part = piece[start : start + PIECE_BYTES]
                line.sendall(struct.pack(">I", len(part)) + part)
        line.sendall(struct.pack(">I", 0))
        said = b""
        while b"\0" not in said and len(said) < LONGEST_ANSWER and (more := line.recv(LONGEST_ANSWER)):
            said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _connected(address: str) -> socket.socket:
    """Return a line to `/run/clamav/clamd.ctl` or `tcp://host:3310`."""
    if address.startswith("tcp://"):
        place = urlsplit(address)
        return socket.create_connection((place.hostname or "localhost", place.port or 3310), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(SECONDS)
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line
