"""A call that makes something carries a key: sent twice, it makes one record."""

from typing import Annotated, Any
from uuid import UUID, uuid5

from ninja import Header

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="A word of your own, another for each record: sent twice, one record is made. It holds for good.",
    ),
]


def token_of(request: Any, what: str, key: str) -> UUID:
    """Return what stands for the key in our forms: its own for each owner and for each kind of record."""
    return uuid5(request.user.pk, f"{what}|{key}")
