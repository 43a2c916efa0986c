"""Messages about something that has happened: said once, at once, and to the person it was written for."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from casework.clients.models import Case

from .models import Reminder
from .subjects import DATED


def queue_notices(subject: str, recipients: Iterable[UUID], *, case: Case | None, now: datetime) -> int:
    """Queue a neutral message for each of these; asked twice about one subject, each hears once. Return how many."""
    rows = [
        Reminder(
            subject=subject,
            due_on=now.date(),
            lead_days=0,
            recipient_id=user_id,
            channel=Reminder.Channel.EMAIL,
            case=case,
            send_at=now,
            created_at=now,
        )
        for user_id in sorted(recipients)
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def is_notice(reminder: Reminder) -> bool:
    """Whether it speaks of something that has happened, and not of something that has its day."""
    return not reminder.subject.startswith(DATED)
