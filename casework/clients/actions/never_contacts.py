"""The never-contact list: put on it at once, taken off by two people. And the stop of all contact, by one tap."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.vault.hashed import equal_hashes

from ..changes import insert_once, locked, write
from ..lookup import AS_CHANNEL, hash_to_store
from ..models import Case, Client, Contact, ContactStop, NeverContact
from .referral_stops import stop_referrals_of


class UnableToListNeverContact(Refusal):
    pass


class UnableToWithdrawNeverContact(Refusal):
    pass


@transaction.atomic
def record_never_contact(
    *,
    case: Case,
    client: Client | None,
    kind: str,
    value: str,
    since: date,
    by: User,
    now: datetime,
    today: date,
    reason: str = "",
    country: str = "",
    recipient_id: UUID | None = None,
    entry_id: UUID | None = None,
) -> NeverContact:
    """Put somebody on the list: for `client`, or for everybody in the case. Sent twice with the same id, it is there once.

    Ways to reach these people that have the same number are unsafe from then on.
    """
    if not value.strip():
        raise UnableToListNeverContact(_("Enter the number, the address or the name."), field="value")
    if kind == NeverContact.Kind.AUTHORITY and not country:
        raise UnableToListNeverContact(_("Choose whose authority it is."), field="country")
    if since > today:
        raise UnableToListNeverContact(_("This day has not come yet. The list counts at once."), field="since")
    if client is not None and client.case_id != case.pk:
        raise UnableToListNeverContact(_("This person is not in the case any more."), field="client")
    owner: Any = client or case
    entry = NeverContact(
        id=entry_id or new_id(),
        data_key=owner.data_key,
        case=None if client else case,
        client=client,
        kind=kind,
        value_hash=_hash(kind, value, case.team.country),
        country=country if kind == NeverContact.Kind.AUTHORITY else "",
        recipient_id=recipient_id,
        since=since,
        recorded_by=by,
        recorded_at=now,
    )
    entry.value, entry.reason = value.strip(), reason.strip()
    lock_list(case)
    entry, is_new = insert_once(entry, case_id=entry.case_id, client_id=entry.client_id)
    if is_new:
        marked = _mark_unsafe(entry, case, by, now)
        concerned = [client] if client is not None else list(case.clients.defer("search_form"))
        stop_referrals_of(concerned, by=by, now=now, today=today)
        record(
            "clients.never_contact_recorded", subject=entry, case_id=case.pk, by=by, now=now, kind=kind, marked=marked
        )
    return entry


@transaction.atomic
def ask_to_withdraw_never_contact(
    *, entry: NeverContact, reason: str, version: int, by: User, now: datetime
) -> NeverContact:
    """Ask to take somebody off the list. They stay on it until another person has looked. Raises ChangedMeanwhile."""
    entry = locked(entry, version=version, mine={"asked_reason": reason})
    if entry.is_withdrawn:
        return entry
    if not reason.strip():
        raise UnableToWithdrawNeverContact(_("Write down why it is not dangerous any more."), field="reason")
    write(entry, {"asked_by": by, "asked_at": now, "asked_reason": reason.strip()})
    record("clients.never_contact_asked_off", subject=entry, case_id=entry.case_of_it.pk, by=by, now=now)
    return entry


@transaction.atomic
def withdraw_never_contact(*, entry: NeverContact, version: int, by: User, now: datetime) -> NeverContact:
    """Take somebody off the list, as the second person who has looked. Raises ChangedMeanwhile.

    Ways to reach that the entry made unsafe stay so: whoever wants one back says that it is safe.
    """
    entry = locked(entry, version=version)
    if entry.is_withdrawn:
        return entry
    if entry.asked_by_id is None:
        raise UnableToWithdrawNeverContact(_("Nobody has asked to take this off the list."))
    if entry.asked_by_id == by.pk:
        raise UnableToWithdrawNeverContact(_("You asked for it. Another person has to look as well."))
    write(entry, {"withdrawn_by": by, "withdrawn_at": now})
    record("clients.never_contact_withdrawn", subject=entry, case_id=entry.case_of_it.pk, by=by, now=now)
    return entry


@transaction.atomic
def keep_never_contact(*, entry: NeverContact, version: int, by: User, now: datetime) -> NeverContact:
    """Leave somebody on the list who was to be taken off. Raises ChangedMeanwhile."""
    entry = locked(entry, version=version)
    if entry.asked_by_id is not None and not entry.is_withdrawn:
        write(entry, {"asked_by": None, "asked_at": None, "asked_reason": ""})
        record("clients.never_contact_kept", subject=entry, case_id=entry.case_of_it.pk, by=by, now=now)
    return entry


@transaction.atomic
def stop_contact(*, case: Case, by: User, now: datetime, words: str = "") -> ContactStop:
    """Mark every way to reach the people of a case as unsafe, in one act. While it holds, a second one changes nothing."""
    case = lock_list(case)
    if (held := ContactStop.objects.in_force().filter(case=case).first()) is not None:
        return held
    stop = ContactStop(id=new_id(), data_key=case.data_key, case=case, ordered_by=by, ordered_at=now)
    stop.words = words.strip()
    stop.save(force_insert=True)
    contacts: Any = Contact.objects
    safe = contacts.in_use().filter(client__case=case, is_safe=True).select_for_update().order_by("pk")
    marked = 0
    for contact in safe:
        marked += bool(write(contact, {"is_safe": False, "stopped_by": stop}))
    record("clients.contact_stopped", subject=stop, case_id=case.pk, by=by, now=now, marked=marked)
    return stop


@transaction.atomic
def lift_contact_stop(*, case: Case, by: User, now: datetime) -> ContactStop | None:
    """Take the stop back: what was safe before is safe again, unless it has come onto the never-contact list since."""
    case = lock_list(case)
    stops: Any = ContactStop.objects
    stop: ContactStop | None = stops.in_force().filter(case=case).select_for_update().first()
    if stop is None:
        return None
    stop.lifted_by, stop.lifted_at = by, now
    stop.save(update_fields=["lifted_by", "lifted_at"])
    back = 0
    for contact in Contact.objects.filter(stopped_by=stop).select_for_update().order_by("pk"):
        is_safe = contact.ended_at is None and listed(contact) is None
        write(contact, {"is_safe": is_safe, "stopped_by": None})
        back += is_safe
    record("clients.contact_stop_lifted", subject=stop, case_id=case.pk, by=by, now=now, marked=back)
    return stop


def listed(contact: Contact) -> NeverContact | None:
    """Return the entry of the never-contact list that has the number of this contact, None if there is none."""
    if not (hashes := equal_hashes(contact, "value_hash")):
        return None
    entries: Any = NeverContact.objects
    found: NeverContact | None = entries.for_client(contact.client).in_force().filter(value_hash__in=hashes).first()
    return found


def lock_list(case: Case) -> Case:
    """Lock the case until the transaction ends: a number is put on the list, or recorded as safe, but never both at once."""
    rows: Any = Case.objects
    current: Case = rows.select_for_update(no_key=True).select_related("data_key", "team").get(pk=case.pk)
    return current


def _mark_unsafe(entry: NeverContact, case: Case, by: User, now: datetime) -> int:
    contacts: Any = Contact.objects.filter(value_hash__in=equal_hashes(entry, "value_hash"), is_safe=True)
    contacts = contacts.filter(client=entry.client) if entry.client_id else contacts.filter(client__case=case)
    marked = 0
    for contact in contacts.select_for_update().order_by("pk"):
        write(contact, {"is_safe": False})
        record("clients.contact_found_unsafe", subject=contact, case_id=case.pk, by=by, now=now)
        marked += 1
    return marked


def _hash(kind: str, value: str, region: str) -> bytes | None:
    """Return the hash under which a contact with this value is stored; None for what is no number or address of a line."""
    channel = AS_CHANNEL.get(NeverContact.Kind(kind))
    return hash_to_store(channel, value, region) if channel else None
