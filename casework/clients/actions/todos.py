"""What can happen to what staff have to do: given, done, opened again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from casework.accounts.models import User
from casework.audit.record import record

from ..models import Case, ToDo


@transaction.atomic
def give_to_dos(*, owner_ids: Iterable[UUID], kind: str, about: UUID, now: datetime, case: Case | None = None) -> int:
    """Give each of these one to-do about one thing; who has it already gets no second one. Return how many are new.

    `case`: it is about this case, and shown only as long as its owner may see that.
    """
    owners = list(User.objects.filter(pk__in=set(owner_ids)).order_by("pk"))
    have = set(ToDo.objects.filter(kind=kind, about=about).values_list("owner_id", flat=True))
    new = [
        ToDo(owner=owner, data_key=(case or owner).data_key, case=case, kind=kind, about=about, created_at=now)
        for owner in owners
        if owner.pk not in have
    ]
    ToDo.objects.bulk_create(new, ignore_conflicts=True)
    for to_do in new:
        record("clients.to_do_given", subject=to_do, by=None, now=now, kind=kind, owner=str(to_do.owner_id))
    return len(new)


@transaction.atomic
def finish_to_do(*, to_do: ToDo, by: User, now: datetime) -> ToDo:
    """Say that it is done; said twice, it counts once."""
    to_do = ToDo.objects.select_for_update().get(pk=to_do.pk)
    if not to_do.is_done:
        to_do.done_at, to_do.done_by = now, by
        to_do.save(update_fields=["done_at", "done_by"])
        record("clients.to_do_done", subject=to_do, case_id=to_do.case_id, by=by, now=now, kind=to_do.kind)
    return to_do


@transaction.atomic
def reopen_to_do(*, to_do: ToDo, by: User, now: datetime) -> ToDo:
    """Say that it is not done after all."""
    to_do = ToDo.objects.select_for_update().get(pk=to_do.pk)
    if to_do.is_done:
        to_do.done_at = to_do.done_by = None
        to_do.save(update_fields=["done_at", "done_by"])
        record("clients.to_do_reopened", subject=to_do, case_id=to_do.case_id, by=by, now=now, kind=to_do.kind)
    return to_do
