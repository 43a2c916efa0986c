"""The long work of an import: chunk by chunk, each committed with how far it is. A worker that takes over goes on from there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.audit.record import record
from casework.clients.models import Import, ImportRow
from casework.clients.models.importing import counts_by_state
from casework.lib.refusals import Refusal

from .asking import ask_a_worker
from .checking import Check
from .recording import Record
from .starting import erase, refuse_unless_of_team, set_stage, stage_when_stopped
from .undoing import Undo

Stage = Import.Stage
# Without a sign of life for so long, an import is given to another worker.
SILENT = timedelta(seconds=90)


class Work(Protocol):
    def remaining(self) -> int: ...

    def step(self, by: Any, now: datetime) -> int: ...


STAGES: dict[str, tuple[Callable[[Import, datetime], Work], Import.Stage]] = {
    Stage.CHECKING: (Check, Stage.CHECKED),
    Stage.IMPORTING: (Record, Stage.IMPORTED),
    Stage.UNDOING: (Undo, Stage.UNDONE),
}
EVENTS = {
    Stage.CHECKING: "lifecycle.import_checked",
    Stage.IMPORTING: "lifecycle.import_recorded",
    Stage.UNDOING: "lifecycle.import_undone",
}


def carry_out(
    *,
    import_id: UUID,
    clock: Callable[[], datetime],
    told: Callable[[int, int], None] | None = None,
    turn: timedelta | None = None,
) -> None:
    """Do what an import is waiting for, to its end. Two at once take turns, and neither does a row twice.

    `told` hears how much of how much is done, after each chunk. What is left after `turn` is asked for anew.
    """
    until = clock() + turn if turn else None
    of = Import.objects.select_related("team", "by", "job__started_by").filter(pk=import_id).under_way().first()
    if of is None or of.job is None:
        return
    by = of.job.started_by or of.by
    with override(of.language):
        make, after = STAGES[of.stage]
        work = make(of, clock())
        job = jobs.begin(of.job.pk, total=of.job.done + work.remaining())
        while job is not None:
            job = _step(of, work, after, by, clock())
            if job is not None and told is not None:
                told(job.done, job.total)
            if job is not None and until is not None and clock() >= until:
                ask_a_worker(import_id)
                return


@transaction.atomic
def _step(of: Import, work: Work, after: Import.Stage, by: User, now: datetime) -> Job | None:
    """Do the next chunk; return the job if it goes on."""
    job = jobs.lock_running(of.job_id) if of.job_id else None
    if job is None:
        return None
    try:
        refuse_unless_of_team(by, of.team, now)
    except Refusal:
        jobs.fail(job, now=now, message=_("You do not log cases for this team any more."))
        set_stage(of, stage_when_stopped(of), now)
        return None
    if done := work.step(by, now):
        Import.objects.filter(pk=of.pk).update(touched_at=now)
        jobs.advance(job, by=done, place="")
        return job
    counts: dict[str, Any] = counts_by_state(of.rows.all())
    jobs.finish(job, now=now, **counts)
    record(EVENTS[Stage(of.stage)], subject=of, by=by, now=now, **counts)
    set_stage(of, after, now)
    return None


def check_at_once(of: Import, by: User, now: datetime) -> None:
    """Check the few rows that somebody has just corrected, while they wait; where a worker has begun meanwhile, it checks them."""
    with transaction.atomic(), override(of.language):
        # Locked: nobody decides about rows, and no worker begins, between their being read and written.
        of = Import.objects.select_related("team").select_for_update(of=("self",)).get(pk=of.pk)
        if of.is_under_way:
            return
        check = Check(of, now)
        while check.step(by, now):
            pass
        if of.stage == Stage.COLUMNS:
            set_stage(of, Stage.CHECKED, now)


def resume(now: datetime) -> int:
    """Ask for a worker for imports that show no sign of life: one has died, or a message was lost. Return how many."""
    silent = list(Import.objects.silent_since(now - SILENT).values_list("pk", flat=True))
    Import.objects.filter(pk__in=silent).update(touched_at=now)
    for import_id in silent:
        ask_a_worker(import_id)
    return len(silent)


def forget_old(now: datetime) -> int:
    """Forget what could not be imported in thirty days; of imports that recorded people, which case came from where stays."""
    gone = 0
    for of in Import.objects.too_old(now).select_related("data_key"):
        with transaction.atomic():
            gone += of.rows.filter(imported_at__isnull=True).delete()[0]
            if not ImportRow.objects.filter(of=of).exists():
                erase(of, now)
    return gone
