"""Figures about the present for Prometheus, asked of the database when somebody scrapes.

They are about work and machines. Counts of what tells of people (messages, people whose deadlines wait) are in tens, nothing
below ten (docs/figures.md): whoever collects figures every few seconds sees each of them come and go.
"""

import logging
import platform
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Count, Min, QuerySet

from casework.accounts.models import Job
from casework.accounts.task_runs import CANARY, task_runs, woken
from casework.audit import state as audit_state
from casework.lib.suppression import STEP
from casework.reminders.models import Reminder
from casework.reminders.watch import health
from casework.residency.actions.deadlines import stale_clients
from casework.vault.errors import KeyFileError
from casework.vault.keys import provider

if TYPE_CHECKING:
    from prometheus_client.core import Metric

logger = logging.getLogger(__name__)
# A count goes no further than this, and no group of figures takes longer.
AT_MOST, PATIENCE = 10_000, "2s"


class Present:
    """What the library asks for figures. A group that the database refuses is left out, and said to be."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        versions = {"version": settings.VERSION, "python": platform.python_version()}
        yield InfoMetricFamily("casework", "What runs here", versions)
        missing = GaugeMetricFamily("casework_figures_missing", "Groups of figures not to be had now", labels=["group"])
        for group, figures in GROUPS.items():
            found: list[Metric] = []
            try:
                with transaction.atomic():
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
                    found = list(figures(self.now))
            except (DatabaseError, InterfaceError) as error:
                logger.warning("figures of %s cannot be had: %s", group, error)
            missing.add_metric([group], 0 if found else 1)
            yield from found
        yield missing
        yield _gauge("casework_keys_readable", "Whether the key file can be used", _keys_are_readable())


def in_tens(rows: QuerySet[Any]) -> int:
    """Count rows that tell of people: rounded down to tens, and no further than `AT_MOST`."""
    return int(rows.order_by()[:AT_MOST].count()) // STEP * STEP


def _database(now: datetime) -> "Iterator[Metric]":
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), current_setting('max_connections')::int")
        size, limit = cursor.fetchone()
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1"
        )
        states = dict(cursor.fetchall())
        cursor.execute("SELECT current_setting('transaction_read_only') = 'on'")
        (read_only,) = cursor.fetchone()
    yield _gauge("casework_database_bytes", "Size of the database", size)
    yield _gauge("casework_database_connections_limit", "Connections that the server admits", limit)
    yield _gauge("casework_database_read_only", "Whether the database takes no changes", read_only)
    yield _labelled("casework_database_connections", "Connections by what they do", "state", states)


def _jobs(now: datetime) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily

    jobs = GaugeMetricFamily("casework_jobs", "Long pieces of work", labels=["kind", "state"])
    for kind, state, count in Job.objects.order_by().values_list("kind", "state").annotate(Count("pk")):
        jobs.add_metric([kind, state], count)
    yield jobs
    unfinished = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    oldest = unfinished.aggregate(at=Min("created_at"))["at"]
    yield _gauge("casework_jobs_oldest_seconds", "Age of the oldest unfinished job", _age(now, oldest) or 0)


def _reminders(now: datetime) -> "Iterator[Metric]":
    state = health(now)
    yield _gauge("casework_reminders_lag_seconds", "How late the oldest message is", state.lag.total_seconds())
    beats = {name: _age(now, at) for name, at in state.beats.items() if at is not None}
    yield _labelled("casework_reminders_step_age_seconds", "Since planner and delivery last ran", "step", beats)
    if state.backed_up_at is not None:
        yield _gauge("casework_backup_age_seconds", "Since the last backup", _age(now, state.backed_up_at) or 0)
    due = in_tens(Reminder.objects.claimable(now))
    yield _gauge("casework_reminders_due_tens", "Messages that should have gone, in tens", due)
    failed = in_tens(Reminder.objects.filter(state=Reminder.State.NEEDS_PERSON))
    yield _gauge("casework_reminders_failed_tens", "Messages that need a person, in tens", failed)


def _audit(now: datetime) -> "Iterator[Metric]":
    sealing = audit_state.state()
    waits = sealing.waits_for(now).total_seconds()
    yield _gauge("casework_audit_unsealed_seconds", "Age of the oldest event without a seal", waits)
    sealed = _age(now, sealing.sealed_until)
    if sealed is not None:
        yield _gauge("casework_audit_sealed_age_seconds", "Age of the newest event with a seal", sealed)


def _deadlines(now: datetime) -> "Iterator[Metric]":
    stale = in_tens(stale_clients(now).in_open_cases())  # type: ignore[attr-defined]  # a queryset of ours
    yield _gauge("casework_deadlines_stale_tens", "People whose deadlines are to be computed anew, in tens", stale)


def _tasks(now: datetime) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    runs = CounterMetricFamily("casework_task_runs", "Runs of tasks", labels=["task"])
    failures = CounterMetricFamily("casework_task_failures", "Runs of tasks that failed", labels=["task"])
    seconds = CounterMetricFamily("casework_task_seconds", "Time that tasks took", labels=["task"])
    last = GaugeMetricFamily("casework_task_last_seconds", "Time that the last run took", labels=["task"])
    age = GaugeMetricFamily("casework_task_age_seconds", "Since the last run ended", labels=["task"])
    is_late = GaugeMetricFamily("casework_task_late", "Whether the clock should have woken it", labels=["task"])
    known = task_runs()
    for run in known.values():
        runs.add_metric([run.name], run.runs)
        failures.add_metric([run.name], run.failures)
        seconds.add_metric([run.name], run.seconds)
        last.add_metric([run.name], run.last_seconds)
        age.add_metric([run.name], (now - run.ended_at).total_seconds())
    for it in woken(now, known):
        is_late.add_metric([it.task], it.is_late)
    yield from (runs, failures, seconds, last, age, is_late)
    if CANARY in known:
        sung = (now - known[CANARY].ended_at).total_seconds()
        yield _gauge("casework_worker_canary_age_seconds", "Since a worker has last sung", sung)


GROUPS: "dict[str, Callable[[datetime], Iterator[Metric]]]" = {
    "database": _database,
    "jobs": _jobs,
    "reminders": _reminders,
    "audit": _audit,
    "deadlines": _deadlines,
    "tasks": _tasks,
}


def _gauge(name: str, what: str, value: float) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, what, float(value))


def _labelled(name: str, what: str, label: str, values: dict[str, float | None]) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    metric = GaugeMetricFamily(name, what, labels=[label])
    for key, value in values.items():
        if value is not None:
            metric.add_metric([key], value)
    return metric


def _keys_are_readable() -> bool:
    try:
        provider().current_id("data")
    except KeyFileError:
        return False
    return True


def _age(now: datetime, at: datetime | None) -> float | None:
    return (now - at).total_seconds() if at is not None else None
