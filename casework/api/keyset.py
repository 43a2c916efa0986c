"""Lists in pages by the place of a row: the tenth page costs what the first does."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from ninja import Query

from .problems import Problem, mistake

SIZE, LARGEST = 50, 200
_SEPARATOR = "~"

After = Annotated[
    str,
    Query(
        max_length=100, pattern=r"^[0-9A-Za-z:.+~-]*$", description="`next` of the page before; nothing for the first"
    ),
]
Limit = Annotated[int, Query(ge=1, le=LARGEST, description="How many rows at most")]


def page_of(rows: Any, keys: Sequence[str], after: str, limit: int) -> tuple[list[Any], str | None]:
    """Return the rows after a place, and the place from which to go on; None at the end.

    `keys` are two columns that are never null, the second of them the id; "-" before both for descending.
    """
    if after:
        rows = rows.filter(_beyond(keys, _place(after)))
    found = list(rows.order_by(*keys)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    values = [getattr(last, key.lstrip("-")) for key in keys]
    return found[:limit], _SEPARATOR.join(it.isoformat() if isinstance(it, date) else str(it) for it in values)


def _place(after: str) -> tuple[Any, UUID]:
    when, _sign, pk = after.partition(_SEPARATOR)
    try:
        at: Any = datetime.fromisoformat(when) if "T" in when else date.fromisoformat(when)
        if isinstance(at, datetime) and at.tzinfo is None:
            raise ValueError
        return at, UUID(pk)
    except (ValueError, OverflowError):
        said = _("Send `next` as it came with the page before, or leave it away.")
        raise Problem(422, "invalid", said, errors=[mistake("query.after", "cursor", said)]) from None


def _beyond(keys: Sequence[str], place: tuple[Any, UUID]) -> Q:
    (first, second), later = (key.lstrip("-") for key in keys), "lt" if keys[0].startswith("-") else "gt"
    at, pk = place
    return Q(**{f"{first}__{later}": at}) | Q(**{first: at, f"{second}__{later}": pk})
