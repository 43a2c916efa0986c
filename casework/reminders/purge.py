"""Forgets what has been said long ago: first the log of tries, later the messages themselves.

A message that was sent keeps its like from being queued again. So what is still spoken of is kept, however old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from casework.audit.record import record

from .matters import chunked
from .models import Attempt, Reminder
from .notices import is_notice
from .plan import reasons_to_stop

KEPT_OF_LOG = timedelta(days=180)
KEPT = timedelta(days=730)
SETTLED = (Reminder.State.SENT, Reminder.State.STOPPED, Reminder.State.NEEDS_PERSON)
# After these nothing is queued about that day any more. Who may not see a case now may see it again, a snooze ends.
OVER = frozenset({"done", "waived", "gone", "settled", "moved", "closed", "answered", "taken_back"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    messages: int
    tries: int


def purge(
    *, now: datetime, kept: timedelta = KEPT, kept_of_log: timedelta = KEPT_OF_LOG, dry_run: bool = False
) -> Purged:
    """Forget the tries and messages that were settled so long ago; return how many. With `dry_run`, only count.

    A batch at a time, each in a transaction of its own: an interrupted run has done a part, and the next goes on.
    """
    tries = messages = 0
    settled = Reminder.objects.filter(state__in=SETTLED)
    for rows in chunked(settled.filter(settled_at__lt=now - kept_of_log, attempts__isnull=False).distinct()):
        tries += _forget_tries(rows, now, dry_run=dry_run)
    for rows in chunked(settled.filter(settled_at__lt=now - kept)):
        messages += _forget_messages(rows, now, dry_run=dry_run)
    return Purged(messages=messages, tries=tries)


@transaction.atomic
def _forget_tries(rows: list[Reminder], now: datetime, *, dry_run: bool) -> int:
    old = Attempt.objects.filter(reminder__in=rows)
    count = old.count()
    if count and not dry_run:
        old.delete()
        record("reminders.purged", by=None, now=now, tries=count, messages=0)
    return count


@transaction.atomic
def _forget_messages(rows: list[Reminder], now: datetime, *, dry_run: bool) -> int:
    reasons = reasons_to_stop(rows, now)
    over = [each.pk for each in rows if _is_over(each, reasons[each.pk], now)]
    if over and not dry_run:
        # Only what nobody let go again meanwhile.
        gone = Reminder.objects.filter(pk__in=over, state__in=SETTLED).select_for_update()
        Reminder.objects.filter(pk__in=[each.pk for each in gone]).delete()
        record("reminders.purged", by=None, now=now, tries=0, messages=len(over))
    return len(over)


def _is_over(reminder: Reminder, why: str, now: datetime) -> bool:
    """Whether nothing would take its place: it told of what has happened, of what is over, or a person of a past day."""
    is_past = reminder.client_id is not None and reminder.due_on < now.date() - timedelta(days=1)
    return is_notice(reminder) or why in OVER or is_past
