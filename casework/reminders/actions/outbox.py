"""What somebody does by hand to messages on their way: send again, call off, or tell the person another way. One or many."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from casework.accounts.models import User
from casework.audit.models import Event
from casework.audit.record import record_each

from ..by_hand import to_call_off, to_send_again, to_tell_otherwise
from ..models import Reminder

CHANGES = ["state", "lease_until", "settled_at", "why", "tries", "send_at"]


@transaction.atomic
def send_again(*, reminders: Collection[UUID], by: User, now: datetime) -> int:
    """Let these go at the next minute, under the same key; whether they still need to be said, delivery looks at once more.

    Return how many there were to send: what has gone meanwhile is left alone.
    """
    rows = _locked(to_send_again(), reminders)
    for each in rows:
        each.state, each.lease_until, each.settled_at, each.why = Reminder.State.WAITING, None, None, ""
        each.tries, each.send_at = 0, now
    return _write("reminders.message_sent_again", rows, by, now)


@transaction.atomic
def call_off(*, reminders: Collection[UUID], by: User, now: datetime) -> int:
    """Do not say these. The next day to speak of the same thing comes all the same. Return how many had not gone."""
    rows = _locked(to_call_off(now), reminders)
    return _write("reminders.message_called_off", _stopped(rows, Reminder.CALLED_OFF, now), by, now)


@transaction.atomic
def tell_otherwise(*, reminders: Collection[UUID], by: User, now: datetime) -> int:
    """Note that somebody told the person another way. Return how many of them waited for that."""
    rows = _locked(to_tell_otherwise(), reminders)
    return _write("reminders.message_told_otherwise", _stopped(rows, Reminder.TOLD_OTHERWISE, now), by, now)


def _stopped(rows: list[Reminder], why: str, now: datetime) -> list[Reminder]:
    for each in rows:
        each.state, each.lease_until, each.settled_at, each.why = Reminder.State.STOPPED, None, now, why
    return rows


def _locked(so: Q, reminders: Collection[UUID]) -> list[Reminder]:
    """Return those of `reminders` that are still so, locked in the order of their ids."""
    return list(Reminder.objects.filter(so, pk__in=reminders).select_for_update().order_by("pk"))


def _write(event: str, rows: list[Reminder], by: User, now: datetime) -> int:
    Reminder.objects.bulk_update(rows, CHANGES)
    record_each([_event(event, each, by, now) for each in rows])
    return len(rows)


def _event(event: str, reminder: Reminder, by: User, now: datetime) -> Event:
    name = "client" if reminder.client_id is not None else "to"
    return Event(
        type=event,
        at=now,
        actor_id=by.pk,
        subject_model=reminder._meta.label,
        subject_id=str(reminder.pk),
        case_id=reminder.case_id,
        data={name: str(reminder.recipient_id or reminder.client_id), "channel": reminder.channel},
    )
