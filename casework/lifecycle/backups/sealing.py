"""Sealing in the format of age: anybody with the public key can seal, only who has the secret half can open.

Streams, so that nothing lies on a disk in the clear. The programs of age and rage read the same files.
"""

import dataclasses
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from .errors import BackupError

PIECE = 1024 * 1024


class Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Sealed:
    """What a sealed file is known by."""

    size: int
    sha256: str


def seal(source: Source, target: Path, recipients: Sequence[str]) -> Sealed:
    """Write what `source` yields into a new file, sealed, and see it on the disk. Raises BackupError, OSError."""
    import pyrage  # slow import: only backups need it

    try:
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    except pyrage.RecipientError:
        raise BackupError(
            'BACKUPS: one of the recipients is not a public key of age ("age1...", from bin/manage make_backup_key).'
        ) from None
    reading = Careful(source)
    try:
        with open(target, "xb", opener=private) as file:
            writing = Counted(file)
            try:
                pyrage.encrypt_io(reading, writing, keys)
            except (pyrage.EncryptError, OSError) as error:
                # The library says neither whose mistake it was nor, of a short one, that there was any.
                raise reading.error or writing.error or error from None
            if (wrong := reading.error or writing.error) is not None:
                raise wrong
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error is not reading.error:
            error.filename = os.fspath(target)  # of the two disks, this one
        raise
    return Sealed(writing.size, writing.sha256.hexdigest())


def unseal(source: Path, write: Callable[[bytes], Any], identities: Sequence[Any]) -> None:
    """Open a sealed file and hand on what is in it, each piece after it has proved genuine.

    Raises BackupError for the wrong key and for what was altered or cut; what `write` raises.
    """
    import pyrage  # slow import: only backups need it

    with source.open("rb") as file:
        writing = Counted(write)
        try:
            pyrage.decrypt_io(file, writing, identities)
        except (pyrage.DecryptError, OSError) as error:
            if writing.error:
                raise writing.error from None
            if "No matching keys" in str(error):
                raise BackupError(f"{source.name} is sealed for another key than the one that was given.") from None
            raise BackupError(f"{source.name} was altered or cut short: it does not open.") from None
        if writing.error:
            raise writing.error


def identities_in(path: Path) -> list[Any]:
    """Return the secret keys in a file as `make_backup_key` or age-keygen writes it. Raises BackupError."""
    import pyrage  # slow import: only backups need it

    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError):
        raise BackupError(f"The secret key of the backups cannot be read at {path}.") from None
    except pyrage.IdentityError:
        raise BackupError(f"{path} holds no secret key of age: a line that begins with AGE-SECRET-KEY-1.") from None
    if not found:
        raise BackupError(f"{path} holds no secret key of age: a line that begins with AGE-SECRET-KEY-1.")
    return found


def new_identity() -> tuple[str, str]:
    """Return a fresh secret key and its public half."""
    import pyrage  # slow import: only backups need it

    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def digest_of(path: Path) -> Sealed:
    """Return size and hash of a file as it is on the disk. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Sealed(file.tell(), digest.hexdigest())


def private(name: str | os.PathLike[str], flags: int) -> int:
    """Open a file that nobody else may read."""
    return os.open(name, flags, 0o600)


class Careful:
    """A source that remembers what went wrong, because the library does not hand it on."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self.source.read(size)
        except Exception as error:
            self.error = error
            raise


class Counted:
    """A target that counts and hashes what it was given, and remembers what went wrong."""

    def __init__(self, target: "BinaryIO | Callable[[bytes], Any]") -> None:
        self.write_on: Callable[[bytes], Any] = target if callable(target) else target.write
        self.size, self.sha256 = 0, hashlib.sha256()
        self.error: Exception | None = None

    def write(self, piece: bytes) -> int:
        if self.error is not None:
            raise self.error
        try:
            self.write_on(piece)
        except Exception as error:
            self.error = error
            raise
        self.sha256.update(piece)
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""
