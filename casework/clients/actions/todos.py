"""What can happen to what staff have to do: written down, given, changed, handed on, done, opened again."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import ChangedMeanwhile, insert_once, locked, write
from ..models import Case, ToDo


class ToDoFields(TypedDict, total=False):
    text: str
    due_on: date | None
    owner: User


class UnableToWriteToDo(Refusal):
    pass


@transaction.atomic
def write_to_do(
    *,
    text: str,
    owner: User,
    by: User,
    now: datetime,
    case: Case | None = None,
    due_on: date | None = None,
    submit_token: UUID | None = None,
) -> ToDo:
    """Write down what somebody has to do, oneself or a colleague. Sent twice with the same token, it is there once."""
    _refuse_unfitting(text, owner, case, now)
    to_do = ToDo(
        id=new_id(),
        data_key=case.data_key if case else owner.data_key,
        owner=owner,
        case=case,
        due_on=due_on,
        created_at=now,
        created_by=by,
        submit_token=submit_token or new_id(),
    )
    to_do.text = text
    to_do, is_new = insert_once(to_do, key="submit_token", created_by_id=by.pk)
    if is_new:
        case_id = case.pk if case else None
        record("clients.to_do_written", subject=to_do, case_id=case_id, by=by, now=now, owner=str(owner.pk))
    return to_do


@transaction.atomic
def change_to_do(*, to_do: ToDo, version: int, by: User, now: datetime, **fields: Unpack[ToDoFields]) -> ToDo:
    """Change the words, the day or whose it is. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    to_do = locked(to_do, version=version, mine=values)
    if to_do.kind != ToDo.Kind.FREE:
        values.pop("text", None)  # the software has found the words
    owner = values.get("owner", to_do.owner)
    _refuse_unfitting(values.get("text", to_do.text), owner, to_do.case, now, is_free=to_do.kind == ToDo.Kind.FREE)
    is_handed = owner.pk != to_do.owner_id
    if is_handed and to_do.case is None:
        _seal_for(to_do, owner, values)
    changed = write(to_do, values)
    if changed:
        done = "clients.to_do_handed" if is_handed else "clients.to_do_changed"
        told = {"owner": str(owner.pk)} if is_handed else {}
        record(done, subject=to_do, case_id=to_do.case_id, by=by, now=now, fields=sorted(changed), **told)
    return to_do


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
        record(
            "clients.to_do_given",
            subject=to_do,
            case_id=to_do.case_id,
            by=None,
            now=now,
            kind=kind,
            owner=str(to_do.owner_id),
        )
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


@transaction.atomic
def take_back_to_do(*, to_do: ToDo, version: int, by: User, now: datetime) -> None:
    """Remove a to-do that one wrote down a moment ago, as if it had not been written. Raises ChangedMeanwhile."""
    to_do = locked(to_do, version=version)
    if to_do.is_done or to_do.kind != ToDo.Kind.FREE or to_do.created_by_id != by.pk:
        raise ChangedMeanwhile(to_do, {})
    record("clients.to_do_taken_back", subject=to_do, case_id=to_do.case_id, by=by, now=now)
    to_do.delete()


def _seal_for(to_do: ToDo, owner: User, values: dict[str, Any]) -> None:
    """Seal what is about no case under the key of its new owner, with whose account it goes."""
    text = values.get("text", str(to_do.text))
    to_do.data_key = owner.data_key
    to_do.text = text
    to_do.save(update_fields=["data_key", "text"])


def _refuse_unfitting(text: str, owner: User, case: Case | None, now: datetime, *, is_free: bool = True) -> None:
    if is_free and not str(text).strip():
        raise UnableToWriteToDo(_("Write what is to be done."), field="text")
    if not owner.is_active:
        raise UnableToWriteToDo(_("This account is closed. Choose somebody else."), field="owner")
    if case is not None and not Case.objects.filter(pk=case.pk).visible_to(owner, now).exists():
        raise UnableToWriteToDo(_("This colleague may not see the case. Choose somebody who may."), field="owner")
