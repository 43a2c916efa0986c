"""Finds what is due to be said and not yet queued, and stops what need not be said any more.

A run looks at everything that is open, not at what has happened since the last one: a missed run is caught up
by the next, and several planners at once make no duplicate, because the identity of a reminder is unique.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from casework.accounts.absences import Away
from casework.audit.models import Event
from casework.audit.record import record_each

from .client_fates import CLIENT_FATES, tell_unreached
from .client_matters import CLIENT_MATTERS
from .deadlines import DEADLINES
from .housing import HOUSING
from .matters import Matter, Source
from .models import Heartbeat, Reminder
from .no_answer import NO_ANSWERS
from .notices import is_notice
from .timing import Timing

# What became of a message, on the timeline of its case.
FATES: dict[str, str] = {
    Reminder.State.SENT: "reminders.message_sent",
    Reminder.State.STOPPED: "reminders.message_stopped",
    Reminder.State.NEEDS_PERSON: "reminders.message_failed",
}

IDENTITY = ("subject", "due_on", "lead_days", "to", "channel")

SOURCES: tuple[Source, ...] = (DEADLINES, *HOUSING, NO_ANSWERS, *CLIENT_MATTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one run did. `unaddressed`: what was to be spoken of and for which nobody may be told."""

    queued: int
    stopped: int
    unaddressed: int


def plan(*, now: datetime) -> Planned:
    """Queue what is due to be said at `now`, and stop waiting reminders whose subject is settled or has moved."""
    queued = unaddressed = 0
    timing = Timing(now)
    for source in SOURCES:
        for matters in (source.unsaid or source.due)(now):
            speaking = [(it, it.lead) for it in matters if it.lead is not None and not it.why]
            unaddressed += sum(not it.recipients and it.client is None for it, _lead in speaking if not it.rung)
            queued += _queue([row for it, lead in speaking for row in _reminders(it, lead, now)], timing)
    stopped = _stop_settled(now)
    Heartbeat.objects.update_or_create(name="plan", defaults={"at": now, "lag_seconds": 0})
    return Planned(queued=queued, stopped=stopped, unaddressed=unaddressed)


def _reminders(matter: Matter, lead: int, now: datetime) -> list[Reminder]:
    if matter.client is not None:
        return [_to_client(matter, lead, now)]
    return [
        Reminder(
            subject=matter.subject,
            due_on=matter.due_on,
            lead_days=lead,
            recipient_id=user_id,
            channel=Reminder.Channel.EMAIL,
            case=matter.case,
            rung=matter.rung,
            send_at=now,
            at_latest=matter.goes_before(now),
            created_at=now,
        )
        for user_id in matter.recipients
    ]


def _to_client(matter: Matter, lead: int, now: datetime) -> Reminder:
    return Reminder(
        subject=matter.subject,
        due_on=matter.due_on,
        lead_days=lead,
        client_id=matter.client,
        channel=matter.channel,
        case=matter.case,
        send_at=matter.send_at or now,
        created_at=now,
    )


def _queue(wanted: list[Reminder], timing: Timing) -> int:
    """Insert those whose identity is not there yet, to go when their recipients may be told; return how many."""
    if not wanted:
        return 0
    rows = Reminder.objects.filter(subject__in={it.subject for it in wanted})
    there = {
        (it.subject, it.due_on, it.lead_days, it.to, it.channel): it for it in rows.only(*IDENTITY, "state", "why")
    }
    missing, again = [], []
    for it in wanted:
        found = there.get((it.subject, it.due_on, it.lead_days, it.recipient_id or it.client_id, it.channel))
        if found is None:
            missing.append(it)
        elif found.state == Reminder.State.STOPPED and found.why not in Reminder.BY_HAND:
            # Nobody heard it, and what stopped it holds no more: it was put off, done, or for somebody else for a while.
            again.append((found, it))
    for found, it in again:
        it.pk = found.pk
    timing.read({it.recipient_id for it in wanted} if missing or again else ())
    for it in [*missing, *(it for _found, it in again)]:
        if it.client_id is not None:
            continue  # they have hours of their own
        team = it.case.team_id if it.case is not None else None
        it.in_digest = timing.digest_of(it.recipient_id) is not None
        it.send_at = timing.sends_at(it.recipient_id, team, it.send_at, it.at_latest)
    Reminder.objects.bulk_create(missing, ignore_conflicts=True)
    for _found, it in again:
        stopped = Reminder.objects.filter(pk=it.pk, state=Reminder.State.STOPPED)
        as_new = {"send_at": it.send_at, "at_latest": it.at_latest, "in_digest": it.in_digest}
        stopped.update(state=Reminder.State.WAITING, why="", settled_at=None, tries=0, **as_new)
    return len(missing) + len(again)


