"""What the workers compute: stale deadlines as a sweep, many people's as a job that all workers share."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from casework.accounts import pieces
from casework.accounts.models import Job, Piece

from . import spreading
from .actions import impacts
from .actions.deadlines import Outcome, refresh, stale_clients
from .actions.following import follow_rules
from .tables import storage

logger = logging.getLogger(__name__)

CHUNK = 500


@shared_task(name=spreading.STALE)
def refresh_stale(**_older: Any) -> None:
    """Compute whoever is stale, of open cases; closed ones are computed when somebody looks at them.

    A chunk is computed here, more than that by all workers together. People whose facts somebody is changing right now are
    left to the next run.
    """
    if spreading.is_under_way(spreading.STALE):
        return
    now = timezone.now()
    follow_rules()
    stale: Any = stale_clients(now)
    few = list(stale.in_open_cases().order_by("pk").values_list("pk", flat=True)[: CHUNK + 1])
    if len(few) > CHUNK:
        spreading.start_refresh(spreading.STALE, by=None, now=now)
    elif few:
        refresh_chunk(few, waiting=False)


@shared_task(name=spreading.EVERYBODY)
def refresh_all(*, job_id: str, **_older: Any) -> None:
    """Compute everybody of open cases, shared with whoever else has time."""
    refresh_piece(job_id=job_id)


@shared_task(name=spreading.TASK)
def refresh_piece(*, job_id: str, **_older: Any) -> None:
    """Compute the people of one piece of a job, committed by itself, and ring for the next one."""
    job = Job.objects.filter(pk=UUID(job_id)).first()
    if job is None:
        return
    if not Piece.objects.filter(job=job).exists():
        # Whoever hears of it first cuts it and rings for others, one of whom it is itself.
        pieces.ring(spreading.TASK, job.pk, spreading.cut(job, size=CHUNK, now=timezone.now()) - 1)
    compute = partial(_compute, waiting=job.kind != spreading.STALE)
    if spreading.work_on_next(job, compute, clock=timezone.now):
        pieces.ring(spreading.TASK, job.pk)


@shared_task(name="residency.resume_refreshes")
def resume_refreshes(**_older: Any) -> None:
    """Ask anew where every worker has died or messages were lost."""
    pieces.ring_for_silent(spreading.TASK, spreading.KINDS, timezone.now())


@shared_task(name=impacts.TASK)
def work_on_impact(*, job_id: str, **_older: Any) -> None:
    """Work out whom a change of rules concerns; after it was published or withdrawn, compute them anew too."""
    refresh = partial(refresh_chunk, only_stale=True)
    impacts.carry_out(job_id=UUID(job_id), clock=timezone.now, refresh=refresh, size=CHUNK)


@shared_task(name="residency.resume_impacts")
def resume_impacts(**_older: Any) -> None:
    impacts.resume_impacts(timezone.now())


@shared_task(name="residency.purge_impacts")
def purge_impacts(**_older: Any) -> None:
    impacts.purge_impacts(timezone.now())


def refresh_chunk(client_ids: list[UUID], *, waiting: bool = True, only_stale: bool = False) -> Outcome:
    """Compute one chunk; if the database refuses it, person by person, so that one does not hold up the others."""
    try:
        return refresh(client_ids=client_ids, now=timezone.now(), waiting=waiting, only_stale=only_stale)
    except DatabaseError as error:
        if len(client_ids) == 1:
            # The id alone: what the error says may tell about the person.
            logger.error("deadlines of client %s cannot be stored: %s", client_ids[0], type(error).__name__)
            return Outcome(clients=1, failed=(client_ids[0],))
    outcomes = [refresh_chunk([client_id], waiting=waiting, only_stale=only_stale) for client_id in client_ids]
    return Outcome(clients=len(client_ids), failed=tuple(it for outcome in outcomes for it in outcome.failed))


@shared_task(name="residency.forget_uploads")
def forget_uploads(**_older: Any) -> None:
    """Delete uploaded tables that nobody confirmed within their hour."""
    storage.forget_uploads(now=timezone.now())


def _compute(client_ids: list[UUID], *, waiting: bool) -> int:
    return len(refresh_chunk(client_ids, waiting=waiting).failed)
