"""The key provider: what may be asked of the keys that are not in the database.

The key file is looked at before each use and read again when it has changed, so a rotated key is used at once by every
process, and taking the file away seals the application.
"""

import dataclasses
import functools
import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from casework.vault import envelope, keyfile


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class _Loaded:
    version: tuple[int, ...]
    file: keyfile.KeyFile
    ciphers: dict[bytes, AESGCM]
    hash_keys: dict[tuple[bytes, str], bytes]


class KeyProvider:
    """Wraps data keys and hands out the keys derived from a key file. One per process and file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._loaded: _Loaded | None = None

    def current_data_key_id(self) -> str:
        """Return the id of the key that new data keys are wrapped with."""
        return self._load().file.data.current

    def data_key_ids(self) -> list[str]:
        """Return the ids of all keys that wrap data keys."""
        return list(self._load().file.data.keys)

    def wrap(self, plain: bytes, bound_to: bytes) -> tuple[str, bytes]:
        """Return the id of the current key and `plain` wrapped with it."""
        loaded = self._load()
        key_id = loaded.file.data.current
        return key_id, envelope.seal(self._cipher(loaded, loaded.file.data.get(key_id)), plain, bound_to)

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """Return what was wrapped. Raises UnknownKey, or DoesNotOpen for what does not authenticate."""
        loaded = self._load()
        return envelope.unseal(self._cipher(loaded, loaded.file.data.get(key_id)), wrapped, bound_to)

    def current_search_cipher(self) -> tuple[str, AESGCM]:
        """Return id and cipher of the key that new search forms are sealed with."""
        loaded = self._load()
        key_id = loaded.file.search.current
        return key_id, self._cipher(loaded, loaded.file.search.get(key_id))

    def search_cipher(self, key_id: str) -> AESGCM:
        """Return the cipher of an older or the current search key, or raise UnknownKey."""
        loaded = self._load()
        return self._cipher(loaded, loaded.file.search.get(key_id))

    def hash_keys(self, field_name: str) -> list[bytes]:
        """Return the keys for the hashes of one field: the current one first, then older ones."""
        loaded = self._load()
        ring = loaded.file.lookup
        roots = [ring.get(ring.current), *(key for key_id, key in ring.keys.items() if key_id != ring.current)]
        return [self._hash_key(loaded, root, field_name) for root in roots]

    def current_seal_key(self) -> tuple[str, bytes]:
        """Return id and bytes of the key that signs the heads of the audit chain."""
        file = self._load().file
        key_id = (file.seal or file.lookup).current
        return key_id, self.seal_keys()[key_id]

    def seal_keys(self) -> dict[str, bytes]:
        """Return the current and all older keys that signed heads, by id.

        One follows from each key of `lookup`: a key file from before there were seals goes on as it is, and what was
        signed with it is recognised after a `seal` key was added too.
        """
        loaded = self._load()
        derived = {key_id: self._hash_key(loaded, key, "|seal") for key_id, key in loaded.file.lookup.keys.items()}
        return derived | dict(loaded.file.seal.keys if loaded.file.seal else {})

    def _load(self) -> _Loaded:
        try:
            status = os.stat(self.path)  # noqa: PTH116 - asked before every use, and three times as quick
            version: tuple[int, ...] = (status.st_mtime_ns, status.st_ino, status.st_size, status.st_mode)
        except OSError:
            version = ()
        if self._loaded is None or self._loaded.version != version:
            self._loaded = None
            self._loaded = _Loaded(version=version, file=keyfile.read(self.path), ciphers={}, hash_keys={})
        return self._loaded

    @staticmethod
    def _cipher(loaded: _Loaded, key: bytes) -> AESGCM:
        if key not in loaded.ciphers:
            loaded.ciphers[key] = AESGCM(key)
        return loaded.ciphers[key]

    @staticmethod
    def _hash_key(loaded: _Loaded, root: bytes, field_name: str) -> bytes:
        if (root, field_name) not in loaded.hash_keys:
            derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"lookup|{field_name}".encode())
            loaded.hash_keys[root, field_name] = derivation.derive(root)
        return loaded.hash_keys[root, field_name]


def provider() -> KeyProvider:
    """Return the provider of the key file in the settings."""
    return _provider(Path(settings.KEY_FILE))


@functools.cache
def _provider(path: Path) -> KeyProvider:
    return KeyProvider(path)
