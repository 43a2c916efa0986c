"""Computing many people, spread over all workers: which people a job is about, and what is done with a piece of it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from casework.accounts import jobs, pieces
from casework.accounts.models import Job, Piece, User
from casework.clients.models import Client

from .actions.deadlines import stale_clients
from .wording import could_not_be_computed

TASK = "residency.refresh_piece"
EVERYBODY, STALE = "residency.refresh_all", "residency.refresh_stale"
KINDS = (EVERYBODY, STALE)

# Computes these people and returns how many could not be.
Compute = Callable[[list[UUID]], int]


@transaction.atomic
def start_refresh(kind: str, *, by: User | None, now: datetime) -> Job:
    """Have everybody of open cases computed anew, or whoever is stale. Workers are asked after the commit."""
    job = jobs.start_job(kind, by=by, now=now)
    transaction.on_commit(partial(pieces.ring, TASK, job.pk))
    return job


def is_under_way(kind: str) -> bool:
    return Job.objects.filter(kind=kind, state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()


def cut(job: Job, *, size: int, now: datetime) -> int:
    """Cut a job into pieces if nobody has; return how many were made. A job about nobody ends at once."""
    made = pieces.cut(job.pk, lambda place: _ids(people_of(job, now), place), size=size, now=now)
    if not made:
        with transaction.atomic():
            running = jobs.lock_running(job.pk)
            if running is not None and not Piece.objects.filter(job=job).exists():
                end(running, now)
    return made


def work_on_next(job: Job, compute: Compute, *, clock: Callable[[], datetime]) -> bool:
    """Compute the people of one piece; return whether other pieces may be left."""

    def work(piece: Piece) -> int:
        after, until = piece.bounds
        people = people_of(job, clock()).filter(pk__gt=after, pk__lte=until)
        ids = list(people.order_by("pk").values_list("pk", flat=True))
        return compute(ids) if ids else 0

    return pieces.work_on_next(job.pk, work, lambda it: end(it, clock()), clock=clock)


def people_of(job: Job, now: datetime) -> QuerySet[Client]:
    everybody: Any = stale_clients(now) if job.kind == STALE else Client.objects
    found: QuerySet[Client] = everybody.in_open_cases()
    return found


def end(job: Job, now: datetime) -> None:
    """Say in the language of whoever started it how many could not be computed."""
    failed = int(job.result.get("failed", 0))
    with translation.override(job.started_by.language if job.started_by else "en"):
        jobs.finish(job, now=now, message=could_not_be_computed(failed), failed=failed)


def _ids(people: QuerySet[Client], place: UUID) -> Iterable[UUID]:
    return people.filter(pk__gt=place).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)


def _go_on(job: Job, now: datetime) -> None:
    """Workers go on with the pieces that are left."""
    transaction.on_commit(partial(pieces.ring, TASK, job.pk))


for each in KINDS:
    jobs.handle(each, again=_go_on, stop=jobs.stop_plainly)
