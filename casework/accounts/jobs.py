"""Long pieces of work as rows: begun, advanced, ended, so that whoever started one can look at it.

A worker may die and the same message be worked again: a job that has ended does not begin a second time,
and one that was interrupted goes on after the place that it remembers.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.refusals import Refusal

from .models import Job, User

KEPT = timedelta(days=90)

ENDED_BADLY = frozenset({Job.State.FAILED, Job.State.CANCELLED})
# So long a message holds a process of a worker. What is not done by then asks for another turn, at the end of its queue, and
# what somebody waits for comes between.
TURN = timedelta(seconds=5)


class UnableToHandle(Refusal):
    """A job is not to be stopped or begun again by whoever keeps the installation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What may be done with jobs of a kind, declared beside its task.

    again: asks a worker for it, after the commit; may refuse. It goes on after the place that it remembers.
    after: how it may have ended for that. stop: its own verb, where stopping means more than that its worker stops.
    """

    again: Callable[[Job, datetime], None] | None = None
    after: Collection[str] = ENDED_BADLY
    stop: Callable[[Job, User, datetime], bool] | None = None


HANDLED: dict[str, Handling] = {}


def handle(kind: str, **how: Any) -> None:
    """Declare what may be done with jobs of a kind."""
    HANDLED[kind] = Handling(**how)


def may_repeat(job: Job) -> bool:
    how = HANDLED.get(job.kind)
    return how is not None and how.again is not None and job.state in how.after


def may_stop(job: Job) -> bool:
    how = HANDLED.get(job.kind)
    return how is not None and how.stop is not None and job.state in (Job.State.WAITING, Job.State.RUNNING)


@transaction.atomic
def repeat(job: Job, *, by: User, now: datetime) -> None:
    """Let a job that failed or was stopped wait for a worker again. Raises Refusal."""
    ended = Job.objects.select_for_update().get(pk=job.pk)
    again = HANDLED[ended.kind].again if may_repeat(ended) else None
    if again is None:
        raise UnableToHandle(_("This cannot be begun again here."))
    ended.state, ended.finished_at, ended.message = Job.State.WAITING, None, ""
    ended.save(update_fields=["state", "finished_at", "message"])
    record("accounts.job_repeated", subject=ended, by=by, now=now, kind=ended.kind)
    again(ended, now)


@transaction.atomic
def stop(job: Job, *, by: User, now: datetime) -> bool:
    """Stop a job in the way of its kind; return whether there was anything to stop. Raises Refusal."""
    how = HANDLED.get(job.kind)
    if how is None or how.stop is None:
        raise UnableToHandle(_("This cannot be stopped here."))
    return how.stop(job, by, now)


def stop_plainly(job: Job, by: User, now: datetime) -> bool:
    return cancel(job, by=by, now=now)


@transaction.atomic
def start_job(kind: str, *, by: User | None, now: datetime) -> Job:
    """Make the row of a job that waits for a worker. Send the task after the commit, with the id."""
    job = Job.objects.create(kind=kind, started_by=by, created_at=now)
    record("accounts.job_started", subject=job, by=by, now=now, kind=kind)
    return job


@transaction.atomic
def begin(job_id: UUID, *, total: int) -> Job | None:
    """Return the job, running from now on; None if there is none or it has ended already."""
    job = Job.objects.select_for_update().filter(pk=job_id, state__in=[Job.State.WAITING, Job.State.RUNNING]).first()
    if job is not None:
        job.state, job.total = Job.State.RUNNING, max(total, job.done)
        job.save(update_fields=["state", "total"])
    return job


def lock_running(job_id: UUID) -> Job | None:
    """Return the job, locked to the end of the transaction; None if it runs no more, because somebody cancelled it.

    Two workers of one job that lock it for each piece of work never do a piece twice: the second one sees the place
    to which the first has come.
    """
    return Job.objects.select_for_update().filter(pk=job_id, state=Job.State.RUNNING).first()


@transaction.atomic
def cancel(job: Job, *, by: User, now: datetime) -> bool:
    """Stop a job that has not ended; return whether there was anything to stop. Its worker stops at its next step."""
    running = (
        Job.objects.select_for_update().filter(pk=job.pk, state__in=[Job.State.WAITING, Job.State.RUNNING]).first()
    )
    if running is None:
        return False
    running.state, running.finished_at = Job.State.CANCELLED, now
    running.save(update_fields=["state", "finished_at"])
    record("accounts.job_cancelled", subject=running, by=by, now=now, kind=running.kind)
    return True


def advance(job: Job, *, by: int, place: str, **result: int | str) -> None:
    """Add to what is done, and remember the place from which to go on and what came of it so far."""
    job.done += by
    job.total = max(job.total, job.done)
    job.result = {**result, "place": place}
    job.save(update_fields=["done", "total", "result"])


def finish(job: Job, *, now: datetime, message: str = "", **result: int | str) -> None:
    """End a job that came to its end. `message` is in the language of whoever started it."""
    _end(job, Job.State.DONE, now, message, result)


def fail(job: Job, *, now: datetime, message: str = "", **result: int | str) -> None:
    """End a job that could not come to its end."""
    _end(job, Job.State.FAILED, now, message, result)


def place_of(job: Job) -> str:
    """Return where an interrupted job goes on, "" for the beginning."""
    return str(job.result.get("place", ""))


def _end(job: Job, state: Job.State, now: datetime, message: str, result: dict[str, int | str]) -> None:
    job.state, job.finished_at, job.message, job.result = state, now, message, dict(result)
    job.save(update_fields=["state", "finished_at", "message", "result"])


def old_jobs(now: datetime) -> QuerySet[Job]:
    """Return jobs that ended long ago and of which nothing else speaks any more."""
    old = Job.objects.filter(finished_at__lte=now - KEPT)
    for relation in Job._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.related_model is not None:
            name = relation.field.name  # type: ignore[union-attr]  # it leads here from another table
            spoken_of = relation.related_model._base_manager.filter(**{f"{name}__isnull": False})  # type: ignore[union-attr]  # the same
            old = old.exclude(pk__in=spoken_of.values(name))
    return old


@transaction.atomic
def forget_old_jobs(now: datetime) -> int:
    """Delete jobs that ended long ago; return how many."""
    return old_jobs(now).delete()[0]
