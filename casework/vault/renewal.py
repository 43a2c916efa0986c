"""Another data key in the place of one that may have leaked: everything of its owner is sealed anew, online, and the old one destroyed.

Each row says under which key it is, so rows move one by one, and readers open both. New things are written under the new key as
soon as the owner's own row has moved. What a request that had begun earlier still writes under the old key is moved by the next look, and
only when an hour has passed and nothing is left under it is the old key destroyed.

History moves too, past the triggers that let nobody change it, because whoever holds the old key would else read it in every later
copy of the database. What its rows say stays as it was: only the bytes and the key are others.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pghistory.trigger
import pgtrigger
from django.apps import apps
from django.db import models, transaction

from casework.vault import envelope
from casework.vault.actions import destroy_rows_key
from casework.vault.errors import TamperedData
from casework.vault.fields import encrypted_fields
from casework.vault.models import DataKey
from casework.vault.rotation import PIECE, next_rows, write_columns

logger = logging.getLogger(__name__)

# So long a request or a task may go on that has the old key in its hands.
KEPT_AT_LEAST = timedelta(hours=1)
# What would keep history of the bytes, or refuse to let them be changed.
IN_THE_WAY = (pghistory.trigger.Event, pgtrigger.Protect, pgtrigger.ReadOnly)


def models_with_keys() -> Iterator[Any]:
    """Yield every model whose rows have a data key, history too."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy and not model._meta.abstract:
            for field in model._meta.local_fields:
                if isinstance(field, models.ForeignKey) and field.related_model is DataKey and model is not DataKey:
                    yield model


@transaction.atomic
def replace_some(ids: Iterable[UUID], *, now: datetime) -> int:
    """Make the keys that take the place of others; return how many.

    Those that have been erased, or whose place another one takes already, are left as they are.
    """
    locked = DataKey.objects.usable().filter(pk__in=list(ids), replaced_at=None).order_by("pk")
    keys = list(locked.select_for_update(no_key=True))
    fresh = [DataKey.objects.new(key.owner_kind, now=now) for key in keys]
    DataKey.objects.bulk_create(fresh)
    places = {key.pk: (new.pk, now) for key, new in zip(keys, fresh, strict=True)}
    write_columns(DataKey, ("replaced_by_id", "replaced_at"), places)
    return len(keys)


def rows_left(keys: Iterable[UUID] | None = None) -> int:
    """Return how many rows are under keys that were replaced, or under some of them."""
    return sum(_under_replaced(model, keys).count() for model in models_with_keys())


def move_rows(*, size: int = PIECE, told: Callable[[int], None] | None = None) -> int:
    """Seal anew everything under replaced keys; return how many rows are left, because they do not open or are held by others.

    `told` hears after each piece how many rows it was.
    """
    for model in models_with_keys():
        after: Any = None
        while True:
            rows, moved = _move_some(model, after, size)
            if moved and told is not None:
                told(moved)
            if len(rows) < size:
                break
            after = rows[-1].pk
    return rows_left()


def destroy_replaced(*, now: datetime, size: int = PIECE) -> int:
    """Destroy the keys that were replaced an hour ago and under which nothing is left; return how many."""
    destroyed = 0
    long_ago = DataKey.objects.replaced().filter(replaced_at__lte=now - KEPT_AT_LEAST).order_by("pk")
    waiting = list(long_ago.values_list("pk", flat=True))
    if waiting:
        move_rows(size=size)
    for start in range(0, len(waiting), size):
        destroyed += _destroy_some(waiting[start : start + size], now)
    return destroyed


@transaction.atomic
def _destroy_some(ids: Sequence[UUID], now: datetime) -> int:
    # Waits for whoever is inserting a row that refers to one of them, and lets nobody begin.
    keys = list(DataKey.objects.replaced().filter(pk__in=ids).order_by("pk").select_for_update())
    needed: set[UUID] = set()
    for model in models_with_keys():
        needed.update(_under_replaced(model, ids).order_by().values_list("data_key", flat=True).distinct())
    idle = [key for key in keys if key.pk not in needed]
    for key in idle:
        destroy_rows_key(key, now=now)
    return len(idle)


def _under_replaced(model: Any, keys: Iterable[UUID] | None = None) -> Any:
    rows = model._base_manager.filter(data_key__replaced_at__isnull=False, data_key__destroyed_at__isnull=True)
    return rows if keys is None else rows.filter(data_key__in=list(keys))


@transaction.atomic
def _move_some(model: Any, after: Any, size: int) -> tuple[list[Any], int]:
    fields = encrypted_fields(model)
    rows = next_rows(_under_replaced(model).select_related("data_key__replaced_by"), after, size, of=("self",))
    moved: dict[Any, tuple[Any, ...]] = {}
    for row in rows:
        fresh = _newest(row.data_key)
        try:
            if getattr(row, "files_under", _no_files)(fresh):
                moved[row.pk] = (fresh.pk, *_sealed_anew(row, fields, fresh))
        except TamperedData as problem:
            logger.error("a row stays under a key that was replaced: %s", problem)
    with ExitStack() as stack:
        if names := in_the_way(model):  # named none, all would be ignored
            stack.enter_context(pgtrigger.ignore(*names))
        write_columns(model, ("data_key_id", *(str(field.column) for field in fields)), moved)
    return rows, len(moved)


def _newest(key: DataKey) -> DataKey:
    newest: DataKey = key
    while newest.replaced_by is not None:
        newest = newest.replaced_by
    return newest


def _sealed_anew(row: Any, fields: Any, fresh: DataKey) -> list[bytes | None]:
    old = row.data_key
    held = {field: row.__dict__.get(field.attname) for field in fields}
    plain: dict[Any, bytes | None] = {}
    for field, content in held.items():
        try:
            plain[field] = content and envelope.unseal(old.cipher(), bytes(content), field.bound_to(row))
        except envelope.DoesNotOpen:
            raise TamperedData(field.label, row.pk, field.name) from None
    row.data_key = fresh
    return [
        None if plain[field] is None else envelope.seal(fresh.cipher(), plain[field], field.bound_to(row))  # type: ignore[arg-type]  # just looked at
        for field in fields
    ]


def in_the_way(model: Any) -> list[str]:
    return [
        f"{model._meta.label}:{trigger.name}"
        for trigger in getattr(model._meta, "triggers", ())
        if isinstance(trigger, IN_THE_WAY)
    ]


def _no_files(fresh: DataKey) -> bool:
    return True
