"""How a client can be reached: recorded, changed, not used any more."""

from datetime import date, datetime, time
from typing import Any, TypedDict, Unpack
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..lookup import hash_to_store, is_same_line
from ..models import Client, Contact, ContactStop
from .facts import identity_changed, lock_in_order
from .never_contacts import listed, lock_list


class ContactFields(TypedDict, total=False):
    channel: str
    value: str
    is_safe: bool
    is_preferred: bool
    safe_days: list[int]
    safe_from: time | None
    safe_until: time | None
    time_zone: str
    language: str
    no_message: bool
    verified_on: date | None
    code_word: str
    others: str
    instructions: str


CHECKED = ("channel", "value", "is_safe", "is_preferred", "safe_from", "safe_until", "time_zone")


class UnableToRecordContact(Refusal):
    pass


@transaction.atomic
def record_contact(
    *, client: Client, by: User, now: datetime, contact_id: UUID | None = None, **fields: Unpack[ContactFields]
) -> Contact:
    """Record a way to reach the client. Sent twice with the same `contact_id`, it is recorded once.

    A number on the never-contact list is recorded as unsafe or not at all.
    """
    contact = Contact(id=contact_id or new_id(), data_key=client.data_key, client=client, recorded_at=now)
    for name, value in _tidied(fields).items():
        setattr(contact, name, value)
    _refuse_disorder(contact)
    contact.value_hash = hash_to_store(contact.channel, contact.value, _region(client))
    lock_list(client.case)
    if not Contact.objects.filter(pk=contact.pk).exists():
        _refuse_unsafe(contact, client)
        _prefer(contact)
    contact, is_new = insert_once(contact, client_id=client.pk)
    if is_new:
        identity_changed(client)
        channel = contact.channel
        record("clients.contact_recorded", subject=contact, case_id=client.case_id, by=by, now=now, channel=channel)
    return contact


@transaction.atomic
def change_contact(
    *, contact: Contact, version: int, by: User, now: datetime, **fields: Unpack[ContactFields]
) -> Contact:
    """Change a way to reach the client. Another number has to be checked anew. Raises ChangedMeanwhile."""
    values = _tidied(fields)
    client = contact.client
    lock_list(client.case)
    lock_in_order([client])
    contact = locked(contact, version=version, mine=values)
    wanted = Contact(id=contact.pk, data_key=client.data_key, client=client, stopped_by_id=contact.stopped_by_id)
    for name in CHECKED:
        setattr(wanted, name, values.get(name, getattr(contact, name)))
    region = _region(client)
    wanted.value_hash = value_hash = hash_to_store(wanted.channel, wanted.value, region)
    _refuse_disorder(wanted)
    _refuse_unsafe(wanted, client)
    if wanted.is_safe:
        values["stopped_by"] = None
    if (
        not is_same_line(wanted, contact, region)
        and values.get("verified_on", contact.verified_on) == contact.verified_on
    ):
        values["verified_on"] = None  # what was checked is the number that it was until now
    _prefer(wanted)
    changed = write(contact, values)
    if not changed:
        return contact
    contact.value_hash = value_hash
    contact.save(update_fields=["value_hash"])
    identity_changed(client)
    names = sorted(set(changed) - {"stopped_by"})
    record("clients.contact_changed", subject=contact, case_id=client.case_id, by=by, now=now, fields=names)
    return contact


@transaction.atomic
def end_contact(*, contact: Contact, version: int, by: User, now: datetime) -> Contact:
    """Note that this way is not used any more. Raises ChangedMeanwhile."""
    contact = locked(contact, version=version)
    if contact.ended_at is None:
        write(contact, {"ended_at": now})
        record("clients.contact_ended", subject=contact, case_id=contact.client.case_id, by=by, now=now)
    return contact


@transaction.atomic
def resume_contact(*, contact: Contact, version: int, by: User, now: datetime) -> Contact:
    """Take back that this way is not used any more. Raises ChangedMeanwhile.

    What came since counts: on the never-contact list, or with contact stopped, it is not safe; another way that they like best stays so.
    """
    client = contact.client
    lock_list(client.case)
    contact = locked(contact, version=version)
    if contact.ended_at is None:
        return contact
    values: dict[str, Any] = {"ended_at": None}
    stops: Any = ContactStop.objects
    if contact.is_safe and listed(contact) is not None:
        values["is_safe"] = False
    elif contact.is_safe and (stop := stops.in_force().filter(case=client.case_id).first()) is not None:
        values |= {"is_safe": False, "stopped_by": stop}
    contacts: Any = Contact.objects
    if contact.is_preferred and contacts.in_use().filter(client=client.pk, is_preferred=True).exists():
        values["is_preferred"] = False
    write(contact, values)
    record("clients.contact_resumed", subject=contact, case_id=client.case_id, by=by, now=now)
    return contact


def _tidied(fields: ContactFields) -> dict[str, Any]:
    """What is not there is NULL in the columns that came later, so that nothing seems changed that is not."""
    values: dict[str, Any] = dict(fields)
    return values | {name: values[name] or None for name in ("code_word", "others") if name in values}


def _refuse_disorder(contact: Contact) -> None:
    if contact.channel != Contact.Channel.IN_PERSON and not contact.value.strip():
        raise UnableToRecordContact(_("Enter the number or the address."), field="value")
    if (contact.safe_from is None) != (contact.safe_until is None):
        field = "safe_from" if contact.safe_from is None else "safe_until"
        raise UnableToRecordContact(_("Safe hours need both: from when and until when."), field=field)
    if contact.safe_from is not None and contact.safe_from == contact.safe_until:
        raise UnableToRecordContact(
            _("These hours begin and end at the same time. Leave both blank if it is safe all day."), field="safe_until"
        )
    if contact.time_zone and contact.time_zone not in available_timezones():
        raise UnableToRecordContact(_("There is no time zone with this name."), field="time_zone")


def _refuse_unsafe(contact: Contact, client: Client) -> None:
    """Whoever must never be called is not safe; while contact is stopped, only a new way may be safe that nobody knew of."""
    if contact.is_safe and listed(contact) is not None:
        raise UnableToRecordContact(
            _("This number is on the never-contact list. Take the tick away from safe to use, or do not record it."),
            field="is_safe",
        )
    stops: Any = ContactStop.objects
    if contact.is_safe and contact.stopped_by_id and stops.in_force().filter(pk=contact.stopped_by_id):
        raise UnableToRecordContact(
            _("All contact with this case is stopped. Lift the stop first, or record a new way that is safe."),
            field="is_safe",
        )


def _prefer(contact: Contact) -> None:
    """Let another way of the same person be preferred no more, if this one is."""
    if contact.is_preferred:
        others = Contact.objects.filter(client=contact.client_id, is_preferred=True).exclude(pk=contact.pk)
        for other in others.select_for_update().order_by("pk"):
            write(other, {"is_preferred": False})


def _region(client: Client) -> str:
    """Numbers without a country code are read as those of the country in which the team works."""
    return client.case.team.country
