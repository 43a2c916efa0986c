"""Working out whom a change of rules concerns: before it is published, and after it was published or withdrawn.

The work goes through the caseload in chunks, by a job. What a chunk found and how far the job has come are written in
one transaction, so that a worker that dies leaves neither a gap nor a line twice, and two workers of one job share it.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.audit.record import record
from casework.clients.actions.todos import finish_to_do, give_to_dos
from casework.clients.audience import Audience
from casework.clients.models import Client, ToDo
from casework.lib.refusals import Refusal

from ..computing import Person
from ..impact import compare, line_values
from ..impact_books import Books, books_of, digest_of, is_of_an_earlier_state
from ..models import Impact, ImpactLine, Rule
from ..rulebook import rules_version
from ..wording import could_not_be_computed
from .deadlines import load_people
from .following import concerned_by

logger = logging.getLogger(__name__)

TASK = "residency.work_on_impact"
# Without a sign of life for so long, a job is given to another worker.
SILENT = timedelta(seconds=90)
KEPT_OF_DRAFTS = timedelta(days=60)
KEPT_OF_ACTS = timedelta(days=400)

Refresh = Callable[[list[UUID]], object]


class UnableToComputeImpact(Refusal):
    pass


@transaction.atomic
def start_impact(*, rule: Rule, by: User, now: datetime, keep_rest: bool = True) -> Impact:
    """Have it worked out what publishing the draft would change. Raises UnableToComputeImpact."""
    from .rules import why_not_compute  # the act of publishing starts an impact too

    draft = Rule.objects.select_for_update(of=("self",)).filter(pk=rule.pk).first()
    if draft is None or draft.is_published:
        raise UnableToComputeImpact(_("This is no draft any more: somebody published or discarded it meanwhile."))
    if refusals := why_not_compute(draft, now):
        raise UnableToComputeImpact(" ".join(it.sentence for it in refusals), field=refusals[0].field)
    if draft.impacts.unfinished().exists():
        raise UnableToComputeImpact(_("This is being worked out already."))
    return begin_impact(rule=draft, kind=Impact.Kind.DRAFT, by=by, now=now, keep_rest=keep_rest)


def begin_impact(*, rule: Rule, kind: str, by: User | None, now: datetime, keep_rest: bool = True) -> Impact:
    """Make the row and its job, and ask a worker after the commit. Call it in the transaction of the act."""
    impact = Impact.objects.create(
        kind=kind,
        rule=rule,
        job=jobs.start_job("residency.impact", by=by, now=now),
        started_by=by,
        at=now,
        digest=digest_of(rule),
        rules_version=rules_version(),
        keep_rest=keep_rest,
        touched_at=now,
    )
    record("residency.impact_started", subject=impact, by=by, now=now, rule=rule.pk, kind=kind)
    transaction.on_commit(partial(_ask_a_worker, impact.job_id))
    return impact


@transaction.atomic
def cancel_impact(*, impact: Impact, by: User, now: datetime) -> bool:
    """Stop working out what a draft would change; what follows an act goes on. Return whether anything was stopped."""
    if not impact.is_of_a_draft:
        raise UnableToComputeImpact(_("What was published is followed up to the end."))
    return jobs.cancel(impact.job, by=by, now=now)


def carry_out(*, job_id: UUID, clock: Callable[[], datetime], refresh: Refresh, size: int) -> None:
    """Go through the caseload until the end, or until somebody cancels the job.

    refresh: computes the stored deadlines of one chunk anew; called for what has happened, never for a draft.
    What is left after one's turn is asked for anew.
    """
    until = clock() + jobs.TURN
    impact = Impact.objects.select_related("rule", "job").filter(job=job_id).first()
    job = jobs.begin(job_id, total=_everybody().count())
    if impact is None or job is None:
        return
    if is_of_an_earlier_state(impact, impact.rule, rules_version()):
        _give_up(impact, clock())
        return
    books = books_of(impact)
    while True:
        place = jobs.place_of(job)
        chunk = _next_chunk(place, size)
        if chunk and not impact.is_of_a_draft:
            refresh(chunk)
        going_on = _work_on(impact, books, chunk, place, clock()) if chunk else _finish(impact, place, clock())
        if going_on is None:
            return
        job = going_on
        if clock() >= until:
            _ask_a_worker(job_id)
            return


def resume_impacts(now: datetime) -> int:
    """Ask for a worker for whatever shows no sign of life; return for how many."""
    silent = Impact.objects.unfinished().filter(touched_at__lt=now - SILENT)
    waiting = list(silent.values_list("job_id", flat=True))
    silent.update(touched_at=now)
    for job_id in waiting:
        _ask_a_worker(job_id)
    return len(waiting)


def old_impacts(now: datetime) -> QuerySet[Impact]:
    is_draft = Q(kind=Impact.Kind.DRAFT)
    return Impact.objects.filter(is_draft & Q(at__lt=now - KEPT_OF_DRAFTS) | ~is_draft & Q(at__lt=now - KEPT_OF_ACTS))


@transaction.atomic
def purge_impacts(now: datetime) -> int:
    """Forget what is old: what would change after sixty days, what has changed after four hundred."""
    forgotten = list(old_impacts(now).values_list("pk", flat=True))
    if forgotten:
        ToDo.objects.filter(kind=ToDo.Kind.RULE_CHANGE, about__in=forgotten).delete()
        Impact.objects.filter(pk__in=forgotten).delete()
        record("residency.impacts_purged", by=None, now=now, impacts=len(forgotten))
    return len(forgotten)


@transaction.atomic
def mark_lines_seen(*, impact: Impact, by: User, now: datetime, line_id: UUID | None = None) -> int:
    """Say that one has seen one line of one's to-do, or all of them. With the last one, the to-do is done."""
    mine = ImpactLine.objects.filter(impact=impact).visible_to(by, now).told_to(by)
    new = mine.unseen().filter(pk=line_id) if line_id else mine.unseen()
    ids = list(new.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if ids:
        ImpactLine.objects.filter(pk__in=ids).update(seen_at=now, seen_by=by)
        record("residency.impact_lines_seen", subject=impact, by=by, now=now, lines=len(ids))
    to_do = ToDo.objects.open().filter(owner=by, kind=ToDo.Kind.RULE_CHANGE, about=impact.pk).first()
    if to_do is not None and not mine.unseen().exists():
        finish_to_do(to_do=to_do, by=by, now=now)
    return len(ids)


def _work_on(impact: Impact, books: Books, chunk: list[UUID], place: str, now: datetime) -> Job | None:
    """Compare one chunk and write what was found; return the job as it stands, None if it does not go on."""
    with transaction.atomic():
        job = jobs.lock_running(impact.job_id)
        if job is None or jobs.place_of(job) != place:  # somebody cancelled it, or another worker was faster
            return job
        rule = Rule.objects.filter(pk=impact.rule_id).first()
        if rule is None or is_of_an_earlier_state(impact, rule, rules_version()):
            _stop(job, now)
            return None
        people = load_people(people_of(concerned_by(chunk, books.changed).values_list("pk", flat=True)))
        failed = _keep(impact, list(people), books) + int(job.result.get("failed", 0))
        jobs.advance(job, by=len(chunk), place=str(chunk[-1]), failed=failed)
        Impact.objects.filter(pk=impact.pk).update(touched_at=now)
        return job


def _keep(impact: Impact, people: Sequence[Person], books: Books) -> int:
    """Write a line for each deadline that differs; return how many people could not be computed."""
    found = compare(people, books, impact.at)
    affected = [person for person in people if person.client.pk in found.differences]
    audience = Audience([person.client.case for person in affected], impact.at) if affected else None
    lines = []
    for person in affected:
        case = person.client.case
        told = audience.of(case) if audience and not impact.is_of_a_draft else []
        lines += [
            ImpactLine(
                impact=impact,
                client=person.client,
                team=case.team,
                caseworker_id=case.caseworker_id,
                recipients=told,
                **line_values(difference, books.borrowed),
            )
            for difference in found.differences[person.client.pk]
        ]
    ImpactLine.objects.bulk_create(lines)
    return len(found.failed)


def _finish(impact: Impact, place: str, now: datetime) -> Job | None:
    """End the job; of an act, each who is concerned gets one to-do."""
    with transaction.atomic():
        job = jobs.lock_running(impact.job_id)
        if job is None or jobs.place_of(job) != place:
            return job
        failed, told = int(job.result.get("failed", 0)), 0
        if not impact.is_of_a_draft:
            told = _tell(impact, now)
        jobs.finish(job, now=now, message=_message(job, failed), failed=failed)
        record("residency.impact_computed", subject=impact, by=None, now=now, failed=failed, told=told)
        return None


def _tell(impact: Impact, now: datetime) -> int:
    lines = ImpactLine.objects.filter(impact=impact).values_list("recipients", flat=True)
    owners = {owner for recipients in lines.iterator() for owner in recipients}
    return give_to_dos(owner_ids=owners, kind=ToDo.Kind.RULE_CHANGE, about=impact.pk, now=now)


def _everybody() -> QuerySet[Client]:
    return Client.objects.in_open_cases()


def _next_chunk(place: str, size: int) -> list[UUID]:
    rows = _everybody().filter(pk__gt=UUID(place) if place else UUID(int=0))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:size])


