"""Originals that leave the hands of their owner, and come back."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..models import Custody, Document


class UnableToKeepOriginal(Refusal):
    pass


class CustodyValues(TypedDict, total=False):
    """What is written down when an original is handed over."""

    holder: str
    place: str
    receipt: str
    handed_over_by: str
    remark: str
    since: date
    expected_back_on: date | None


@transaction.atomic
def hand_over_original(
    *,
    document: Document,
    by: User,
    now: datetime,
    today: date,
    custody_id: UUID | None = None,
    **values: Unpack[CustodyValues],
) -> Custody:
    """Record that the original went to our safe, an authority or somebody else. `today` is the day where the team works.

    Sent twice with the same `custody_id`, it is recorded once. Raises UnableToKeepOriginal.
    """
    # Whoever hands over the same original at this moment waits here, and then sees where it is.
    document = Document.objects.select_for_update().get(pk=document.pk)
    earlier = Custody.objects.filter(pk=custody_id, document=document).first() if custody_id else None
    if earlier is not None:
        return earlier
    _refuse_days(values, today)
    if document.state == Document.State.LOST:
        raise UnableToKeepOriginal(_("This document is recorded as lost. If it was found, change its state first."))
    if Custody.objects.open().filter(document=document).exists():
        raise UnableToKeepOriginal(_("This original has not come back yet. Record first that it came back."))
    custody = Custody(
        id=custody_id or new_id(),
        data_key=document.data_key,
        document=document,
        recorded_at=now,
        recorded_by=by,
        **values,
    )
    custody, is_new = insert_once(custody, document_id=document.pk)
    if is_new:
        _say("documents.original_handed_over", custody, by, now, holder=custody.holder)
    return custody


@transaction.atomic
def change_custody(
    *, custody: Custody, version: int, by: User, now: datetime, today: date, **values: Unpack[CustodyValues]
) -> Custody:
    """Correct what was written down. Raises ChangedMeanwhile, UnableToKeepOriginal."""
    custody = locked(custody, version=version, mine=values)
    _refuse_days({"since": custody.since, **values}, today, returned_on=custody.returned_on)
    changed = write(custody, values)
    if changed:
        _say("documents.custody_changed", custody, by, now, fields=sorted(changed))
    return custody


@transaction.atomic
def record_return(
    *,
    custody: Custody,
    version: int,
    returned_on: date,
    returned_to: str,
    by: User,
    now: datetime,
    today: date,
) -> Custody:
    """Record that the original was given back. Raises ChangedMeanwhile, UnableToKeepOriginal."""
    values = {"returned_on": returned_on, "returned_to": returned_to}
    custody = locked(custody, version=version, mine=values)
    if returned_on < custody.since:
        raise UnableToKeepOriginal(_("It cannot come back before it was handed over."), field="returned_on")
    if returned_on > today:
        raise UnableToKeepOriginal(_("This day has not come yet."), field="returned_on")
    if write(custody, {**values, "returned_by": by}):
        _say("documents.original_returned", custody, by, now, holder=custody.holder)
    return custody


@transaction.atomic
def reopen_custody(*, custody: Custody, version: int, by: User, now: datetime) -> Custody:
    """Say that the original has not come back after all. Raises ChangedMeanwhile, UnableToKeepOriginal."""
    Document.objects.select_for_update().get(pk=custody.document_id)
    custody = locked(custody, version=version)
    if custody.returned_on is None:
        return custody
    if Custody.objects.open().filter(document=custody.document_id).exists():
        raise UnableToKeepOriginal(_("This original was handed over again since. It is in one place only."))
    write(custody, {"returned_on": None, "returned_to": "", "returned_by": None})
    _say("documents.original_not_returned", custody, by, now, holder=custody.holder)
    return custody


@transaction.atomic
def remove_custody(*, custody: Custody, version: int, by: User, now: datetime) -> None:
    """Remove what was recorded by mistake. Raises ChangedMeanwhile."""
    custody = locked(custody, version=version)
    _say("documents.custody_removed", custody, by, now, holder=custody.holder)
    custody.delete()


def _refuse_days(values: Any, today: date, returned_on: date | None = None) -> None:
    since, expected = values["since"], values.get("expected_back_on")
    if since > today:
        raise UnableToKeepOriginal(_("This day has not come yet."), field="since")
    if returned_on is not None and since > returned_on:
        raise UnableToKeepOriginal(_("It cannot come back before it was handed over."), field="since")
    if expected is not None and expected < since:
        raise UnableToKeepOriginal(_("It cannot be expected back before it was handed over."), field="expected_back_on")


def _say(type: str, custody: Custody, by: User, now: datetime, **data: Any) -> None:
    client = custody.document.client
    record(type, subject=custody, case_id=client.case_id, by=by, now=now, client=str(client.pk), **data)
