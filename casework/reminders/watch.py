"""Watches that reminders go: what should have been said against what was, and an alarm when it was not.

It needs neither worker nor beat: `bin/manage watch_reminders` runs it beside them.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.audit.record import record

from .matters import Matter
from .models import Heartbeat, Reminder
from .plan import SOURCES

logger = logging.getLogger(__name__)
# So long a step may be silent, and a message be late.
SILENCE = timedelta(minutes=3)
STEPS = ("plan", "deliver")
BACKUP = "backup"
ALARM, WATCH, MISSED = "alarm", "watch", "missed:"
# So much that is missing is looked at: one is enough.
AT_MOST = 100
# A trouble that goes on is told once a day.
AGAIN_AFTER = timedelta(days=1)
# Where no mail could be sent, it is told after so long.
UNSAID_AGAIN_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How it stands: when each step last ran (None: never), and since when the oldest message should have gone."""

    at: datetime
    beats: Mapping[str, datetime | None]
    oldest_at: datetime | None
    # Not of reminders, but asked for by the same pages, which count their queries.
    backed_up_at: datetime | None = None

    @property
    def silent(self) -> list[str]:
        """The steps that have not run for too long. One that never ran is not missed: nothing was started yet."""
        return [name for name, last in self.beats.items() if last is not None and self.at - last > SILENCE]

    @property
    def lag(self) -> timedelta:
        return self.at - self.oldest_at if self.oldest_at is not None else timedelta(0)

    @property
    def is_late(self) -> bool:
        return bool(self.silent) or self.lag > SILENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What should have been said by now, by kind of subject, and what became of it.

    missing: nothing was queued; late: queued, and it should have gone; unaddressed: there is nobody who may be told.
    """

    at: datetime
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)

    COLUMNS = ("sent", "waiting", "late", "missing", "stopped", "needs_person", "unaddressed")

    def of(self, kind: str) -> list[int]:
        return [self.found[kind, column] for column in self.COLUMNS]

    def total(self, column: str) -> int:
        return sum(count for (_kind, name), count in self.found.items() if name == column)

    @property
    def is_complete(self) -> bool:
        return not self.total("late") and not self.total("missing")


def health(now: datetime) -> Health:
    """Return how it stands, in two queries."""
    beats = dict(Heartbeat.objects.filter(name__in=(*STEPS, BACKUP)).values_list("name", "at"))
    return Health(
        at=now,
        beats={name: beats.get(name) for name in STEPS},
        oldest_at=Reminder.objects.waits_since(now),
        backed_up_at=beats.get(BACKUP),
    )


def reconcile(now: datetime, *, cases: Collection[UUID] | None = None) -> Reconciliation:
    """Return what should have been said by now against what was: counted anew from what is open, not from the queue.

    `cases`: only what is about these.
    """
    result = Reconciliation(at=now)
    for source in SOURCES:
        kind = source.prefix.rstrip(":")
        for matters in source.due(now, cases):
            speaking = [it for it in matters if it.lead is not None and not it.rung and not it.why]
            known = _known(speaking)
            for it in speaking:
                told = _told(it)
                result.expected[kind] += max(len(told), 1)
                if not told:
                    result.found[kind, "unaddressed"] += 1
                for person in told:
                    row = known.get((it.subject, it.due_on, it.lead, person))
                    result.found[kind, _became(row, now)] += 1
    return result


def _told(matter: Matter) -> list[UUID]:
    return [matter.client] if matter.client is not None else [*matter.recipients]


def _known(matters: Sequence[Matter]) -> dict[tuple[Any, ...], Any]:
    """Return state and time of what was queued about these, by identity."""
    rows = Reminder.objects.filter(subject__in={it.subject for it in matters})
    names = ("subject", "due_on", "lead_days", "to", "state", "send_at")
    return {row[:4]: row[4:] for row in rows.values_list(*names)}


def _missing(now: datetime) -> set[tuple[Any, ...]]:
    """Return what should have been queued by `now` and was not."""
    missing = set()
    for source in SOURCES:
        for matters in (source.unsaid or source.due)(now):
            speaking = [it for it in matters if it.lead is not None and not it.rung and not it.why]
            known = _known(speaking)
            expected = {(it.subject, it.due_on, it.lead, person) for it in speaking for person in _told(it)}
            missing |= expected - known.keys()
    return missing


def _is_missed(now: datetime, planned_at: datetime) -> bool:
    """Say whether something is missing that a run of the planner should have written which began after we first saw that.

    What has come up since the last run is not missed. What is missing is noted as a hash of it.
    """
    found = {
        MISSED + hashlib.sha256(repr(it).encode()).hexdigest()[:16] for it in sorted(_missing(planned_at))[:AT_MOST]
    }
    seen = dict(Heartbeat.objects.filter(name__startswith=MISSED).values_list("name", "at"))
    Heartbeat.objects.filter(name__in=seen.keys() - found).delete()
    Heartbeat.objects.bulk_create([Heartbeat(name=it, at=now) for it in found - seen.keys()], ignore_conflicts=True)
    return any(at < planned_at for name, at in seen.items() if name in found)


def _became(row: tuple[str, datetime] | None, now: datetime) -> str:
    if row is None:
        return "missing"
    state, send_at = row
    if state in (Reminder.State.WAITING, Reminder.State.SENDING):
        return "late" if now - send_at > SILENCE else "waiting"
    return str(state)


def watch(now: datetime) -> str:
    """Look, and tell the administrators if something should have gone and did not. Return what is wrong, "" if nothing.

    Told once, and once a day while it goes on. That it is over is told as well.
    """
    wrong = _wrong(now)
    Heartbeat.objects.update_or_create(name=WATCH, defaults={"at": now})
    with transaction.atomic():
        told = Heartbeat.objects.select_for_update().filter(name=ALARM).first()
        if not wrong:
            if told is None:
                return ""
            told.delete()
        elif told is not None and now - told.at < AGAIN_AFTER:
            return wrong
        else:
            Heartbeat.objects.update_or_create(name=ALARM, defaults={"at": now})
        record("reminders.alarm_raised" if wrong else "reminders.alarm_ended", by=None, now=now, why=wrong or "over")
    told_anybody = [_tell(user, wrong) for user in _administrators(now)]
    if wrong and told_anybody and not any(told_anybody):
        Heartbeat.objects.filter(name=ALARM).update(at=now - AGAIN_AFTER + UNSAID_AGAIN_AFTER)
    return wrong


def _wrong(now: datetime) -> str:
    """Return what is wrong as a code: silent (no worker or beat), late (should have gone), missing (was never queued)."""
    state = health(now)
    if state.silent:
        return "silent"
    if state.lag > SILENCE:
        return "late"
    planned_at = state.beats["plan"]
    return "missing" if planned_at is not None and _is_missed(now, planned_at) else ""


def _administrators(now: datetime) -> list[User]:
    held = Membership.objects.active(now).carrying(Permission.ACCOUNTS_MANAGE).values("user")
    return list(User.objects.filter(pk__in=held).order_by("pk"))


def _tell(user: User, wrong: str) -> bool:
    """Write at once and not by way of the queue, which may be what stands still. Return whether the mail server took it."""
    with translation.override(user.language):
        words = {
            "silent": _(
                "Reminders are not being looked after: the worker or the clock that wakes it has been silent for more than three minutes."
            ),
            "late": _("Reminders that should have gone out are still waiting."),
            "missing": _("Reminders that should have been written were not."),
            "": _("Reminders go out again."),
        }[wrong]
        subject = _("Casework: reminders do not go out") if wrong else _("Casework: reminders go out again")
    try:
        EmailMessage(subject, f"{words}\n", settings.DEFAULT_FROM_EMAIL, [user.email]).send(fail_silently=False)
    except OSError as error:  # smtplib's own errors are of this kind, too
        logger.warning("administrator %s cannot be told: %s", user.pk, error)
        return False
    return True