def people_of(ids: Iterable[UUID]) -> list[Client]:
    """Return these people with case and team, as a refresh loads them, but without a lock."""
    rows = Client.objects.filter(pk__in=list(ids)).select_related(None).select_related("case__team")
    return list(rows.defer("search_form").order_by("pk"))


def _ask_a_worker(job_id: UUID) -> None:
    """Send the task. Where the broker is away, the next run of `resume_impacts` asks again."""
    try:
        current_app.send_task(TASK, kwargs={"job_id": str(job_id)})
    except OperationalError:
        logger.warning("no worker could be asked for job %s; it is asked for again in a minute", job_id)


def _give_up(impact: Impact, now: datetime) -> None:
    with transaction.atomic():
        job = jobs.lock_running(impact.job_id)
        if job is not None:
            _stop(job, now)


def _stop(job: Job, now: datetime) -> None:
    with translation.override(job.started_by.language if job.started_by else "en"):
        jobs.fail(job, now=now, message=_("The draft or other rules were changed meanwhile. Start again."))


def _message(job: Job, failed: int) -> str:
    with translation.override(job.started_by.language if job.started_by else "en"):
        return could_not_be_computed(failed)


def _go_on(job: Job, now: datetime) -> None:
    impact = Impact.objects.select_related("rule").get(job=job)
    if impact.is_of_a_draft and impact.rule.impacts.unfinished().exclude(pk=impact.pk).exists():
        raise UnableToComputeImpact(_("This is being worked out already."))
    transaction.on_commit(partial(_ask_a_worker, job.pk))


def _stop_impact(job: Job, by: User, now: datetime) -> bool:
    return cancel_impact(impact=Impact.objects.select_related("job").get(job=job), by=by, now=now)


# One that failed rests on rules that have changed since: it is started anew by whoever drafts.
jobs.handle("residency.impact", again=_go_on, after={Job.State.CANCELLED}, stop=_stop_impact)
