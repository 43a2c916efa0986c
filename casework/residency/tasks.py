"""What the workers compute: stale deadlines as a sweep, everybody's as a job."""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone, translation

from casework.accounts import jobs
from casework.accounts.models import Job
from casework.clients.models import Client

from .actions import impacts
from .actions.deadlines import Outcome, refresh, stale_clients
from .tables import storage
from .wording import could_not_be_computed

logger = logging.getLogger(__name__)

CHUNK = 500


@shared_task(name="residency.refresh_stale")
def refresh_stale(**_older: Any) -> None:
    """Compute whoever is stale, of open cases; closed ones are computed when somebody looks at them.

    People whose facts somebody is changing right now are left to the next run.
    """
    now = timezone.now()
    for chunk in _chunks(lambda: stale_clients(now).in_open_cases()):  # type: ignore[attr-defined]
        refresh_chunk(chunk, waiting=False)


@shared_task(name="residency.refresh_all")
def refresh_all(*, job_id: str, **_older: Any) -> None:
    """Compute everybody of open cases, chunk by chunk, each committed by itself, and tell how far it is."""
    everybody = Client.objects.in_open_cases()
    job = jobs.begin(UUID(job_id), total=everybody.count())
    if job is None:
        return
    failed = int(job.result.get("failed", 0))
    for chunk in _chunks(lambda: everybody, after=jobs.place_of(job)):
        failed += len(refresh_chunk(chunk).failed)
        jobs.advance(job, by=len(chunk), place=str(chunk[-1]), failed=failed)
    jobs.finish(job, now=timezone.now(), message=_message(job, failed), failed=failed)


@shared_task(name=impacts.TASK)
def work_on_impact(*, job_id: str, **_older: Any) -> None:
    """Work out whom a change of rules concerns; after it was published or withdrawn, compute them anew too."""
    impacts.carry_out(job_id=UUID(job_id), clock=timezone.now, refresh=refresh_chunk, size=CHUNK)


@shared_task(name="residency.resume_impacts")
def resume_impacts(**_older: Any) -> None:
    impacts.resume_impacts(timezone.now())


@shared_task(name="residency.purge_impacts")
def purge_impacts(**_older: Any) -> None:
    impacts.purge_impacts(timezone.now())


def refresh_chunk(client_ids: list[UUID], *, waiting: bool = True) -> Outcome:
    """Compute one chunk; if the database refuses it, person by person, so that one does not hold up the others."""
    try:
        return refresh(client_ids=client_ids, now=timezone.now(), waiting=waiting)
    except DatabaseError as error:
        if len(client_ids) == 1:
            # The id alone: what the error says may tell about the person.
            logger.error("deadlines of client %s cannot be stored: %s", client_ids[0], type(error).__name__)
            return Outcome(clients=1, failed=(client_ids[0],))
    outcomes = [refresh_chunk([client_id], waiting=waiting) for client_id in client_ids]
    return Outcome(clients=len(client_ids), failed=tuple(it for outcome in outcomes for it in outcome.failed))


@shared_task(name="residency.forget_uploads")
def forget_uploads(**_older: Any) -> None:
    """Delete uploaded tables that nobody confirmed within their hour."""
    storage.forget_uploads(now=timezone.now())


def _chunks(people: Callable[[], QuerySet[Client]], *, after: str = "") -> Iterator[list[UUID]]:
    """Yield the ids in their order, asking anew for each chunk: somebody may have computed them meanwhile."""
    place = UUID(after) if after else UUID(int=0)
    while chunk := list(people().filter(pk__gt=place).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        place = chunk[-1]


def _message(job: Job, failed: int) -> str:
    with translation.override(job.started_by.language if job.started_by else "en"):
        return could_not_be_computed(failed)
