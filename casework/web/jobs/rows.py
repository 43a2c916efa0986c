"""Long work as administrators see it: how far it is, roughly, and never how many people it is about.

A share in tenths, and a number a minute in tens, of what is about a hundred people and more; of less, only that it goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# What may be done with jobs of a kind is declared beside their tasks, which nothing else of these pages loads.
from casework.accounts import jobs
from casework.accounts.models import Job
from casework.lib.suppression import outgoing_count
from casework.lifecycle import score_runs as _scores  # noqa: F401 - loaded for what it declares
from casework.lifecycle.importing import starting as _imports  # noqa: F401 - loaded for what it declares
from casework.reports import actions as _reports  # noqa: F401 - loaded for what it declares
from casework.residency import spreading as _spreading  # noqa: F401 - loaded for what it declares
from casework.residency.actions import impacts as _impacts  # noqa: F401 - loaded for what it declares
from casework.web.home.upkeep import JOBS, LONG

SHOWN = 50
# So few people, and a share of them would tell how many.
FEWEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    job: Job
    what: str
    tenths: int | None
    a_minute: int | None
    minutes_left: int | None
    stands_still: bool
    may_repeat: bool
    may_stop: bool

    @property
    def percent(self) -> int | None:
        return self.tenths * 10 if self.tenths is not None else None


def job_rows(now: datetime, *states: str) -> Sequence[JobRow]:
    """Return jobs in these states, the newest first."""
    found = Job.objects.filter(state__in=states).select_related("started_by__data_key")
    return [row_of(job, now) for job in found.order_by("-created_at", "pk")[:SHOWN]]


def row_of(job: Job, now: datetime) -> JobRow:
    is_counted = job.total >= FEWEST
    spent = now - job.created_at
    is_running = job.state == Job.State.RUNNING
    a_minute = job.done / max(spent.total_seconds(), 1) * 60
    goes_on = is_running and is_counted and job.done >= FEWEST
    return JobRow(
        job=job,
        what=str(JOBS.get(job.kind, job.kind)),
        tenths=job.done * 10 // job.total if is_counted else None,
        a_minute=outgoing_count(round(a_minute)) if goes_on else None,
        minutes_left=_coarse((job.total - job.done) / a_minute) if goes_on else None,
        stands_still=is_running and spent > LONG,
        may_repeat=jobs.may_repeat(job),
        may_stop=jobs.may_stop(job),
    )


def duration(job: Job) -> timedelta | None:
    return job.finished_at - job.created_at if job.finished_at else None


def _coarse(minutes: float) -> int:
    """Whole minutes, in fives from ten on: it is a guess, and a finer one would tell the number of those who are left."""
    return max(round(minutes), 1) if minutes < 10 else round(minutes / 5) * 5
