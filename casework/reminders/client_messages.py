"""A message to a person: when it may come, where to, and what it says."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from casework.accounts.actions.organisation import organisation
from casework.clients.models import Appointment, Client, Contact
from casework.clients.safe_hours import next_safe_time
from casework.vault.lookup import normal_phone

from .channels import DeliveryError, Message
from .client_matters import agreements, hours_of, zone_of
from .discreet import revealing
from .hours import end_of
from .models import MessageAgreement, Reminder
from .subjects import CLIENT_APPOINTMENT
from .wording import CLIENT_LANGUAGES, Wording, client_message

URGENT = 1  # days before


class NoSafeHour(Exception):
    """There is no hour at which it may come before it is too late: somebody has to reach them otherwise."""


def not_before(reminder: Reminder, now: datetime) -> datetime | None:
    """Return until when a message has to wait for their safe hours, None if it may go now. Raises NoSafeHour."""
    if reminder.client_id is None or reminder.channel == Reminder.Channel.LETTER:
        return None
    agreement = _agreement_of(reminder)
    later = next_safe_time(hours_of(agreement.contact, agreement.client), now)
    if later >= _too_late(reminder, agreement.client):
        raise NoSafeHour
    return later.astimezone(UTC) if later > now else None


def client_message_of(reminder: Reminder) -> Message:
    """Return what to send. Raises DeliveryError if it would say too much."""
    agreement = _agreement_of(reminder)
    wording = wording_of(agreement, reminder)
    ours = organisation()
    if word := revealing(f"{wording.subject} {wording.text}", names=(ours.name, agreement.client.case.team.name)):
        raise DeliveryError(f"it would say too much ({word})", permanent=True, why="says_too_much")
    return Message(key=str(reminder.pk), address=_address(agreement.contact, agreement.client), wording=wording)


def wording_of(agreement: MessageAgreement, reminder: Reminder) -> Wording:
    contact, when = agreement.contact, None
    if agreement.says_when and reminder.subject.startswith(CLIENT_APPOINTMENT):
        appointments: Any = Appointment.objects
        found = appointments.get(pk=reminder.subject.removeprefix(CLIENT_APPOINTMENT))
        when = (found.day, found.wall_time)
    code = str(contact.code_word or "") if agreement.with_code_word else ""
    if agreement.passed_on and not code:
        raise DeliveryError("there is no code word by which to pass it on", permanent=True, why="no_code_word")
    return client_message(
        language=language_of(contact, agreement.client),
        is_urgent=reminder.lead_days <= URGENT,
        code=code,
        passed_on=agreement.passed_on,
        when=when,
        may_answer=bool(settings.CHANNELS.get("answers")) and reminder.channel not in ("email", "letter"),
    )


def language_of(contact: Contact, client: Client) -> str:
    """Return the language of this way, else of the person, else that in which most of them speak."""
    wanted = (contact.language, client.language)
    return next((code for code in wanted if code in CLIENT_LANGUAGES), "ru")


def _address(contact: Contact, client: Client) -> str:
    value = str(contact.value).strip()
    if contact.channel in (Contact.Channel.EMAIL, Contact.Channel.TELEGRAM):
        return value
    return normal_phone(value, client.case.team.country)


def _too_late(reminder: Reminder, client: Client) -> datetime:
    """Return when it is over: an appointment has begun, or the day of a deadline has ended where they are."""
    if reminder.subject.startswith(CLIENT_APPOINTMENT):
        appointments: Any = Appointment.objects
        pk = reminder.subject.removeprefix(CLIENT_APPOINTMENT)
        begins: datetime = appointments.values_list("starts_at", flat=True).get(pk=pk)
        return begins
    return end_of(reminder.due_on, zone_of(client))


def _agreement_of(reminder: Reminder) -> MessageAgreement:
    agreement: MessageAgreement = agreements().get(client=reminder.client_id)
    return agreement
