"""What somebody may do by hand to a message on its way: send it again, call it off, or note that they told the person."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from casework.accounts.models import User

from .models import Reminder, ReminderQuerySet


def to_send_again() -> Q:
    """Return the condition under which a message can be sent once more.

    1. A person was asked, and it is no letter: that one is printed.
    2. Somebody took it out of the queue by hand.
    3. It waits for a further try.
    """
    return (
        Q(state=Reminder.State.NEEDS_PERSON) & ~Q(channel=Reminder.Channel.LETTER)
        | Q(state=Reminder.State.STOPPED, why__in=Reminder.BY_HAND)
        | Q(state=Reminder.State.WAITING, tries__gt=0)
    )


def to_call_off(now: datetime) -> Q:
    """Return the condition that a message has not gone: it waits, or whoever claimed it has gone away."""
    return Q(state=Reminder.State.WAITING) | Q(state=Reminder.State.SENDING, lease_until__lt=now)


def to_tell_otherwise() -> Q:
    """Return the condition that a person was asked. A letter is handed over on the page of the messages to its person."""
    return Q(state=Reminder.State.NEEDS_PERSON) & ~Q(channel=Reminder.Channel.LETTER)


def with_acts(rows: ReminderQuerySet, user: User, now: datetime) -> ReminderQuerySet:
    """Note of each row what this user may do to it: `may_send_again`, `may_call_off`, `may_tell_otherwise`."""
    this = Reminder.objects.filter(pk=OuterRef("pk"))
    may_change, may_oversee = Exists(this.changeable_by(user, now)), Exists(this.overseen_by(user, now))
    return rows.annotate(
        may_send_again=_both(to_send_again(), Q(may_change)),
        may_call_off=_both(to_call_off(now), Q(may_oversee)),
        may_tell_otherwise=_both(to_tell_otherwise(), Q(may_change)),
    )


def _both(one: Q, other: Q) -> Any:
    return ExpressionWrapper(one & other, output_field=BooleanField())
