"""Watches the workers: which task ran when and how it went, and which of those that the clock should wake has not run.

A worker may stand still without ending (Celery #8030 and others): the canary is a task that does nothing each minute, so that
its silence tells of that, whatever else there is to do.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import BaseSchedule, schedule
from django.conf import settings
from django.db import connection

from .models import TaskRun

CANARY = "accounts.canary"
# A worker that has not sung for so long stands still.
SILENCE = timedelta(minutes=3)
# What is woken more seldom than this may be later.
OFTEN, PATIENCE = timedelta(hours=1), timedelta(minutes=30)

NOTED = """
INSERT INTO accounts_taskrun AS was (name, began_at, ended_at, failed_at, runs, failures, seconds, last_seconds)
VALUES (%(name)s, %(began)s, %(ended)s, %(failed)s, 1, %(failures)s, %(seconds)s, %(seconds)s)
ON CONFLICT (name) DO UPDATE SET
    began_at = excluded.began_at, ended_at = excluded.ended_at, failed_at = coalesce(excluded.failed_at, was.failed_at),
    runs = was.runs + 1, failures = was.failures + excluded.failures, seconds = was.seconds + excluded.seconds,
    last_seconds = excluded.seconds
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """A task that the clock wakes. `due_at`: when it should have run again, None as long as it has never run."""

    entry: str
    task: str
    run: TaskRun | None
    due_at: datetime | None
    is_late: bool

    @property
    def failed_last(self) -> bool:
        return self.run is not None and self.run.failed_at is not None and self.run.failed_at >= self.run.began_at


def note_run(name: str, *, began: datetime, ended: datetime, has_failed: bool) -> None:
    """Note that a task has come to its end, in one statement that several workers may send at once."""
    values: dict[str, Any] = {
        "name": name,
        "began": began,
        "ended": ended,
        "failed": ended if has_failed else None,
        "failures": int(has_failed),
        "seconds": max((ended - began).total_seconds(), 0),
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTED, values)


def task_runs() -> dict[str, TaskRun]:
    return {run.name: run for run in TaskRun.objects.order_by("name")}


def canary_age(now: datetime) -> timedelta | None:
    """Return how long ago a worker has sung, None if none ever has."""
    at = TaskRun.objects.filter(pk=CANARY).values_list("ended_at", flat=True).first()
    return now - at if at is not None else None


def woken(now: datetime, runs: dict[str, TaskRun] | None = None) -> list[Woken]:
    """Return every task that the clock wakes, those that are late first."""
    known = task_runs() if runs is None else runs
    found = []
    for entry, how in settings.CELERY_BEAT_SCHEDULE.items():
        run = known.get(how["task"])
        due_at = next_run(how["schedule"], run.began_at, now) if run is not None else None
        is_late = run is not None and due_at is not None and now - due_at > _patience(due_at - run.began_at)
        found.append(Woken(entry=entry, task=how["task"], run=run, due_at=due_at, is_late=is_late))
    return sorted(found, key=lambda it: (not it.is_late, not it.failed_last, it.entry))


def late(every: Sequence[Woken]) -> list[str]:
    return [it.task for it in every if it.is_late]


def next_run(how: BaseSchedule | float, last: datetime, now: datetime) -> datetime:
    """Return when the clock wakes a task next that it woke at `last`."""
    asked = schedule(timedelta(seconds=how)) if isinstance(how, int | float) else copy(how)
    asked.nowfun = lambda: now
    left: timedelta = asked.remaining_estimate(last)
    return now + left


def _patience(interval: timedelta) -> timedelta:
    return SILENCE if interval <= OFTEN else PATIENCE
