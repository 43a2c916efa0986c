"""The key file: the keys that are not in the database.

Free of Django, because the settings read `SECRET_KEY` from here. The shape, with keys in base64:

    {"version": 1,
     "data": {"current": "d-1f3a", "keys": {"d-1f3a": "..."}, "made": {"d-1f3a": "2026-11-27T10:05:00+00:00"}},
     "lookup": {...}, "search": {...}, "seal": {...}, "secret": {...}}

`data` wraps data keys, `lookup` is the root of keyed hashes, `search` seals the search forms of names, `seal` signs the heads of the
audit chain, `secret` is Django's and seals sessions. Each may hold older keys beside the current one, so that they can be rotated, and
one that is prepared (`next`), which is brought to all machines before any of them uses it. `seal` keeps the public halves of
keys that are gone (`public`), so that the heads which they signed still verify.

Two older shapes are read too: without `seal`, the keys of `lookup` stand in, see `keys.KeyProvider.seal_keys`; a `secret` that is
a bare text is the key `x-first`.
"""

import base64
import binascii
import dataclasses
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework.vault.errors import KeyFileExposed, KeyFileMissing, KeyFileUnreadable, UnknownKey

KEY_BYTES = 32
SECRET_BYTES = 48
PURPOSES = ("data", "lookup", "search", "seal", "secret")
LATER_PURPOSES = ("seal",)  # older files do without
ALLOWED_MODES = (0o600, 0o400)
FIRST_SECRET = "x-first"  # noqa: S105 - an id, no secret


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The keys of one purpose by id, and the id of the one to use for new things.

    `made`: when, of the keys of which that is known. `next`: the one that is prepared. `public`: halves of keys that are gone.
    """

    current: str
    keys: Mapping[str, bytes]
    made: Mapping[str, datetime] = dataclasses.field(default_factory=dict)
    next: str | None = None
    public: Mapping[str, bytes] = dataclasses.field(default_factory=dict)

    def get(self, key_id: str) -> bytes:
        """Return the key, or raise UnknownKey."""
        try:
            return self.keys[key_id]
        except KeyError:
            raise UnknownKey(
                f"The key file holds no key {key_id!r}. Put back the key file that holds it, or add that key from your copy."
            ) from None

    def current_first(self) -> list[str]:
        """Return the ids: the current one, then the others from the newest to the oldest. The file has them in order."""
        return [self.current, *(key_id for key_id in reversed(list(self.keys)) if key_id != self.current)]


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    """What a key file holds."""

    data: KeyRing
    lookup: KeyRing
    search: KeyRing
    secrets: KeyRing
    seal: KeyRing | None = None

    @property
    def secret(self) -> str:
        """Django's SECRET_KEY."""
        return _encoded(self.secrets.get(self.secrets.current))

    @property
    def older_secrets(self) -> list[str]:
        return [_encoded(self.secrets.get(key_id)) for key_id in self.secrets.current_first()[1:]]

    def ring(self, purpose: str) -> KeyRing | None:
        """Return the keys of a purpose; None for one that an older file does without."""
        found: KeyRing | None = getattr(self, "secrets" if purpose == "secret" else purpose)
        return found


def read(path: Path) -> KeyFile:
    """Read and check the key file; a KeyFileError says what is wrong with it. Never makes one."""
    content = _content(path)
    try:
        if content["version"] != 1:
            raise KeyFileUnreadable(
                f"The key file {path} is of version {content['version']!r}; this program reads version 1."
            )
        rings = {
            purpose: _ring(_as_ring(content[purpose]), f"{path}, {purpose}", is_secret=purpose == "secret")
            for purpose in PURPOSES
            if purpose not in LATER_PURPOSES or purpose in content
        }
    except (KeyError, TypeError, AttributeError):
        raise KeyFileUnreadable(
            f"The key file {path} is not complete: it needs version, data, lookup, search and secret. Put back your copy of it."
        ) from None
    return KeyFile(secrets=rings.pop("secret"), **rings)


def new_content(now: datetime | None) -> dict[str, Any]:
    """Return the content of a new key file, with fresh keys."""
    content: dict[str, Any] = {"version": 1}
    for purpose in PURPOSES:
        content[purpose] = {"keys": {}, "made": {}}
        content[purpose]["current"] = _put_fresh(content, purpose, now)
    return content


def new_key_id(purpose: str) -> str:
    """Return an id for a new key, short because it is stored beside what the key sealed."""
    letter = "x" if purpose == "secret" else "e" if purpose == "seal" else purpose[0]
    return f"{letter}-{secrets.token_hex(4)}"


