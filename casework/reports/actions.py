"""What leaves: every file is an event before its first byte goes, and a file that waits is sealed and short-lived."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from celery import current_app
from django.db import models, transaction
from django.db.models import Func, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.audit.models import Event
from casework.audit.record import record
from casework.clients.models import Case
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.vault.files import opened

from .models import KEPT, UNFINISHED, Export, ExportPiece

logger = logging.getLogger(__name__)

TASK = "web.make_export"
KIND = "reports.export"
# Without a sign of life for so long, a file is given to another worker.
SILENT = timedelta(seconds=90)
AT_ONCE = 3
# So many rows within a day are more than work usually needs; the auditor is told, nobody is stopped.
MANY_ROWS, MANY_WITHIN = 5_000, timedelta(hours=24)
LISTED, MANY = "reports.list_exported", "reports.many_rows_exported"


class UnableToExport(Refusal):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for: which list, filtered by what (`query`, as the address has it), in which shape."""

    listing: str
    format: str
    query: str
    filters: Sequence[str]
    language: str
    with_hxl: bool = False


@transaction.atomic
def record_export(*, listing: str, format: str, rows: int, filters: Sequence[str], by: User, now: datetime) -> None:
    """Say that rows of a list leave. Names of filters are said, never what they filter by."""
    before = _rows_of_a_day(by, now)
    record(LISTED, by=by, now=now, listing=listing, format=format, rows=rows, filters=sorted(filters))
    if before < MANY_ROWS <= before + rows:
        record(MANY, by=by, now=now, rows=before + rows, hours=MANY_WITHIN.total_seconds() // 3600)


def _rows_of_a_day(user: User, now: datetime) -> int:
    events = Event.objects.filter(actor_id=user.pk, type=LISTED, at__gt=now - MANY_WITHIN)
    rows = Cast(KeyTextTransform("rows", "data"), models.IntegerField())
    return int(events.aggregate(rows=Sum(rows))["rows"] or 0)


@transaction.atomic
def start_export(*, asked: Asked, by: User, now: datetime) -> Export:
    """Have a long list written by a worker. Raises UnableToExport while others of the same person are being written."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if Export.objects.of(by).unfinished().filter(created_at__gt=now - KEPT).count() >= AT_ONCE:
        raise UnableToExport(_("Three files of yours are being made already. Wait for one of them, or stop it."))
    export = Export(
        id=new_id(),
        data_key=by.data_key,
        owner=by,
        job=jobs.start_job(KIND, by=by, now=now),
        listing=asked.listing,
        format=asked.format,
        with_hxl=asked.with_hxl,
        filters=sorted(asked.filters),
        language=asked.language,
        created_at=now,
        touched_at=now,
    )
    export.asked = asked.query
    export.save(force_insert=True)
    transaction.on_commit(partial(_ask_a_worker, export.pk, export.attempt))
    return export


@transaction.atomic
def begin_export(export_id: UUID, *, total: int, now: datetime, attempt: UUID | None = None) -> Export | None:
    """Return the export for one worker, who alone may write from now on; None if there is nothing to do any more.

    `attempt`: the one that was there when the worker was asked. Where another has begun since, the same message has come twice, as
    it does when a file takes longer than the broker waits: whoever has begun writes on, and the sweep sees when they have died.
    """
    rows = Export.objects.select_for_update().filter(pk=export_id)
    export = (rows if attempt is None else rows.filter(attempt=attempt)).first()
    job = jobs.begin(export.job_id, total=total) if export is not None else None
    if export is None or job is None:
        return None
    job.done = 0
    job.save(update_fields=["done"])
    export.pieces.all().delete()
    export.attempt, export.touched_at = new_id(), now
    export.save(update_fields=["attempt", "touched_at"])
    return export


@transaction.atomic
def keep_piece(
    export: Export, *, number: int, content: bytes, case_ids: Sequence[UUID], rows: int, now: datetime
) -> bool:
    """Store a sealed piece and say how far it is; return whether to go on: not if it was stopped or another worker began."""
    job = _job_of_ours(export)
    if job is None:
        return False
    Export.objects.filter(pk=export.pk).update(touched_at=now)
    ExportPiece.objects.create(
        export=export, attempt=export.attempt, number=number, content=content, case_ids=list(set(case_ids))
    )
    jobs.advance(job, by=rows, place=str(number))
    return True


@transaction.atomic
def finish_export(export: Export, *, rows: int, size: int, now: datetime) -> bool:
    """Let the file be fetched; return whether it may be: not if somebody stopped it at the last moment."""
    job = _job_of_ours(export)
    if job is None:
        return False
    Export.objects.filter(pk=export.pk).update(rows=rows, size=size, ready_at=now)
    jobs.finish(job, now=now, rows=rows)
    return True


@transaction.atomic
def fail_export(export: Export, *, message: str, now: datetime) -> None:
    """End what cannot be made. `message` is in the language of whoever asked."""
    job = _job_of_ours(export)
    if job is not None:
        export.pieces.all().delete()
        jobs.fail(job, now=now, message=message)


@transaction.atomic
def cancel_export(*, export: Export, by: User, now: datetime) -> bool:
    """Stop making a file, and forget what is made of it; return whether there was anything to stop."""
    stopped = jobs.cancel(export.job, by=by, now=now)
    if stopped:
        export.pieces.all().delete()
    return stopped


@transaction.atomic
def fetch_export(*, export: Export, by: User, now: datetime) -> Iterator[bytes]:
    """Return the content of a file that is ready. The event is written before any of it is read.

    Whoever may not see a case in it any more does not get it, and the file is forgotten: raises UnableToExport.
    """
    mine = Export.objects.of(by).fetchable(now).filter(pk=export.pk).first()
    if mine is None:
        raise UnableToExport(_("This file is not there any more. Make it again."))
    if hides_a_case(mine, by, now):
        raise UnableToExport(_("Some of the cases in this file are no longer yours to see. Make it again."))
    record_export(listing=mine.listing, format=mine.format, rows=mine.rows, filters=mine.filters, by=by, now=now)
    return opened(_pieces(mine), file_id=mine.attempt, data_key=mine.data_key)


def hides_a_case(export: Export, user: User, now: datetime) -> bool:
    """Whether rows of the file are about a case that this user may not see now. Two queries, however many rows."""
    pieces = export.pieces.filter(attempt=export.attempt)
    unnested = Func("case_ids", function="unnest", output_field=models.UUIDField())
    cases = pieces.annotate(case=unnested).values("case").distinct()
    visible = Case.objects.visible_to(user, now).filter(pk__in=cases)
    return bool(visible.count() != cases.count())


def forget_export(export: Export) -> None:
    """Delete a file at once."""
    Export.objects.filter(pk=export.pk).delete()


def sweep_exports(now: datetime) -> int:
    """Delete files whose hour is over, and ask for a worker for those that show no sign of life; return how many went."""
    gone = _forget_too_old(now)
    silent = Export.objects.unfinished().filter(touched_at__lt=now - SILENT)
    waiting = list(silent.values_list("pk", "attempt"))
    Export.objects.filter(pk__in=[pk for pk, _attempt in waiting]).update(touched_at=now)
    for export_id, attempt in waiting:
        _ask_a_worker(export_id, attempt)
    return gone


@transaction.atomic
def _forget_too_old(now: datetime) -> int:
    """Delete files whose time is over. What is not finished by then has failed: without its file a job would never end."""
    too_old = Export.objects.too_old(now)
    given_up = Job.objects.filter(state__in=UNFINISHED, pk__in=too_old.values("job"))
    given_up.update(state=Job.State.FAILED, finished_at=now)
    return too_old.delete()[1].get("reports.Export", 0)


def _job_of_ours(export: Export) -> Job | None:
    """Return the running job, locked; None if it was stopped or another worker has begun. Locks in the order of beginning."""
    ours = Export.objects.select_for_update().filter(pk=export.pk, attempt=export.attempt).exists()
    return jobs.lock_running(export.job_id) if ours else None


def _pieces(export: Export) -> Iterator[bytes]:
    """Yield what was stored, one row of the database at a time."""
    numbers = export.pieces.filter(attempt=export.attempt).order_by("number").values_list("pk", flat=True)
    for piece_id in list(numbers):
        found = ExportPiece.objects.filter(pk=piece_id).values_list("content", flat=True).first()
        yield bytes(found or b"")


def _ask_a_worker(export_id: UUID, attempt: UUID) -> None:
    """Send the task. Where the broker is away, the next sweep asks again."""
    try:
        current_app.send_task(TASK, kwargs={"export_id": str(export_id), "attempt": str(attempt)})
    except OperationalError:
        logger.warning("no worker could be asked for export %s; it is asked for again in a minute", export_id)


def _write_again(job: Job, now: datetime) -> None:
    """The file is written from its beginning: lists change. Whoever asked for it fetches it as before."""
    export = Export.objects.filter(job=job, created_at__gt=now - KEPT).first()
    if export is None:
        raise UnableToExport(_("This file was asked for too long ago. Whoever needs it asks for it anew."))
    Export.objects.filter(pk=export.pk).update(touched_at=now)
    transaction.on_commit(partial(_ask_a_worker, export.pk, export.attempt))


def _stop_export(job: Job, by: User, now: datetime) -> bool:
    export = Export.objects.select_related("job").filter(job=job).first()
    return cancel_export(export=export, by=by, now=now) if export is not None else jobs.cancel(job, by=by, now=now)


jobs.handle(KIND, again=_write_again, stop=_stop_export)
