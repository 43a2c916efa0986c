"""What a backup consists of: sizes and hashes of its parts, how many rows each table had. Signed, and about nobody."""

import dataclasses
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from casework.vault.keys import provider

from .sealing import Sealed

# 1: without tables of which columns are left out. Both are read.
FORMAT, READ = 2, (1, 2)
PREFIX = b"casework backup 1|"
# Where a part lies: beside the manifest, or among the keys.
HERE, KEYS = "here", "keys"


class ManifestUnreadable(Exception):
    """A file that is no manifest, or one of a later program."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`rows`: by table. `chain`: place and hash of the last sealed event. `wrapped_by`: ids of the keys that the data keys need.

    `parts`: where each is, its size and hash; of rows of one table, which one, and which columns.
    """

    name: str
    made_at: str
    program: str
    server: int
    dumped_by: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    chain: dict[str, Any]
    ledger_lines: int
    wrapped_by: list[str]
    data_keys: dict[str, int]
    recipients: list[str]
    files: dict[str, int]
    parts: dict[str, dict[str, Any]]
    key: str = ""
    signature: str = ""

    def part(self, name: str) -> Sealed:
        return Sealed(self.parts[name]["size"], self.parts[name]["sha256"])

    def parts_in(self, where: str) -> list[str]:
        return [name for name, part in self.parts.items() if part["where"] == where]

    def tables(self) -> dict[str, tuple[str, list[str]]]:
        """Return the parts that are rows of one table, each with its name and the columns that are there."""
        return {name: (part["table"], part["columns"]) for name, part in self.parts.items() if "table" in part}

    @property
    def total_bytes(self) -> int:
        return sum(int(part["size"]) for part in self.parts.values())

    def signed(self) -> "Manifest":
        key_id, private = provider().current_seal_key()
        named = dataclasses.replace(self, key=key_id, signature="")
        signature = Ed25519PrivateKey.from_private_bytes(private).sign(named.signed_bytes)
        return dataclasses.replace(named, signature=signature.hex())

    def signer_is_known(self) -> bool:
        """Return whether the key file holds at least the public half of the key that signed this."""
        return self.key in provider().seal_publics()

    def is_genuine(self) -> bool:
        """Return whether a key of the key file has signed this."""
        public = provider().seal_publics().get(self.key)
        if public is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(self.signature), self.signed_bytes)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def signed_bytes(self) -> bytes:
        content = dataclasses.asdict(self) | {"signature": ""}
        return PREFIX + json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

    def to_text(self) -> str:
        return json.dumps({"format": FORMAT} | dataclasses.asdict(self), indent=1) + "\n"

    @classmethod
    def from_text(cls, text: str) -> "Manifest":
        """Raises ManifestUnreadable."""
        try:
            content = json.loads(text)
            if content.pop("format") not in READ:
                raise ManifestUnreadable("It was written by a later program.")
            found = cls(**content)
            for name in found.parts:
                found.part(name)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ManifestUnreadable("It is no manifest.") from None
        return found
