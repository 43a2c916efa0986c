"""The chain of hashes over the events: pure, so that whoever has the rows can compute it with a few lines of any language.

The first hash follows the hash of a fixed text. Each further one is SHA-256 over the hash before it and the text of the
event: its place in the chain and then its columns in the order of `COLUMNS`, each as `<number of characters>:<text>`,
or `-` where it is null, parted by commas. Lengths stand before texts, so that no two events have the same text.
"""

import hashlib
from collections.abc import Iterable

BEGINNING = hashlib.sha256(b"casework audit chain 1").digest()

# As PostgreSQL writes them. The time in microseconds, which do not depend on zones or on how a day is written.
COLUMNS = (
    "id::text",
    "trunc(extract(epoch FROM at) * 1000000)::text",
    "type",
    "actor_id::text",
    "subject_model",
    "subject_id",
    "case_id::text",
    "data::text",
)


def text_of(pos: int, columns: Iterable[str | None]) -> str:
    """Return the text of an event at its place in the chain."""
    return ",".join("-" if each is None else f"{len(each)}:{each}" for each in (str(pos), *columns))


def link(before: bytes, pos: int, columns: Iterable[str | None]) -> bytes:
    """Return the hash of an event that follows the hash `before`."""
    return hashlib.sha256(before + text_of(pos, columns).encode()).digest()
