"""Everything that can happen to a permit."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.fact_rows import change_fact, lock_fact, record_fact, refuse_rows_of_others, remove_fact
from casework.clients.models import Client
from casework.documents.models import Document
from casework.lib.refusals import Refusal

from ..models import Permit


class UnableToRecordPermit(Refusal):
    pass


class PermitValues(TypedDict, total=False):
    """What may be said of a permit."""

    id: UUID
    country: str
    kind: str
    valid_from: date | None
    printed_until: date | None
    card: Document | None
    remark: str


@transaction.atomic
def record_permit(*, client: Client, by: User, now: datetime, **values: Unpack[PermitValues]) -> Permit:
    """Record a right to stay that an authority granted. Raises UnableToRecordPermit."""
    _check(values)
    refuse_rows_of_others(client, values, UnableToRecordPermit)
    return record_fact(Permit(client=client, **values), client, by=by, now=now)


@transaction.atomic
def change_permit(*, permit: Permit, version: int, by: User, now: datetime, **values: Unpack[PermitValues]) -> Permit:
    """Change what is known of a permit. Raises ChangedMeanwhile, UnableToRecordPermit."""
    permit = lock_fact(permit, version=version, mine=values)
    known = {name: getattr(permit, name) for name in PermitValues.__annotations__}
    _check({**known, **values})
    refuse_rows_of_others(permit.client, values, UnableToRecordPermit)
    return change_fact(permit, permit.client, values, by=by, now=now)


@transaction.atomic
def remove_permit(*, permit: Permit, version: int, by: User, now: datetime) -> None:
    """Remove a permit that was recorded by mistake. Raises ChangedMeanwhile."""
    permit = lock_fact(permit, version=version, mine={})
    remove_fact(permit, permit.client, by=by, now=now)


def _check(values: Any) -> None:
    valid_from, printed_until = values.get("valid_from"), values.get("printed_until")
    if valid_from and printed_until and printed_until < valid_from:
        raise UnableToRecordPermit(
            _("The permit ends before it begins. Look at both days again."), field="printed_until"
        )
