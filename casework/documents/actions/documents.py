"""Everything that can happen to a document."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.actions.facts import identity_changed
from casework.clients.fact_rows import change_fact, lock_fact, record_fact, remove_fact
from casework.clients.models import Client
from casework.lib.refusals import Refusal

from ..lookup import number_hash
from ..models import Document


class UnableToRecordDocument(Refusal):
    pass


class DocumentValues(TypedDict, total=False):
    """What may be said of a document."""

    id: UUID
    kind: str
    country: str
    number: str
    issued_on: date | None
    valid_until: date | None
    state: str
    biometric: bool | None
    renewable_abroad: bool | None


@transaction.atomic
def record_document(*, client: Client, by: User, now: datetime, **values: Unpack[DocumentValues]) -> Document:
    """Record a paper of `client`. Raises UnableToRecordDocument."""
    _check(values)
    document = record_fact(Document(client=client, **_with_hash(values)), client, by=by, now=now)
    identity_changed(client)
    return document


@transaction.atomic
def change_document(
    *, document: Document, version: int, by: User, now: datetime, **values: Unpack[DocumentValues]
) -> Document:
    """Change what is known of a document. Raises ChangedMeanwhile, UnableToRecordDocument."""
    document = lock_fact(document, version=version, mine=values)
    _check({**_known(document), **values})
    document = change_fact(document, document.client, _with_hash(values, document), by=by, now=now)
    identity_changed(document.client)
    return document


@transaction.atomic
def remove_document(*, document: Document, version: int, by: User, now: datetime) -> None:
    """Remove a document that was recorded by mistake. Raises ChangedMeanwhile."""
    document = lock_fact(document, version=version, mine={})
    remove_fact(document, document.client, by=by, now=now)


def _known(document: Document) -> dict[str, Any]:
    return {"issued_on": document.issued_on, "valid_until": document.valid_until}


def _with_hash(values: DocumentValues, before: Document | None = None) -> dict[str, Any]:
    if "number" not in values:
        return dict(values)
    if before is not None and before.number == values["number"]:  # its hash may be one under an older key
        return {**values}
    return {**values, "number_hash": number_hash(values["number"])}


def _check(values: Any) -> None:
    issued_on, valid_until = values.get("issued_on"), values.get("valid_until")
    if issued_on and valid_until and valid_until < issued_on:
        raise UnableToRecordDocument(
            _("The document ends before it was issued. Look at both days again."), field="valid_until"
        )
