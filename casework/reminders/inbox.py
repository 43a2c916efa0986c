"""The inbox of a member of staff: what was said to them, and what of it they have marked as read."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts.models import User
from casework.audit.record import record

from .models import Reminder


def inbox_of(user: User) -> Any:
    """Return what reached this user, or waits in the inbox for them. What was stopped was never said."""
    return Reminder.objects.filter(recipient=user, state=Reminder.State.SENT)


@transaction.atomic
def mark_read(*, by: User, now: datetime, ids: Collection[UUID] | None = None) -> int:
    """Mark these, or all that is there, as read. Return how many were not before."""
    unread = inbox_of(by).filter(read_at__isnull=True)
    count = int((unread if ids is None else unread.filter(pk__in=ids)).update(read_at=now))
    if count:
        record("reminders.inbox_read", by=by, now=now, count=count)
    return count
