"""Delivers what is queued: claim with a lease, look once more, send with the same key, record the attempt.

A worker that dies leaves its claim behind; when the lease runs out, another sends again under the same key, so a
receiver that honours the key gets the message once. Nothing is sent inside a transaction.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from casework.accounts.prepared import Prepared

from .channels import DeliveryError, Message, channel
from .client_messages import NoSafeHour, client_message_of, not_before
from .counts import Counts
from .models import Attempt, Heartbeat, Reminder
from .notices import is_notice
from .plan import reasons_to_stop, settle, stop, surely_stands
from .timing import Timing
from .wording import staff_notice, staff_reminder

LEASE = timedelta(seconds=90)
AT_A_TIME = 500
MOST_TRIES = 6
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=3))


def deliver_due(*, clock: Callable[[], datetime], limit: int = AT_A_TIME) -> int:
    """Deliver up to `limit` reminders whose time has come; return how many were looked at.

    The clock is asked anew for each, so that a lease is as long as it says however long the queue is.
    """
    done, timing, counts = 0, Timing(clock()), Counts()
    while done < limit and deliver_next(now=clock(), timing=timing, counts=counts):
        done += 1
    now = clock()
    oldest = Reminder.objects.waits_since(now)
    lag = int((now - oldest).total_seconds()) if oldest else 0
    Heartbeat.objects.update_or_create(name="deliver", defaults={"at": now, "lag_seconds": lag})
    return done


def deliver_next(*, now: datetime, timing: Timing | None = None, counts: Counts | None = None) -> bool:
    """Claim one reminder and deliver it. Returns False when there is none to claim.

    `timing`, `counts`: what a run has read and keeps.
    """
    counts = counts or Counts()
    reminder = claim(now=now)
    if reminder is None:
        return False
    if reminder.recipient_id is not None:
        reminder.recipient = counts.person(reminder.recipient_id, now)
    if reminder.tries > MOST_TRIES:
        # It was claimed so often without an answer that a machine should stop guessing.
        settle(reminder, Reminder.State.NEEDS_PERSON, now=now, why="outcome_unknown")
        return True
    team = surely_stands(reminder, now)
    if team is None and (why := reasons_to_stop([reminder], now)[reminder.pk]):
        stop([reminder], why, now=now)
        return True
    if (when := _allowed_at(reminder, timing or Timing(now), now, team)) > now:
        _put_back(reminder, when)
        return True
    try:
        if (later := not_before(reminder, now)) is not None:
            _put_back(reminder, later)
            return True
    except NoSafeHour:
        settle(reminder, Reminder.State.NEEDS_PERSON, now=now, why="no_safe_hour")
        return True
    try:
        channel(reminder.channel).deliver(message_of(reminder, now, counts))
    except DeliveryError as error:
        record_failure(reminder, error, now=now)
    else:
        record_success(reminder, now=now)
    return True


def _next(now: datetime) -> Any:
    waiting = Reminder.objects.claimable(now).first_of_digests(now)
    return waiting.select_for_update(skip_locked=True, of=("self",)).order_by("send_at", "id")[:1]


def _claimed(reminder: UUID) -> Any:
    return Reminder.objects.filter(pk=reminder).select_for_update().values_list("state", "tries")


def _latest_attempt(reminder: UUID) -> Any:
    return Attempt.objects.filter(reminder=reminder).order_by("-number").values_list("number")[:1]


NEXT = Prepared(_next, now=datetime)
CLAIMED, LATEST_ATTEMPT = Prepared(_claimed, reminder=UUID), Prepared(_latest_attempt, reminder=UUID)
COLUMNS = [field.attname for field in Reminder._meta.concrete_fields]


@transaction.atomic
def claim(*, now: datetime) -> Reminder | None:
    """Take the next reminder for the length of the lease; two workers never take the same one."""
    rows = NEXT.ask(now=now)
    if not rows:
        return None
    reminder = Reminder.from_db(connection.alias, COLUMNS, rows[0])
    reminder.state = Reminder.State.SENDING
    reminder.lease_until = now + LEASE
    reminder.tries += 1
    reminder.save(update_fields=["state", "lease_until", "tries"])
    return reminder


def _allowed_at(reminder: Reminder, timing: Timing, now: datetime, team: UUID | None) -> datetime:
    """Return when it may go: the queue may have stood still until the quiet hours began, or the policy has changed."""
    if is_notice(reminder) or reminder.client_id is not None:
        return now
    if team is None and reminder.case is not None:
        team = reminder.case.team_id
    at_latest = reminder.at_latest if reminder.at_latest is not None and reminder.at_latest > now else None
    return timing.hours_of(reminder.recipient_id, team).first_allowed(now, at_latest=at_latest)


@transaction.atomic
def _put_back(reminder: Reminder, when: datetime) -> None:
    """Let it wait; that was no try."""
    if _is_still_ours(reminder):
        reminder.state, reminder.lease_until, reminder.send_at = Reminder.State.WAITING, None, when
        reminder.tries -= 1
        reminder.save(update_fields=["state", "lease_until", "send_at", "tries"])


def message_of(reminder: Reminder, now: datetime, counts: Counts | None = None) -> Message:
    """Return what to send. It counts what is due and names nothing of it."""
    if reminder.client_id is not None:
        return client_message_of(reminder)
    recipient = reminder.recipient
    assert recipient is not None  # noqa: S101 - the database holds one of the two
    if is_notice(reminder):
        return Message(key=str(reminder.pk), address=recipient.email, wording=staff_notice(language=recipient.language))
    until = max([reminder.due_on, *(it.due_on for it in _told_with(reminder, now))])
    items = (counts or Counts()).of(recipient, until, now)
    wording = staff_reminder(items=items, language=recipient.language)
    return Message(key=str(reminder.pk), address=recipient.email, wording=wording)


@transaction.atomic
def record_success(reminder: Reminder, *, now: datetime) -> None:
    if _is_still_ours(reminder):
        _record(reminder, Attempt.Outcome.DELIVERED, now)
        settle(reminder, Reminder.State.SENT, now=now)
        _settle_what_was_told_with(reminder, now)


def _told_with(reminder: Reminder, now: datetime) -> list[Reminder]:
    """Return what else one message told its recipient, who wants to be told once a day."""
    if not reminder.in_digest:
        return []
    others = Reminder.objects.of_a_digest(now).filter(recipient=reminder.recipient_id, state=Reminder.State.WAITING)
    return list(others.exclude(pk=reminder.pk))


def _settle_what_was_told_with(reminder: Reminder, now: datetime) -> None:
    others = _told_with(reminder, now)
    reasons = reasons_to_stop(others, now)
    for each in Reminder.objects.filter(pk__in=[it.pk for it in others]).select_for_update(skip_locked=True):
        if why := reasons[each.pk]:
            stop([each], why, now=now)
        else:
            settle(each, Reminder.State.SENT, now=now, why="in_digest")


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
    """Whether nobody else took the reminder over since we claimed it, nor was it erased."""
    return CLAIMED.ask(reminder=reminder.pk) == [(Reminder.State.SENDING, reminder.tries)]


def _record(reminder: Reminder, outcome: str, now: datetime, error: str = "") -> None:
    """Numbered on from what was tried before somebody sent it again, or before it was spoken of anew."""
    latest = LATEST_ATTEMPT.ask(reminder=reminder.pk)
    number = latest[0][0] + 1 if latest else 1
    Attempt.objects.create(reminder=reminder, number=number, at=now, outcome=outcome, error=error[:200])
