"""Heads of the chain, signed with a key of the key file and written outside the database.

Whoever may do anything to the database can alter an event and compute the chain anew. They cannot sign, and they cannot
reach the file: so the chain no longer agrees with what was written there before. A head is a line of JSON:

    {"pos": 81, "hash": "<hex>", "at": "2026-11-27T10:05:00+00:00", "key": "s-1f3a", "public": "<hex>", "signature": "<hex>"}

`pos` is the last place in the chain, and so the number of its events. The signature is Ed25519, over `Head.signed_text`.
"""

import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from casework.lib.appending import append
from casework.vault.keys import provider

from .models import Seal

EVERY = timedelta(minutes=5)
LINE_AT_MOST = 1000  # bytes; a head has about 350


class HeadUnreadable(Exception):
    """A line that is not a head."""


class ChainDoesNotContinue(Exception):
    """The chain in the database is not the one whose head was written last."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    pos: int
    hash: str
    at: datetime
    key: str
    signature: str = ""

    @property
    def signed_text(self) -> bytes:
        return f"casework audit head 1|{self.pos}|{self.hash}|{self.at.isoformat()}|{self.key}".encode()

    def signed(self) -> "Head":
        signature = Ed25519PrivateKey.from_private_bytes(provider().seal_keys()[self.key]).sign(self.signed_text)
        return dataclasses.replace(self, signature=signature.hex())

    def is_genuine(self) -> bool:
        """Return whether a key of which the key file holds at least the public half has signed this."""
        public = provider().seal_publics().get(self.key)
        if public is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(self.signature), self.signed_text)
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_line(self) -> str:
        written = {
            "pos": self.pos,
            "hash": self.hash,
            "at": self.at.isoformat(),
            "key": self.key,
            # For readers without the key file, who have noted it before.
            "public": provider().seal_publics()[self.key].hex(),
            "signature": self.signature,
        }
        return json.dumps(written) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "Head":
        """Return the head on a line, or raise HeadUnreadable."""
        try:
            read = json.loads(line)
            pos, at = int(read["pos"]), datetime.fromisoformat(read["at"])
            return cls(pos=pos, hash=read["hash"], at=at, key=read["key"], signature=read["signature"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise HeadUnreadable from None


def write_head(*, now: datetime, at_once: bool = False) -> Head | None:
    """Write the head of the chain if it has changed and the last one is some minutes old; `at_once` does not wait.

    Raises ChainDoesNotContinue, and writes nothing, where the chain is not the one of the last head; OSError likewise.
    """
    with _opened(Path(settings.AUDIT_HEADS)) as descriptor:
        last = _last(descriptor)
        # Either way: after a clock that was wrong, one head of the future must not be the last for years.
        if last is not None and abs(now - last.at) < EVERY and not at_once:
            return None
        newest = Seal.objects.order_by("-pos").first()
        if last is not None:
            _refuse_another_chain(last)
        if newest is None or (last is not None and newest.pos == last.pos):
            return None
        key_id, _key = provider().current_seal_key()
        head = Head(pos=newest.pos, hash=bytes(newest.hash).hex(), at=now, key=key_id).signed()
        append(descriptor, head.to_line())
        return head


def last_head() -> Head | None:
    """Return the head written last, None if there is none or it cannot be read."""
    try:
        with Path(settings.AUDIT_HEADS).open("rb") as file:
            return _last(file.fileno())
    except (OSError, HeadUnreadable):
        return None


def signers() -> set[str]:
    """Return the ids of the keys that signed the heads in the file; what is no head is nobody's."""
    found = set()
    for line in lines_of(Path(settings.AUDIT_HEADS)):
        with suppress(HeadUnreadable):
            found.add(Head.from_line(line).key)
    return found


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file of heads; none where there is no file."""
    try:
        return path.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _refuse_another_chain(last: Head) -> None:
    there = Seal.objects.filter(pos=last.pos).first()
    if there is None or bytes(there.hash).hex() != last.hash:
        raise ChainDoesNotContinue(f"the chain in the database does not hold the head of place {last.pos}")


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Yield the file of heads, to read and to append to, for one process at a time."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _last(descriptor: int) -> Head | None:
    size = os.fstat(descriptor).st_size
    end = os.pread(descriptor, LINE_AT_MOST, max(0, size - LINE_AT_MOST)).decode("utf-8", errors="replace")
    lines = end.splitlines()
    return Head.from_line(lines[-1]) if lines else None
