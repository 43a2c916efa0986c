"""Many cases scored at once: all when a version is published and every night, and those of which something was stated."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import override
from kombu.exceptions import OperationalError

from casework.accounts import jobs
from casework.accounts.models import Job
from casework.audit.models import Event
from casework.clients.actions.scores import PUBLISHED
from casework.clients.models import Case, SchemeVersion, Score
from casework.lib.suppression import outgoing_count
from casework.residency.models import ComputedPosition

from .scoring import score_cases

logger = logging.getLogger(__name__)
TASK = "lifecycle.score_everybody"
CHUNK = 100
# What somebody stated about a case, by the beginning of its event, and how far the sweep looks back for it.
COUNTED = r"^(clients\.(address|client|need|score_answered|service|suggestion)|documents|residency|lifecycle)"
LOOKED_BACK = timedelta(hours=2)
# An act that was begun before a score was worked out, and committed after.
SLACK = timedelta(minutes=1)


def open_cases() -> Any:
    """Return the cases that are scored."""
    cases: Any = Case.objects
    return cases.open()


def ask_a_worker(job: Job) -> None:
    """Have everybody scored by what was published with this job. Where the broker is away, beat asks again."""
    try:
        current_app.send_task(TASK, kwargs={"job_id": str(job.pk)})
    except OperationalError:
        logger.warning("no worker could be asked for job %s; it is asked for again in some minutes", job.pk)


def carry_out(*, job_id: UUID, clock: Callable[[], datetime], size: int = CHUNK) -> None:
    """Score every open case by the version that was published with this job, chunk by chunk.

    Each chunk is committed by itself; a worker that takes over goes on after the last. Two at once take turns. What is
    left after one's turn is asked for anew.
    """
    version = SchemeVersion.objects.filter(job=job_id).first()
    job = jobs.begin(job_id, total=open_cases().count()) if version is not None else None
    if version is None or job is None:
        return
    until = clock() + jobs.TURN
    while _next_chunk(job_id, version, clock(), size):
        if clock() >= until:
            ask_a_worker(job)
            return


def unfinished_jobs() -> list[Job]:
    """Return the jobs whose worker may have died."""
    states = [Job.State.WAITING, Job.State.RUNNING]
    return list(Job.objects.filter(kind=PUBLISHED, state__in=states))


def score_all(*, clock: Callable[[], datetime], after: UUID | None = None, size: int = CHUNK) -> UUID | None:
    """Score every open case by what is in force: birthdays and days that have come change scores too.

    Return the case after which the next turn goes on; None at the end.
    """
    versions, place, until = list(SchemeVersion.objects.in_force().order_by("pk")), after, clock() + jobs.TURN
    while versions and (chunk := _chunk_after(place, size)):
        with transaction.atomic():
            for version in versions:
                score_cases(chunk, version, clock())
        place = chunk[-1].pk
        if clock() >= until:
            return place
    return None


def score_changed(*, clock: Callable[[], datetime], size: int = CHUNK) -> int:
    """Score the open cases of which something was stated since they were scored; return how many scores are new.

    In chunks, each committed by itself. What is left after one's turn is found by the next sweep, and what an hour without
    workers leaves behind at night.
    """
    now = clock()
    at_rest = SchemeVersion.objects.in_force().exclude(job__state__in=[Job.State.WAITING, Job.State.RUNNING])
    versions, new = list(at_rest.order_by("pk")), 0
    ids = sorted({pk for version in versions for pk in changed_cases(version, now).values_list("pk", flat=True)})
    for start in range(0, len(ids), size):
        with transaction.atomic():
            chunk = list(open_cases().filter(pk__in=ids[start : start + size]).select_related("team", "data_key"))
            new += sum(score_cases(chunk, version, now) for version in versions)
        if clock() - now >= jobs.TURN:
            break
    return new


def changed_cases(version: SchemeVersion, now: datetime) -> Any:
    """Return the open cases whose score by a version in force may be wrong.

    1. Never scored by it, or
    2. something was stated about the case since its score was found to be so, or
    3. the deadlines of one of its people were computed since.

    Acts are found in the audit, where each of them stands: those of the last hours alone are looked at.
    """
    since = Event.objects.filter(at__lte=now - LOOKED_BACK).order_by("-id").values_list("id", flat=True).first() or 0
    scores: Any = Score.objects
    standing = scores.current().filter(case=OuterRef("pk"), scheme_version=version)
    checked = ExpressionWrapper(OuterRef("checked_at") - SLACK, DateTimeField())
    acts = Event.objects.filter(case_id=OuterRef("case_id"), id__gt=since, at__gt=checked, type__regex=COUNTED)
    computed = ComputedPosition.objects.filter(client__case=OuterRef("case_id"), computed_at__gt=OuterRef("checked_at"))
    is_right = standing.filter(~Exists(acts.exclude(type__endswith="_seen")), ~Exists(computed))
    return open_cases().filter(~Exists(is_right)).order_by("pk")


def _scored_in_words(scored: int) -> str:
    """Return what is said to whoever published, who sees no people."""
    shown = outgoing_count(scored)
    if shown is None:
        return _("Fewer than 8 scores are new or have changed.")
    return _("About %(count)s scores are new or have changed.") % {"count": shown} if shown else _("No score is new.")


def _next_chunk(job_id: UUID, version: SchemeVersion, now: datetime, size: int) -> bool:
    with transaction.atomic():
        job = jobs.lock_running(job_id)
        if job is None:
            return False
        place = jobs.place_of(job)
        chunk = _chunk_after(UUID(place) if place else None, size)
        if not chunk or _is_replaced(version):
            scored = int(job.result.get("scored", 0))
            with override(job.started_by.language if job.started_by else "en"):
                jobs.finish(job, now=now, message=_scored_in_words(scored), scored=scored)
            return False
        new = score_cases(chunk, version, now) + int(job.result.get("scored", 0))
        jobs.advance(job, by=len(chunk), place=str(chunk[-1].pk), scored=new)
        return True


def _is_replaced(version: SchemeVersion) -> bool:
    """Whether a later version of the scheme is published: its scores count, and are not written over."""
    return SchemeVersion.objects.published().filter(scheme=version.scheme_id, number__gt=version.number).exists()


def _chunk_after(place: UUID | None, size: int) -> list[Case]:
    rows = open_cases().select_related("team", "data_key").order_by("pk")
    return list((rows.filter(pk__gt=place) if place else rows)[:size])


def _go_on(job: Job, now: datetime) -> None:
    """Cases that were scored already have their scores; the job remembers its place."""
    transaction.on_commit(partial(ask_a_worker, job))


jobs.handle(PUBLISHED, again=_go_on, stop=jobs.stop_plainly)
