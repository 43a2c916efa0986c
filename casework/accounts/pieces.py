"""A job cut into pieces that any number of workers take, on one machine or on several.

The rows are the truth and messages are doorbells: a message says of which job there is something to do, never what. Whoever hears
it takes the first piece that nobody has in hand, does it in one transaction that also says that it is done, and rings once more.
So a worker that is killed lets go of its piece with nothing of it written, no piece is done or counted twice, and where messages
are lost or every worker has died, `ring_for_silent` rings again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from . import jobs
from .models import Job, Piece

logger = logging.getLogger(__name__)

# So many messages of one job are on their way at once, and so many processes can work on it. Not one for each piece: other work
# of the same queue would wait behind all of them.
AT_ONCE = 32
# Without a sign of life for so long, workers are asked anew.
SILENT = timedelta(seconds=90)
# A piece that fails as a whole so often is counted as failed, so that the others come to their end.
TRIES = 3

Work = Callable[[Piece], int]
End = Callable[[Job], None]


@transaction.atomic
def cut(job_id: UUID, ids_after: Callable[[UUID], Iterable[UUID]], *, size: int, now: datetime) -> int:
    """Cut a job into pieces of `size` rows, unless that was done already or it has ended; return how many were made.

    `ids_after` returns the ids of the rows after one of them, in their order.
    """
    job = jobs.begin(job_id, total=0)
    if job is None or Piece.objects.filter(job=job).exists():
        return 0
    before = jobs.place_of(job)
    place = UUID(before) if before else UUID(int=0)
    made = [
        Piece(job=job, number=number, after=after, until=until, size=count, touched_at=now)
        for number, (after, until, count) in enumerate(_bounds(place, ids_after(place), size))
    ]
    Piece.objects.bulk_create(made, batch_size=1000)
    job.total = max(job.total, job.done + sum(piece.size for piece in made))
    job.save(update_fields=["total"])
    return len(made)


def work_on_next(job_id: UUID, work: Work, end: End, *, clock: Callable[[], datetime]) -> bool:
    """Do the first piece that nobody has in hand; return whether others may be left.

    work: does a piece and returns how many of its rows could not be done; it runs in the transaction of the piece.
    end: finishes the job, which is locked; called by whoever did the last piece.
    """
    number = -1
    try:
        with transaction.atomic():
            running = Piece.objects.filter(job=job_id, job__state=Job.State.RUNNING).waiting().order_by("number")
            piece = running.select_for_update(of=("self",), skip_locked=True).first()
            if piece is None:
                return False
            number = piece.number
            return _done(piece, piece.size if piece.tries >= TRIES else work(piece), end, clock())
    except Exception as error:  # whatever it is, the other pieces are to be done
        if number < 0:
            raise
        # The numbers alone: what the error says may tell about people.
        logger.error("piece %s of job %s cannot be done: %s", number, job_id, type(error).__name__)
        return _count_try(job_id, number)


def ring(task: str, job_id: UUID, times: int = 1) -> None:
    """Ask workers. Where the broker is away, `ring_for_silent` asks again."""
    try:
        for _ in range(min(times, AT_ONCE)):
            current_app.send_task(task, kwargs={"job_id": str(job_id)})
    except OperationalError:
        logger.warning("no worker could be asked for job %s; it is asked for again in a minute", job_id)


def ring_for_silent(task: str, kinds: Iterable[str], now: datetime) -> int:
    """Ask workers for jobs that show no sign of life, and forget the pieces of those that have ended; return for how many."""
    Piece.objects.of_ended_jobs().filter(job__kind__in=kinds).delete()
    rung = 0
    for job in Job.objects.filter(kind__in=kinds, state__in=[Job.State.WAITING, Job.State.RUNNING]).order_by(
        "created_at"
    ):
        if job.created_at < now - SILENT and not Piece.objects.filter(job=job).touched_since(now - SILENT).exists():
            rung += 1
            ring(task, job.pk, max(1, _touch(job, now)))
    return rung


@transaction.atomic
def _touch(job: Job, now: datetime) -> int:
    """Note that workers are asked; return for how many pieces: those that nobody has in hand."""
    free = Piece.objects.filter(job=job).waiting().select_for_update(of=("self",), skip_locked=True)
    ids = list(free.order_by("number").values_list("pk", flat=True))
    Piece.objects.filter(pk__in=ids[:1]).update(touched_at=now)
    return len(ids)


def _done(piece: Piece, failed: int, end: End, now: datetime) -> bool:
    job = jobs.lock_running(piece.job_id)
    if job is None:  # somebody has cancelled it: what was done of it stays
        return False
    piece.failed, piece.done_at, piece.touched_at = failed, now, now
    piece.save(update_fields=["failed", "done_at", "touched_at"])
    jobs.advance(job, by=piece.size, place="", failed=failed + int(job.result.get("failed", 0)))
    if Piece.objects.filter(job=job).waiting().exists():
        return True
    end(job)
    return False


def _count_try(job_id: UUID, number: int) -> bool:
    with transaction.atomic():
        piece = Piece.objects.filter(job=job_id, number=number).waiting().select_for_update(skip_locked=True).first()
        if piece is not None:
            piece.tries += 1
            piece.save(update_fields=["tries"])
    return True


def _bounds(place: UUID, ids: Iterable[UUID], size: int) -> Iterator[tuple[UUID, UUID, int]]:
    """Yield after which, until which and how many rows: one piece each, without a gap between them."""
    rest = iter(ids)
    while chunk := list(islice(rest, size)):
        yield place, chunk[-1], len(chunk)
        place = chunk[-1]
