"""How a client can be reached: recorded, changed, not used any more."""

from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..lookup import hash_to_store
from ..models import Client, Contact
from .facts import identity_changed, lock_in_order


class ContactFields(TypedDict, total=False):
    channel: str
    value: str
    is_safe: bool
    instructions: str


class UnableToRecordContact(Refusal):
    pass


@transaction.atomic
def record_contact(
    *,
    client: Client,
    channel: str,
    by: User,
    now: datetime,
    value: str = "",
    is_safe: bool = True,
    instructions: str = "",
    contact_id: UUID | None = None,
) -> Contact:
    """Record a way to reach the client. Sent twice with the same `contact_id`, it is recorded once."""
    _refuse_without_value(channel, value)
    contact = Contact(
        id=contact_id or new_id(),
        data_key=client.data_key,
        client=client,
        channel=channel,
        value_hash=hash_to_store(channel, value, _region(client)),
        is_safe=is_safe,
        recorded_at=now,
    )
    contact.value, contact.instructions = value, instructions
    contact, is_new = insert_once(contact, client_id=client.pk)
    if is_new:
        identity_changed(client)
        record("clients.contact_recorded", subject=contact, case_id=client.case_id, by=by, now=now, channel=channel)
    return contact


@transaction.atomic
def change_contact(
    *, contact: Contact, version: int, by: User, now: datetime, **fields: Unpack[ContactFields]
) -> Contact:
    """Change a way to reach the client. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    lock_in_order([contact.client])
    contact = locked(contact, version=version, mine=values)
    channel, value = values.get("channel", contact.channel), values.get("value", contact.value)
    _refuse_without_value(channel, value)
    changed = write(contact, values)
    if not changed:
        return contact
    contact.value_hash = hash_to_store(channel, value, _region(contact.client))
    contact.save(update_fields=["value_hash"])
    identity_changed(contact.client)
    case_id = contact.client.case_id
    record("clients.contact_changed", subject=contact, case_id=case_id, by=by, now=now, fields=sorted(changed))
    return contact


@transaction.atomic
def end_contact(*, contact: Contact, version: int, by: User, now: datetime) -> Contact:
    """Note that this way is not used any more. Raises ChangedMeanwhile."""
    contact = locked(contact, version=version)
    if contact.ended_at is None:
        write(contact, {"ended_at": now})
        record("clients.contact_ended", subject=contact, case_id=contact.client.case_id, by=by, now=now)
    return contact


def _refuse_without_value(channel: str, value: str) -> None:
    if channel != Contact.Channel.IN_PERSON and not value.strip():
        raise UnableToRecordContact(_("Enter the number or the address."), field="value")


def _region(client: Client) -> str:
    """Numbers without a country code are read as those of the country in which the team works."""
    return client.case.team.country
