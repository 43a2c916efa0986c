"""The key file: the keys that are not in the database.

Free of Django, because the settings read `SECRET_KEY` from here. The shape, with keys of 32 bytes in base64:

    {"version": 1, "data": {"current": "d-1f3a", "keys": {"d-1f3a": "..."}}, "lookup": {...}, "search": {...}, "seal": {...},
     "secret": "..."}

`data` wraps data keys, `lookup` is the root of keyed hashes, `search` seals the search forms of names, `seal` signs the heads of the
audit chain, `secret` is Django's. Each but the last may hold older keys beside the current one, so that they can be rotated. A file
from before there were seals has no `seal`; the keys of `lookup` then stand in, see `keys.KeyProvider.seal_keys`.
"""

import base64
import binascii
import dataclasses
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casework.vault.errors import KeyFileExposed, KeyFileMissing, KeyFileUnreadable, UnknownKey

KEY_BYTES = 32
PURPOSES = ("data", "lookup", "search")
LATER_PURPOSES = ("seal",)  # older files do without
ALLOWED_MODES = (0o600, 0o400)


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The keys of one purpose by id, and the id of the one to use for new things."""

    current: str
    keys: Mapping[str, bytes]

    def get(self, key_id: str) -> bytes:
        """Return the key, or raise UnknownKey."""
        try:
            return self.keys[key_id]
        except KeyError:
            raise UnknownKey(
                f"The key file holds no key {key_id!r}. Put back the key file that holds it, or add that key from your copy."
            ) from None


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    """What a key file holds."""

    data: KeyRing
    lookup: KeyRing
    search: KeyRing
    secret: str
    seal: KeyRing | None = None


def read(path: Path) -> KeyFile:
    """Read and check the key file; a KeyFileError says what is wrong with it. Never makes one."""
    _refuse_exposed(path)
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise KeyFileUnreadable(f"The key file {path} cannot be read as JSON. Put back your copy of it.") from None
    try:
        if content["version"] != 1:
            raise KeyFileUnreadable(
                f"The key file {path} is of version {content['version']!r}; this program reads version 1."
            )
        rings = {purpose: _ring(content[purpose], f"{path}, {purpose}") for purpose in PURPOSES}
        later = {
            purpose: _ring(content[purpose], f"{path}, {purpose}") for purpose in LATER_PURPOSES if purpose in content
        }
        secret = content["secret"]
        if len(_decoded(secret, f"{path}, secret")) < KEY_BYTES:
            raise KeyFileUnreadable(f"The secret in the key file {path} is shorter than {KEY_BYTES} bytes.")
    except (KeyError, TypeError, AttributeError):
        raise KeyFileUnreadable(
            f"The key file {path} is not complete: it needs version, data, lookup, search and secret. Put back your copy of it."
        ) from None
    return KeyFile(**rings, **later, secret=secret)


def secret_key(path: Path) -> str:
    """Return Django's SECRET_KEY."""
    return read(path).secret


def new_content() -> dict[str, Any]:
    """Return the content of a new key file, with fresh keys."""
    content: dict[str, Any] = {"version": 1}
    for purpose in PURPOSES + LATER_PURPOSES:
        key_id = new_key_id(purpose)
        content[purpose] = {"current": key_id, "keys": {key_id: _encoded(secrets.token_bytes(KEY_BYTES))}}
    content["secret"] = _encoded(secrets.token_bytes(48))
    return content


def new_key_id(purpose: str) -> str:
    """Return an id for a new key, short because it is stored beside what the key sealed."""
    return f"{purpose[0]}-{secrets.token_hex(4)}"


def make(path: Path) -> None:
    """Write a new key file that only its owner may read. Raises FileExistsError rather than touch one that is there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(path, new_content())


def add_key(path: Path, purpose: str) -> str:
    """Add a fresh key of a purpose, make it the current one, and return its id. The older ones stay."""
    read(path)
    content = json.loads(path.read_text("utf-8"))
    key_id = new_key_id(purpose)
    content.setdefault(purpose, {"keys": {}})
    content[purpose]["keys"][key_id] = _encoded(secrets.token_bytes(KEY_BYTES))
    content[purpose]["current"] = key_id
    # Written beside and moved over, so that a full disk or a crash leaves the old file whole.
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    _write(beside, content)
    beside.replace(path)
    return key_id


def _write(path: Path, content: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        json.dump(content, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(descriptor)


def _refuse_exposed(path: Path) -> None:
    try:
        status = path.stat()
    except OSError:
        raise KeyFileMissing(
            f"There is no key file at {path}, where KEY_FILE points. Put back your copy of it: without it nothing that is "
            "stored can be read. Only for a new installation with an empty database, make one: bin/manage make_key_file"
        ) from None
    mode = stat.S_IMODE(status.st_mode)
    if mode not in ALLOWED_MODES:
        raise KeyFileExposed(
            f"The key file {path} has mode {mode:04o}; only its owner may read it. Run: chmod 600 {path}"
        )


def _ring(content: Any, where: str) -> KeyRing:
    keys = {key_id: _decoded(key, f"{where} {key_id}") for key_id, key in content["keys"].items()}
    for key_id, key in keys.items():
        if len(key) != KEY_BYTES:
            raise KeyFileUnreadable(
                f"A key in the key file ({where} {key_id}) has {len(key)} bytes; it must have {KEY_BYTES}."
            )
        if not (1 <= len(key_id) <= 32 and key_id.isascii() and key_id.isprintable()):
            raise KeyFileUnreadable(f"An id in the key file ({where}) is not 1 to 32 plain characters.")
    ring = KeyRing(current=content["current"], keys=keys)
    if ring.current not in keys:
        raise KeyFileUnreadable(f"The key file ({where}) names {ring.current!r} as current, but does not hold it.")
    return ring


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyFileUnreadable(f"A key in the key file ({where}) is not base64.") from None
