"""The list of what countries issue: added to, changed, retired. It holds no people."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.lib.ids import new_id
from casework.lib.number_masks import is_mask
from casework.lib.refusals import Refusal

from ..models import DocumentType


class UnableToKeepType(Refusal):
    pass


class TypeValues(TypedDict, total=False):
    """What is said of a document type."""

    country: str
    kind: str
    name: str
    masks: Sequence[str]
    remark: str


@transaction.atomic
def add_type(*, by: User, now: datetime, type_id: UUID | None = None, **values: Unpack[TypeValues]) -> DocumentType:
    """Add a document type. Sent twice with the same `type_id`, it is added once. Raises UnableToKeepType."""
    _refuse_masks(values)
    row = DocumentType(id=type_id or new_id(), **values)
    earlier = DocumentType.objects.filter(pk=row.pk).first()
    if earlier is not None:
        return earlier
    with _one_of_a_name():
        row, is_new = insert_once(row, name=row.name)
    if is_new:
        record("documents.type_added", subject=row, by=by, now=now)
    return row


@transaction.atomic
def change_type(
    *, row: DocumentType, version: int, by: User, now: datetime, **values: Unpack[TypeValues]
) -> DocumentType:
    """Change a document type. Raises ChangedMeanwhile, UnableToKeepType."""
    _refuse_masks(values)
    row = locked(row, version=version, mine=values)
    with _one_of_a_name():
        changed = write(row, values)
    if changed:
        record("documents.type_changed", subject=row, by=by, now=now, fields=sorted(changed))
    return row


@transaction.atomic
def retire_type(*, row: DocumentType, version: int, by: User, now: datetime) -> DocumentType:
    """Say that it is not issued any more: its numbers are not looked at. Raises ChangedMeanwhile."""
    row = locked(row, version=version)
    if row.retired_at is None:
        write(row, {"retired_at": now})
        record("documents.type_retired", subject=row, by=by, now=now)
    return row


@transaction.atomic
def restore_type(*, row: DocumentType, version: int, by: User, now: datetime) -> DocumentType:
    """Take a retired type into use again. Raises ChangedMeanwhile, UnableToKeepType."""
    row = locked(row, version=version)
    if row.retired_at is not None:
        with _one_of_a_name():
            write(row, {"retired_at": None})
        record("documents.type_restored", subject=row, by=by, now=now)
    return row


def _refuse_masks(values: Any) -> None:
    for mask in values.get("masks", ()):
        if not is_mask(mask):
            raise UnableToKeepType(
                _("“%(mask)s” does not say how a number looks. Use # for a digit and @ for a letter.") % {"mask": mask},
                field="masks",
            )


@contextmanager
def _one_of_a_name() -> Iterator[None]:
    """Turn the database's refusal of a second type of the same name into a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "document_type_in_use_once" not in str(error):
            raise
        sentence = _("This country has a document of this kind and name already.")
        raise UnableToKeepType(sentence, field="name") from error
