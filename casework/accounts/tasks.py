"""What the workers do about accounts by themselves."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from . import counters, drafts, jobs
from .task_runs import CANARY


@shared_task(name=CANARY)
def canary(**_older: Any) -> None:
    """Do nothing. That it ran is noted as of every task, and its silence tells of a worker that stands still."""


@shared_task(name="accounts.forget_old_drafts")
def forget_old_drafts(**_older: Any) -> None:
    """Forget drafts that nobody went on with."""
    drafts.forget_old_drafts(timezone.now())


@shared_task(name="accounts.forget_counters")
def forget_counters(**_older: Any) -> None:
    """Forget attempts that count no more."""
    counters.forget_counters(timezone.now())


@shared_task(name="accounts.forget_old_jobs")
def forget_old_jobs(**_older: Any) -> None:
    """Delete what is remembered of long pieces of work that ended long ago."""
    jobs.forget_old_jobs(timezone.now())