@transaction.atomic
def _stop_settled(now: datetime) -> int:
    """Stop waiting reminders whose subject is answered, gone, moved or of a closed case."""
    dated = reduce(or_, (Q(subject__startswith=source.prefix) for source in SOURCES))
    waiting = Reminder.objects.filter(dated, state=Reminder.State.WAITING)
    reminders = list(waiting.select_for_update(skip_locked=True))
    reasons = reasons_to_stop(reminders, now)
    for why in set(reasons.values()) - {""}:
        stop([it for it in reminders if reasons[it.pk] == why], why, now=now)
    return sum(bool(why) for why in reasons.values())


def reasons_to_stop(reminders: Sequence[Reminder], now: datetime) -> dict[UUID, str]:
    """Return for each reminder why it need not be said any more, "" if it must, in a few queries for each source.

    done, waived, gone, settled, moved, overtaken, closed (case), away (the recipient is, and somebody else is told), no_access (the
    recipient may not be told any more).
    """
    found: dict[UUID, str] = {it.pk: _reason_to_stop_notice(it) for it in reminders if is_notice(it)}
    for source in SOURCES:
        own = [it for it in reminders if it.subject.startswith(source.prefix)]
        standing = source.now({it.subject for it in own}, now)
        found |= {it.pk: _reason_to_stop(it, standing, source) for it in own}
    if "no_access" in found.values():
        away = Away(now)
        found |= {it.pk: "away" for it in reminders if found[it.pk] == "no_access" and it.recipient_id in away}
    return found


def surely_stands(reminder: Reminder, now: datetime) -> UUID | None:
    """Return the team of its case if one question is enough to know that a reminder must still be said; None: look at all of it."""
    if reminder.rung or reminder.recipient_id is None:
        return None
    for source in SOURCES:
        if source.surely is not None and reminder.subject.startswith(source.prefix):
            return source.surely(
                reminder.subject.removeprefix(source.prefix), reminder.due_on, reminder.recipient_id, now
            )
    return None


def _reason_to_stop_notice(reminder: Reminder) -> str:
    """What has happened has happened; only whoever works here no more is not told."""
    return "" if reminder.recipient is not None and reminder.recipient.is_active else "no_access"


def _reason_to_stop(reminder: Reminder, standing: Mapping[str, Sequence[Matter]], source: Source) -> str:
    # Of an appointment of several people each has a way and a will of their own.
    mine = (reminder.rung, reminder.client_id)
    matters = [it for it in standing.get(reminder.subject, ()) if (it.rung, it.client) == mine]
    if not matters:
        return source.settled
    if all(it.why for it in matters):
        return matters[0].why
    on_that_day = [it for it in matters if it.due_on == reminder.due_on]
    if not on_that_day:
        return "moved"
    if reminder.client_id is not None:
        return _reason_to_stop_to_client(reminder, [it for it in on_that_day if it.channel == reminder.channel])
    return "" if any(reminder.recipient_id in it.recipients for it in on_that_day) else "no_access"


def _reason_to_stop_to_client(reminder: Reminder, by_this_way: Sequence[Matter]) -> str:
    """Who can be written to on a few days only hears once of a date, and not of every day that has passed meanwhile."""
    if not by_this_way:
        return "other_way"
    leads = [it.lead for it in by_this_way if it.lead is not None]
    return "overtaken" if any(lead < reminder.lead_days for lead in leads) else ""


@transaction.atomic
def stop(reminders: Sequence[Reminder], why: str, *, now: datetime) -> None:
    """Write that these need not be said, and why, beside their cases."""
    if not reminders:
        return
    for each in reminders:
        each.state, each.lease_until, each.settled_at, each.why = Reminder.State.STOPPED, None, now, why
    Reminder.objects.bulk_update(reminders, ["state", "lease_until", "settled_at", "why"])
    record_each([_fate(each, now) for each in reminders])


@transaction.atomic
def settle(reminder: Reminder, state: str, *, now: datetime, why: str = "") -> None:
    """Write the end of a reminder, and tell its case of it."""
    reminder.state = state
    reminder.lease_until = None
    reminder.settled_at = now
    reminder.why = why
    reminder.save(update_fields=["state", "lease_until", "settled_at", "why"])
    record_each([_fate(reminder, now)])
    if reminder.client_id is not None and state == Reminder.State.NEEDS_PERSON:
        tell_unreached(reminder, now)


def _fate(reminder: Reminder, now: datetime) -> Event:
    is_to_client = reminder.client_id is not None
    name = "client" if is_to_client else "to"
    told = {name: str(reminder.recipient_id or reminder.client_id), "channel": reminder.channel}
    return Event(
        type=(CLIENT_FATES if is_to_client else FATES)[reminder.state],
        at=now,
        subject_model=reminder._meta.label,
        subject_id=str(reminder.pk),
        case_id=reminder.case_id,
        data=told | ({"why": reminder.why} if reminder.why else {}),
    )
