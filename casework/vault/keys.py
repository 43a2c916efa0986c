"""The key provider: what may be asked of the keys that are not in the database.

The key file is looked at before each use and read again when it has changed, so a rotated key is used at once by every
process, and taking the file away seals the application.
"""

import dataclasses
import functools
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from casework.vault import envelope, keyfile


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class _Loaded:
    version: tuple[int, ...]
    file: keyfile.KeyFile
    ciphers: dict[bytes, AESGCM]
    hash_keys: dict[tuple[bytes, str], bytes]


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class NamedKey:
    """A key and its id in the key file."""

    id: str
    key: bytes


class KeyProvider:
    """Wraps data keys and hands out the keys derived from a key file. One per process and file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._loaded: _Loaded | None = None

    def ring(self, purpose: str) -> keyfile.KeyRing | None:
        """Return the keys of a purpose; None for one that an older file does without."""
        return self._load().file.ring(purpose)

    def current_id(self, purpose: str) -> str:
        """Return the id of the key that new things of a purpose are made with."""
        if purpose == "seal":
            return self.current_seal_key()[0]
        ring = self.ring(purpose)
        assert ring is not None  # noqa: S101 - only `seal` may be missing
        return ring.current

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

    def hash_keys(self, field_name: str) -> list[NamedKey]:
        """Return the keys for the hashes of one field: the current one first, then older ones."""
        loaded = self._load()
        ring = loaded.file.lookup
        return [
            NamedKey(key_id, self._hash_key(loaded, ring.get(key_id), field_name)) for key_id in ring.current_first()
        ]

    def secrets(self) -> list[NamedKey]:
        """Return Django's secrets as the settings have them, the current one first, then older ones.

        What a process asks of this is at once what all others ask; its settings say what was so when it started.
        """
        file = self._load().file
        texts = [file.secret, *file.older_secrets]
        return [
            NamedKey(key_id, text.encode()) for key_id, text in zip(file.secrets.current_first(), texts, strict=True)
        ]

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

    def seal_publics(self) -> dict[str, bytes]:
        """Return the public halves of keys that signed heads, by id: of those that are gone from the file too."""
        seal = self.ring("seal")
        return dict(seal.public if seal else {}) | {
            key_id: public_half(key) for key_id, key in self.seal_keys().items()
        }

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


def public_half(key: bytes) -> bytes:
    """Return what verifies the signatures of a `seal` key."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def provider() -> KeyProvider:
    """Return the provider of the key file in the settings."""
    # Asked for each thing that is opened, so the path stays the text that it is.
    return _provider(os.fspath(settings.KEY_FILE))


@functools.cache
def _provider(path: str) -> KeyProvider:
    return KeyProvider(Path(path))
