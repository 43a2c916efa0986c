"""Finds what is due to be said and not yet queued, and stops what need not be said any more.

A run looks at everything that is open, not at what has happened since the last one: a missed run is caught up
by the next, and several planners at once make no duplicate, because the identity of a reminder is unique.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from casework.clients.audience import Audience
from casework.clients.models import Case
from casework.residency.models import Deadline, Jurisdiction

from .models import Heartbeat, Reminder
from .notices import DEADLINE, is_notice
from .schedule import LONGEST_LEAD, lead_reached, leads_of

CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one run did. `unaddressed`: deadlines to speak of for which nobody may be told."""

    queued: int
    stopped: int
    unaddressed: int


def plan(*, now: datetime) -> Planned:
    """Queue what is due to be said at `now`, and stop waiting reminders whose subject is settled or has moved."""
    queued = unaddressed = 0
    zones = time_zones()
    for deadlines in _chunks(now):
        wanted, lonely = _wanted(deadlines, zones, now)
        unaddressed += lonely
        queued += _queue(wanted)
    stopped = _stop_settled(now)
    Heartbeat.objects.update_or_create(name="plan", defaults={"at": now, "lag_seconds": 0})
    return Planned(queued=queued, stopped=stopped, unaddressed=unaddressed)


def subject_of(deadline_id: UUID) -> str:
    """Return the name under which reminders speak of a deadline."""
    return f"{DEADLINE}{deadline_id}"


def time_zones() -> dict[str, str]:
    """Return the time zone of every country that has one on record."""
    return dict(Jurisdiction.objects.exclude(time_zone="").values_list("code", "time_zone"))


def today_of(deadline: Deadline, zones: dict[str, str], now: datetime) -> date:
    """Return which day it is where the deadline falls due, else where the team is."""
    return now.astimezone(ZoneInfo(zones.get(deadline.country) or deadline.client.case.team.time_zone)).date()


def _chunks(now: datetime) -> Iterator[list[Deadline]]:
    # One day more than the longest lead: somewhere it is already tomorrow.
    until = now.date() + timedelta(days=LONGEST_LEAD + 1)
    rows = Deadline.objects.open().due_by(until).filter(optional=False).select_related("client__case__team")
    latest: UUID | None = None
    while True:
        chunk = list((rows.filter(pk__gt=latest) if latest else rows).order_by("pk")[:CHUNK])
        if not chunk:
            return
        yield chunk
        latest = chunk[-1].pk


def _wanted(deadlines: list[Deadline], zones: dict[str, str], now: datetime) -> tuple[list[Reminder], int]:
    audience = Audience([deadline.client.case for deadline in deadlines], now)
    wanted: list[Reminder] = []
    unaddressed = 0
    for deadline in deadlines:
        due_on: date = deadline.drives_on
        lead = lead_reached(due_on, today_of(deadline, zones, now), leads_of(deadline.duty))
        if lead is None:
            continue
        recipients = audience.of(deadline.client.case)
        unaddressed += not recipients
        wanted += [
            Reminder(
                subject=subject_of(deadline.pk),
                due_on=due_on,
                lead_days=lead,
                recipient_id=user_id,
                channel=Reminder.Channel.EMAIL,
                case=deadline.client.case,
                send_at=now,
                created_at=now,
            )
            for user_id in recipients
        ]
    return wanted, unaddressed


def _queue(wanted: list[Reminder]) -> int:
    """Insert those whose identity is not there yet; return how many."""
    there = set(
        Reminder.objects.filter(subject__in={it.subject for it in wanted}).values_list(
            "subject", "due_on", "lead_days", "recipient_id", "channel"
        )
    )
    missing = [it for it in wanted if (it.subject, it.due_on, it.lead_days, it.recipient_id, it.channel) not in there]
    Reminder.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


@transaction.atomic
def _stop_settled(now: datetime) -> int:
    """Stop waiting reminders whose deadline is answered, gone, moved or of a closed case."""
    waiting = Reminder.objects.filter(state=Reminder.State.WAITING, subject__startswith=DEADLINE)
    reminders = list(waiting.select_for_update(skip_locked=True))
    reasons = reasons_to_stop(reminders, now)
    for why in set(reasons.values()) - {""}:
        settled = [pk for pk, reason in reasons.items() if reason == why]
        Reminder.objects.filter(pk__in=settled).update(state=Reminder.State.STOPPED, settled_at=now, why=why)
    return sum(bool(why) for why in reasons.values())


def reasons_to_stop(reminders: list[Reminder], now: datetime) -> dict[UUID, str]:
    """Return for each reminder why it need not be said any more, "" if it must, in four queries.

    done, waived, gone, moved, closed (case), no_access (the recipient may not be told any more).
    """
    ids = [reminder.subject.removeprefix(DEADLINE) for reminder in reminders if not is_notice(reminder)]
    deadlines = {subject_of(it.pk): it for it in Deadline.objects.select_related("client__case").filter(pk__in=ids)}
    audience = Audience([it.client.case for it in deadlines.values()], now)
    return {
        reminder.pk: _reason_to_stop_notice(reminder)
        if is_notice(reminder)
        else _reason_to_stop(reminder, deadlines.get(reminder.subject), audience)
        for reminder in reminders
    }


def _reason_to_stop_notice(reminder: Reminder) -> str:
    """What has happened has happened; only whoever works here no more is not told."""
    return "" if reminder.recipient.is_active else "no_access"


def _reason_to_stop(reminder: Reminder, deadline: Deadline | None, audience: Audience) -> str:
    if deadline is None or deadline.gone_at is not None:
        return "gone"
    if deadline.state != Deadline.State.OPEN:
        return str(deadline.state)
    if deadline.client.case.status != Case.Status.OPEN:
        return "closed"
    if deadline.drives_on != reminder.due_on:
        return "moved"
    return "" if reminder.recipient_id in audience.of(deadline.client.case) else "no_access"


def settle(reminder: Reminder, state: str, *, now: datetime, why: str = "") -> None:
    """Write the end of a reminder."""
    reminder.state = state
    reminder.lease_until = None
    reminder.settled_at = now
    reminder.why = why
    reminder.save(update_fields=["state", "lease_until", "settled_at", "why"])
