"""Whose data keys are replaced after a leak: those of a case and its people, of a member of staff, of everybody."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.audit.record import record
from casework.clients.models import Case, Client
from casework.vault import renewal
from casework.vault.models import DataKey
from casework.vault.rotation import PIECE
from casework.vault.sealed import Sealed

from .key_rotation import KIND_OF_DATA_KEYS

OF_A_CASE = (DataKey.OwnerKind.CASE, DataKey.OwnerKind.CLIENT)


def keys_of_case(case: Case) -> list[DataKey]:
    """Return the keys of a case, of its people, and of whatever came to it from another case and kept its own."""
    people = Client.objects.filter(case=case)
    ids = {case.data_key_id, *people.order_by().values_list("data_key", flat=True)}
    for model, column, target in _leading_to_cases():
        rows = model._base_manager.filter(**{f"{column}__in": people if target is Client else [case]})
        ids.update(rows.order_by().values_list("data_key", flat=True).distinct())
    return list(DataKey.objects.usable().filter(pk__in=ids, owner_kind__in=OF_A_CASE, replaced_at=None).order_by("pk"))


def keys_of_user(user: User) -> list[DataKey]:
    return list(DataKey.objects.usable().filter(pk=user.data_key_id, replaced_at=None))


def all_keys() -> list[DataKey]:
    keys = DataKey.objects.usable().filter(replaced_at=None).order_by("pk")
    return list(keys.only("pk"))


def replace_keys(
    keys: Iterable[DataKey],
    *,
    clock: Callable[[], datetime],
    size: int = PIECE,
    told: Callable[[Job], None],
    case_id: UUID | None = None,
) -> int:
    """Give each owner another key and seal everything of theirs anew; return how many rows are left. Only inside `only_one`.

    What was interrupted before is brought to its end as well. The old keys are destroyed an hour later, by the beat.
    """
    now = clock()
    interrupted = _interrupted()
    # Those took the place of others when it began.
    fresh = (
        DataKey.objects.filter(created_at__gte=interrupted.created_at, replaces__isnull=False) if interrupted else ()
    )
    begun = {key.pk for key in fresh}
    job = interrupted or jobs.start_job(KIND_OF_DATA_KEYS, by=None, now=now)
    count = 0
    for some in batched((key.pk for key in keys if key.pk not in begun), size):
        count += renewal.replace_some(some, now=now)
    if count:
        record("lifecycle.data_keys_replaced", by=None, now=now, case_id=case_id, keys=count)
    running = jobs.begin(job.pk, total=job.done + renewal.rows_left())
    assert running is not None  # noqa: S101 - only whoever holds the lock ends one

    def hear(done: int) -> None:
        jobs.advance(running, by=done, place="")
        told(running)

    left = renewal.move_rows(size=size, told=hear)
    jobs.finish(running, now=clock(), left=left)
    return left


def destroy_replaced(*, now: datetime) -> int:
    """Destroy the keys whose place others took an hour ago, once nothing is under them; return how many."""
    with transaction.atomic():
        count = renewal.destroy_replaced(now=now)
        if count:
            record("lifecycle.replaced_keys_destroyed", by=None, now=now, keys=count)
    return count


def batched(ids: Iterable[UUID], size: int) -> Iterator[list[UUID]]:
    """Yield ids so many at a time."""
    all_of_them = iter(ids)
    while some := list(islice(all_of_them, size)):
        yield some


def _leading_to_cases() -> Iterator[tuple[Any, str, Any]]:
    for model in apps.get_models():
        if issubclass(model, Sealed):
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey) and field.related_model in (Case, Client):
                    yield model, field.name, field.related_model


def _interrupted() -> Job | None:
    return Job.objects.filter(kind=KIND_OF_DATA_KEYS, state__in=[Job.State.WAITING, Job.State.RUNNING]).first()
