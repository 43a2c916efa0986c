"""The ledger of erasures: a file outside the database, from which they are done again on a backup that was restored.

It holds bare ids and names nobody. A line is JSON, signed with the key that signs the audit trail, so that whoever can write
to the file alone can erase nobody. Before an erasure commits its line is `meant`; after that a second one says `done`. So a crash in
between loses nothing: `reconcile` writes what is missing.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from casework.lib.appending import append
from casework.vault.keys import provider

PREFIX = b"casework erasure 1|"
MEANT, DONE = "meant", "done"


class LedgerUnreadable(Exception):
    """A line of the ledger is not one, or nobody of ours has signed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was erased: the roots, the keys that were destroyed, and rows whose key goes on opening others."""

    says: str
    erasure: UUID
    at: datetime
    reason: str = ""
    asked_by: UUID | None = None
    decided_by: UUID | None = None
    case: UUID | None = None
    client: UUID | None = None
    cases: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    keys: list[UUID] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)

    def to_text(self) -> str:
        key_id, private = provider().current_seal_key()
        content = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__} | {"key": key_id}
        signature = Ed25519PrivateKey.from_private_bytes(private).sign(PREFIX + _canonical(content))
        return json.dumps(content | {"signature": signature.hex()}) + "\n"

    @classmethod
    def from_text(cls, text: str) -> "Line":
        """Return what a line says. Raises LedgerUnreadable."""
        try:
            content: dict[str, Any] = json.loads(text)
            signature = bytes.fromhex(content.pop("signature"))
            public = provider().seal_publics()[content["key"]]
            Ed25519PublicKey.from_public_bytes(public).verify(signature, PREFIX + _canonical(content))
            return cls(
                says=content["says"],
                erasure=UUID(content["erasure"]),
                at=datetime.fromisoformat(content["at"]),
                reason=content["reason"],
                rows=content["rows"],
                asked_by=_id(content["asked_by"]),
                decided_by=_id(content["decided_by"]),
                case=_id(content["case"]),
                client=_id(content["client"]),
                cases=[UUID(each) for each in content["cases"]],
                people=[UUID(each) for each in content["people"]],
                keys=[UUID(each) for each in content["keys"]],
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature):
            raise LedgerUnreadable from None


def write(line: Line) -> None:
    """Append a line and see it on the disk. Raises OSError, and then nothing of it is there."""
    with _opened() as descriptor:
        append(descriptor, line.to_text())


def add(texts: Iterable[str]) -> tuple[int, int]:
    """Append the lines of another copy that are not here; return how many, and how many were none that one of ours has signed."""
    known = set(_texts(None))
    others = [text for text in texts if text and text not in known]
    genuine = [text for text in others if _is_genuine(text)]
    if genuine:
        with _opened() as descriptor:
            append(descriptor, "".join(f"{text}\n" for text in genuine))
    return len(genuine), len(others) - len(genuine)


def _is_genuine(text: str) -> bool:
    try:
        Line.from_text(text)
    except LedgerUnreadable:
        return False
    return True


@contextmanager
def _opened() -> Iterator[int]:
    path = Path(settings.ERASURE_LEDGER)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def lines(path: Path | None = None) -> Iterator[tuple[int, Line]]:
    """Yield the lines with their numbers. Raises LedgerUnreadable, which names the number of the line."""
    for number, text in enumerate(_texts(path), start=1):
        try:
            yield number, Line.from_text(text)
        except LedgerUnreadable:
            raise LedgerUnreadable(
                f"line {number} of the ledger is damaged, or signed with a key of somebody else"
            ) from None


def done(path: Path | None = None) -> dict[UUID, Line]:
    """Return what was erased, by the ids of erasures, the oldest first. Raises LedgerUnreadable."""
    found = list(lines(path))
    finished = {line.erasure for _number, line in found if line.says == DONE}
    return {line.erasure: line for _number, line in found if line.says == MEANT and line.erasure in finished}


def unclear(path: Path | None = None) -> dict[UUID, Line]:
    """Return what was meant and of which the file does not say that it was done: it came to nothing, or the process died then."""
    clear = done(path)
    return {line.erasure: line for _number, line in lines(path) if line.says == MEANT and line.erasure not in clear}


def last_done() -> UUID | None:
    """Return the erasure that was done last; None where there is none, or the end of the file cannot be read."""
    for text in reversed(list(_texts(None))[-20:]):
        with suppress(LedgerUnreadable):
            line = Line.from_text(text)
            if line.says == DONE:
                return line.erasure
    return None


def signers() -> set[str]:
    """Return the ids of the keys that signed lines."""
    found = set()
    for text in _texts(None):
        with suppress(ValueError, KeyError, TypeError):
            found.add(str(json.loads(text)["key"]))
    return found


def _texts(path: Path | None) -> list[str]:
    try:
        return (path or Path(settings.ERASURE_LEDGER)).read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _id(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
