"""Lists in pages, by the place of a row and not by its number.

The address of a page names the row after which it begins, so the tenth page costs what the first
does, and nothing is shown twice or missed because a row was added meanwhile.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import GeneratedField, Model, Q, QuerySet
from django.http import QueryDict

from casework.web.components import KeysetPage

SIZE = 50
SEPARATOR = "~"


def keyset_page(
    rows: QuerySet[Any], keys: Sequence[str], query: QueryDict, path: str, *, size: int = SIZE
) -> KeysetPage:
    """Return the page that `query` asks for with `after` or `before`; the first for anything else.

    `keys` are plain columns or annotations that are never null, "-" for descending, the last of them
    unique; they appear in the address, so they must say nothing about a person.
    """
    backwards = "before" in query and "after" not in query
    order = [_reversed(key) for key in keys] if backwards else list(keys)
    place = _place(rows, keys, query.get("before" if backwards else "after", ""))
    if place is None:
        backwards, order = False, list(keys)
    else:
        rows = rows.filter(_beyond(order, place))
    found = list(rows.order_by(*order)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous = has_more if backwards else place is not None
    has_next = backwards or has_more
    return KeysetPage(
        rows=found,
        previous_url=_url(query, path, "before", keys, found[0]) if found and has_previous else "",
        next_url=_url(query, path, "after", keys, found[-1]) if found and has_next else "",
    )


def batches(rows: QuerySet[Any], keys: Sequence[str], *, size: int) -> Iterator[list[Any]]:
    """Yield all rows in the order of `keys`, which are as for a page, a batch at a time and each by one query."""
    place: list[Any] | None = None
    while found := list((rows if place is None else rows.filter(_beyond(keys, place))).order_by(*keys)[:size]):
        yield found
        if len(found) < size:
            return
        place = [getattr(found[-1], key.lstrip("-")) for key in keys]


def _reversed(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Return what comes later in `order` than `place`: a later first key, or the same and a later second, ..."""
    beyond, same = Q(pk__in=[]), Q()
    for key, value in zip(order, place, strict=True):
        name, later = (key[1:], "lt") if key.startswith("-") else (key, "gt")
        beyond |= same & Q(**{f"{name}__{later}": value})
        same &= Q(**{name: value})
    return beyond


def _place(rows: QuerySet[Any], keys: Sequence[str], text: str) -> list[Any] | None:
    """Return the values of `keys` that an address names, None if it names none that can be."""
    parts = text.split(SEPARATOR)
    if len(parts) != len(keys) or "\0" in text:
        return None
    try:
        return [_field(rows, key.lstrip("-")).to_python(part) for key, part in zip(keys, parts, strict=True)]
    except ValidationError:
        return None


def _field(rows: QuerySet[Any], name: str) -> Any:
    """Return the field that reads and writes the values of a key."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    field = rows.model._meta.get_field(name)
    # A generated column is read as what it holds.
    return field.output_field if isinstance(field, GeneratedField) else field


def _in_address(row: Model, name: str) -> str:
    columns = {field.name: field for field in row._meta.concrete_fields}
    return columns[name].value_to_string(row) if name in columns else str(getattr(row, name))


def _url(query: QueryDict, path: str, side: str, keys: Sequence[str], row: Model) -> str:
    place = SEPARATOR.join(_in_address(row, key.lstrip("-")) for key in keys)
    rest = query.copy()
    rest.pop("after", None)
    rest.pop("before", None)
    rest[side] = place
    return f"{path}?{rest.urlencode()}"
