"""Deadlines and appointments as what the people themselves are reminded of: only those who agreed, and only as they agreed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from casework.clients import sharing
from casework.clients.consents import said_by
from casework.clients.models import Appointment, Case, Client, Contact
from casework.clients.models.appointment import AppointmentPerson
from casework.clients.safe_hours import SafeHours, next_safe_time
from casework.lib.dates import today_in
from casework.residency.models import Deadline

from .hours import end_of
from .matters import Matter, Source, among, chunked
from .models import LONGEST_CLIENT_LEAD, MessageAgreement, Reminder
from .policies import policies
from .schedule import FIRST_HOUR, LAST_HOUR, lead_reached
from .subjects import CLIENT_APPOINTMENT, CLIENT_DEADLINE

# By which channel a way to reach somebody is written to. A telephone call is made by a person.
CHANNEL_OF: dict[str, Reminder.Channel] = {
    Contact.Channel.SMS: Reminder.Channel.SMS,
    Contact.Channel.EMAIL: Reminder.Channel.EMAIL,
    Contact.Channel.TELEGRAM: Reminder.Channel.TELEGRAM,
    Contact.Channel.WHATSAPP: Reminder.Channel.WHATSAPP,
    Contact.Channel.SIGNAL: Reminder.Channel.SIGNAL,
    Contact.Channel.IN_PERSON: Reminder.Channel.LETTER,
}
WITH = (
    "contact__data_key",
    "client__data_key",
    "client__case__team",
    "client__case__data_key",
    "client__computed_position",
)


def why_not(agreement: MessageAgreement, refused: Collection[UUID] = ()) -> str:
    """Return why nothing may be written to a person now, "" if it may. `refused`: those who want no support any more.

    stopped, refused, closed (case), ended, unsafe, unverified, no_message, unfit (channel)
    """
    contact = agreement.contact
    if agreement.stopped_at is not None:
        return "stopped"
    if agreement.client_id in refused:
        return "refused"
    if agreement.client.case.status != Case.Status.OPEN:
        return "closed"
    if contact.ended_at is not None or contact.client_id != agreement.client_id:
        return "ended"
    if not contact.is_safe:
        return "unsafe"
    if contact.channel not in CHANNEL_OF:
        return "unfit"
    if contact.channel == Contact.Channel.IN_PERSON:
        return ""
    if contact.verified_on is None:
        return "unverified"
    return "no_message" if contact.no_message else ""


def who_refused(clients: Collection[Client], now: datetime) -> set[UUID]:
    """Return those who refused to be supported, or took their consent back. Not to have been asked is no refusal here."""
    ours = sharing.Recipient(kind=sharing.RecipientKind.OURSELVES)
    found = set()
    said = said_by(clients)
    for client in clients:
        on = today_in(zone_of(client), now)
        answer = said[client.pk].may_share([sharing.Category.CONTACT], ours, on, purpose=sharing.Purpose.SUPPORT)
        if answer.verdict is sharing.Verdict.NO:
            found.add(client.pk)
    return found


def zone_of(client: Client) -> str:
    """Return the zone of the country where they stay, else of the team."""
    position = getattr(client, "computed_position", None)
    return (position.time_zone if position else "") or client.case.team.time_zone


def hours_of(contact: Contact, client: Client) -> SafeHours:
    """Return when a message may come: the safe hours of this way, by day if it names none."""
    hours = contact.hours(zone_of(client))
    if hours.since is not None:
        return hours
    return SafeHours(zone=hours.zone, days=hours.days, since=FIRST_HOUR, until=LAST_HOUR)


def agreements() -> Any:
    return MessageAgreement.objects.select_related(*WITH)


def _due(prefix: str, now: datetime, cases: Collection[UUID] | None) -> Iterator[list[Matter]]:
    rows: Any = MessageAgreement.objects
    for_it = "about_deadlines" if prefix == CLIENT_DEADLINE else "about_appointments"
    agreed = rows.in_force().filter(**{for_it: True}).select_related(*WITH)
    for found in chunked(among(agreed, cases, "client__case")):
        refused = who_refused([each.client for each in found], now)
        willing = {each.client_id: each for each in found if not why_not(each, refused)}
        yield [it for it in _matters(prefix, willing, now) if it.lead is not None]


def _standing(prefix: str, ids: Collection[str], now: datetime) -> Sequence[Matter]:
    people = _people_of(prefix, ids)
    found = {each.client_id: each for each in agreements().filter(client__in=people)}
    refused = who_refused([each.client for each in found.values()], now)
    why = {pk: why_not(each, refused) for pk, each in found.items()}
    return _matters(prefix, found, now, ids=ids, why=why)


def _people_of(prefix: str, ids: Collection[str]) -> list[UUID]:
    if prefix == CLIENT_DEADLINE:
        return list(Deadline.objects.filter(pk__in=ids).values_list("client", flat=True))
    people: Any = AppointmentPerson.objects
    return list(people.filter(appointment__in=ids).values_list("client", flat=True))


def _matters(
    prefix: str,
    found: Mapping[UUID, MessageAgreement],
    now: datetime,
    *,
    ids: Collection[str] | None = None,
    why: Mapping[UUID, str] | None = None,
) -> list[Matter]:
    """Return what is open and near for these people, or how it stands with `ids`."""
    until = now.date() + timedelta(days=LONGEST_CLIENT_LEAD + 1)
    if prefix == CLIENT_DEADLINE:
        deadlines: Any = Deadline.objects
        rows = deadlines.open().filter(optional=False, client__in=found)
        rows = rows.filter(pk__in=ids) if ids is not None else rows.due_by(until)
        decided = policies()
        days = [
            _Day(it.client_id, it.pk, it.drives_on, today_in(zone, now), end_of(it.drives_on, zone))
            for it, zone in ((it, zone_of(found[it.client_id].client)) for it in rows)
            if it.drives_on is not None
            # Of what the organisation does not want people to be reminded there is nothing to say, also if it is queued already.
            and decided.tells_clients(it.duty)
        ]
    else:
        people: Any = AppointmentPerson.objects.filter(
            client__in=found,
            # Whoever has left the case is not to be there any more.
            client__case=F("appointment__case"),
            appointment__state=Appointment.State.PLANNED,
            appointment__starts_at__gt=now,
        ).select_related("appointment")
        near = people.filter(appointment__day__lte=until)
        rows = people.filter(appointment__in=ids) if ids is not None else near
        days = [
            _Day(
                it.client_id,
                it.appointment_id,
                it.appointment.day,
                now.astimezone(ZoneInfo(it.appointment.zone)).date(),
                it.appointment.starts_at,
            )
            for it in rows
        ]
    return [_matter(prefix, found[it.client], it, now, (why or {}).get(it.client, "")) for it in days]


class _Day(NamedTuple):
    """What somebody is reminded of, and when it is over."""

    client: UUID
    pk: UUID
    on: date
    today: date
    over_at: datetime


def _matter(prefix: str, agreement: MessageAgreement, day: _Day, now: datetime, why: str) -> Matter:
    """What is over already is not spoken of: somebody calls."""
    lead = lead_reached(day.on, day.today, tuple(agreement.leads)) if day.on >= day.today else None
    channel = CHANNEL_OF.get(agreement.contact.channel, Reminder.Channel.LETTER)
    return Matter(
        subject=f"{prefix}{day.pk}",
        due_on=day.on,
        lead=lead,
        case=agreement.client.case,
        why=why,
        client=agreement.client_id,
        channel=channel,
        send_at=now if channel == Reminder.Channel.LETTER else _send_at(agreement, day, now),
    )


def _send_at(agreement: MessageAgreement, day: _Day, now: datetime) -> datetime:
    """Return their next safe hour; now where that comes too late: delivery asks a person then, while there is time."""
    safe = next_safe_time(hours_of(agreement.contact, agreement.client), now)
    return safe if safe < day.over_at else now


def _source(prefix: str) -> Source:
    return Source(
        prefix=prefix,
        due=lambda now, cases=None: _due(prefix, now, cases),
        standing=lambda ids, now: _standing(prefix, ids, now),
        settled="settled",
    )


CLIENT_MATTERS = (_source(CLIENT_DEADLINE), _source(CLIENT_APPOINTMENT))
