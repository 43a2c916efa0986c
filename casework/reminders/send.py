"""Delivers what is queued: claim with a lease, look once more, send with the same key, record the attempt.

A worker that dies leaves its claim behind; when the lease runs out, another sends again under the same key, so a
receiver that honours the key gets the message once. Nothing is sent inside a transaction.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from casework.housing.due import due_of_user
from casework.residency.models import Deadline

from .channels import DeliveryError, Message, channel
from .models import Attempt, Heartbeat, Reminder
from .notices import is_notice
from .plan import reasons_to_stop, settle
from .wording import staff_notice, staff_reminder

LEASE = timedelta(seconds=90)
MOST_TRIES = 6
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=3))


def deliver_due(*, clock: Callable[[], datetime], limit: int = 500) -> int:
    """Deliver up to `limit` reminders whose time has come; return how many were looked at.

    The clock is asked anew for each, so that a lease is as long as it says however long the queue is.
    """
    done = 0
    while done < limit and deliver_next(now=clock()):
        done += 1
    now = clock()
    oldest = Reminder.objects.claimable(now).order_by("send_at").values_list("send_at", flat=True).first()
    lag = int((now - oldest).total_seconds()) if oldest else 0
    Heartbeat.objects.update_or_create(name="deliver", defaults={"at": now, "lag_seconds": lag})
    return done


def deliver_next(*, now: datetime) -> bool:
    """Claim one reminder and deliver it. Returns False when there is none to claim."""
    reminder = claim(now=now)
    if reminder is None:
        return False
    if reminder.tries > MOST_TRIES:
        # It was claimed so often without an answer that a machine should stop guessing.
        settle(reminder, Reminder.State.NEEDS_PERSON, now=now, why="outcome_unknown")
        return True
    if why := reasons_to_stop([reminder], now)[reminder.pk]:
        settle(reminder, Reminder.State.STOPPED, now=now, why=why)
        return True
    try:
        channel(reminder.channel).deliver(message_of(reminder, now))
    except DeliveryError as error:
        record_failure(reminder, error, now=now)
    else:
        record_success(reminder, now=now)
    return True


@transaction.atomic
def claim(*, now: datetime) -> Reminder | None:
    """Take the next reminder for the length of the lease; two workers never take the same one."""
    reminder = Reminder.objects.claimable(now).select_for_update(skip_locked=True).order_by("send_at", "id").first()
    if reminder is None:
        return None
    reminder.state = Reminder.State.SENDING
    reminder.lease_until = now + LEASE
    reminder.tries += 1
    reminder.save(update_fields=["state", "lease_until", "tries"])
    return reminder


def message_of(reminder: Reminder, now: datetime) -> Message:
    """Return what to send. It counts what is due and names nothing of it."""
    recipient = reminder.recipient
    assert recipient is not None  # noqa: S101 - the database holds one of the two; clients are written to elsewhere
    if is_notice(reminder):
        return Message(key=str(reminder.pk), address=recipient.email, wording=staff_notice(language=recipient.language))
    deadlines = Deadline.objects.visible_to(recipient, now).open().looked_after_by(recipient).due_by(reminder.due_on)
    housing = [it for it in due_of_user(recipient, now) if it.on <= reminder.due_on]
    wording = staff_reminder(items=max(deadlines.count() + len(housing), 1), language=recipient.language)
    return Message(key=str(reminder.pk), address=recipient.email, wording=wording)


@transaction.atomic
def record_success(reminder: Reminder, *, now: datetime) -> None:
    if _is_still_ours(reminder):
        _record(reminder, Attempt.Outcome.DELIVERED, now)
        settle(reminder, Reminder.State.SENT, now=now)


@transaction.atomic
def record_failure(reminder: Reminder, error: DeliveryError, *, now: datetime) -> None:
    """Wait and try again; after the last try, or where no try can help, ask a person."""
    if not _is_still_ours(reminder):
        return
    if error.permanent or reminder.tries >= MOST_TRIES:
        _record(reminder, Attempt.Outcome.FAILED, now, str(error))
        settle(reminder, Reminder.State.NEEDS_PERSON, now=now, why=error.why)
        return
    _record(reminder, Attempt.Outcome.RETRY, now, str(error))
    reminder.state = Reminder.State.WAITING
    reminder.lease_until = None
    reminder.send_at = now + BACK_OFF[min(reminder.tries, len(BACK_OFF)) - 1]
    reminder.save(update_fields=["state", "lease_until", "send_at"])


def _is_still_ours(reminder: Reminder) -> bool:
    """Whether nobody else took the reminder over since we claimed it."""
    row = Reminder.objects.select_for_update().get(pk=reminder.pk)
    return row.state == Reminder.State.SENDING and row.tries == reminder.tries


def _record(reminder: Reminder, outcome: str, now: datetime, error: str = "") -> None:
    Attempt.objects.create(reminder=reminder, number=reminder.tries, at=now, outcome=outcome, error=error[:200])