def make(path: Path, *, now: datetime | None = None) -> None:
    """Write a new key file that only its owner may read. Raises FileExistsError rather than touch one that is there.

    Without `now`, it does not say since when its keys are used.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(path, new_content(now))


def add_key(path: Path, purpose: str, *, now: datetime) -> str:
    """Make the prepared key of a purpose the current one, else a fresh one; return its id. The older ones stay."""

    def change(content: dict[str, Any]) -> str:
        ring = content[purpose]
        key_id = str(ring.pop("next", None) or _put_fresh(content, purpose, now))
        ring["current"] = key_id
        # From when on it is used, which is what others wait for.
        ring.setdefault("made", {})[key_id] = now.isoformat(timespec="seconds")
        return key_id

    return _changed(path, purpose, change)


def prepare_key(path: Path, purpose: str, *, now: datetime) -> str:
    """Add a fresh key of a purpose that nothing uses yet, and return its id; the one that is prepared already, if there is one."""

    def change(content: dict[str, Any]) -> str:
        ring = content[purpose]
        if "next" not in ring:
            ring["next"] = _put_fresh(content, purpose, now)
        return str(ring["next"])

    return _changed(path, purpose, change)


def remove_key(path: Path, purpose: str, key_id: str, *, public: bytes | None = None) -> None:
    """Take an older key out of the file; keep its public half, if it has one. Raises ValueError for one that is used."""

    def change(content: dict[str, Any]) -> str:
        ring = content[purpose]
        if key_id in (ring.get("current"), ring.get("next")):
            raise ValueError(f"{key_id} is used.")
        ring["keys"].pop(key_id, None)
        ring.get("made", {}).pop(key_id, None)
        if public is not None:
            content["seal"].setdefault("public", {})[key_id] = _encoded(public)
        return key_id

    _changed(path, purpose, change)


def _changed(path: Path, purpose: str, change: Callable[[dict[str, Any]], str]) -> str:
    """Change the file under a lock: of two that add a key at once, neither takes the other's away."""
    with _alone(path):
        read(path)
        content = _content(path)
        if purpose in content:
            content[purpose] = _as_ring(content[purpose])
        else:
            content[purpose] = {"keys": {}}
        result = change(content)
        # Written beside and moved over, so that a full disk or a crash leaves the old file whole.
        beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            _write(beside, content)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _flush(path.parent)
    return result


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the folder: the file itself is replaced."""
    folder = _opened_folder(path)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _opened_folder(path: Path) -> int:
    try:
        return os.open(path.parent, os.O_RDONLY)
    except OSError:
        _refuse_exposed(path)
        raise


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_fresh(content: dict[str, Any], purpose: str, now: datetime | None) -> str:
    key_id = new_key_id(purpose)
    fresh = secrets.token_bytes(SECRET_BYTES if purpose == "secret" else KEY_BYTES)
    content[purpose]["keys"][key_id] = _encoded(fresh)
    if now is not None:
        content[purpose].setdefault("made", {})[key_id] = now.isoformat(timespec="seconds")
    return key_id


def _write(path: Path, content: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        json.dump(content, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(descriptor)


def _content(path: Path) -> Any:
    _refuse_exposed(path)
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise KeyFileUnreadable(f"The key file {path} cannot be read as JSON. Put back your copy of it.") from None


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


def _as_ring(content: Any) -> Any:
    """Return the keys of a purpose in the shape of today."""
    return {"current": FIRST_SECRET, "keys": {FIRST_SECRET: content}} if isinstance(content, str) else content


def _ring(content: Any, where: str, *, is_secret: bool) -> KeyRing:
    keys = {key_id: _decoded(key, f"{where} {key_id}") for key_id, key in content["keys"].items()}
    for key_id, key in keys.items():
        if is_secret and len(key) < KEY_BYTES:
            raise KeyFileUnreadable(f"The secret in the key file ({where}) is shorter than {KEY_BYTES} bytes.")
        if not is_secret and len(key) != KEY_BYTES:
            raise KeyFileUnreadable(
                f"A key in the key file ({where} {key_id}) has {len(key)} bytes; it must have {KEY_BYTES}."
            )
        if not (1 <= len(key_id) <= 32 and key_id.isascii() and key_id.isprintable() and ":" not in key_id):
            raise KeyFileUnreadable(f"An id in the key file ({where}) is not 1 to 32 plain characters.")
    ring = KeyRing(
        current=content["current"],
        keys=keys,
        made=_moments(content.get("made", {}), where),
        next=content.get("next"),
        public={key_id: _decoded(key, where) for key_id, key in content.get("public", {}).items()},
    )
    for named in (ring.current, ring.next or ring.current):
        if named not in keys:
            raise KeyFileUnreadable(f"The key file ({where}) names {named!r}, but does not hold it.")
    return ring


def _moments(content: Any, where: str) -> dict[str, datetime]:
    try:
        found = {key_id: datetime.fromisoformat(at) for key_id, at in content.items()}
    except ValueError:
        raise KeyFileUnreadable(f"The key file ({where}) says of a key when it was made, and it is no time.") from None
    return {key_id: at if at.tzinfo else at.replace(tzinfo=UTC) for key_id, at in found.items()}


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyFileUnreadable(f"A key in the key file ({where}) is not base64.") from None
