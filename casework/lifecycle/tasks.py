"""What happens by itself: people are compared with everybody on record, offers of cases lapse, cases are scored."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from casework.accounts import jobs
from casework.clients.actions import lapse_transfers as lapse

from . import duplicates, key_renewal, key_rotation, score_runs
from .erasure.acts import reconcile
from .importing import asking, work
from .merging import undo


@shared_task(name="lifecycle.lapse_transfers")
def lapse_transfers(**_older: Any) -> None:
    """Give cases back whose offer nobody has answered."""
    lapse(now=timezone.now())


@shared_task(name=duplicates.TASK)
def compare_people(*, client_ids: list[str], **_older: Any) -> None:
    """Compare those who were just added or changed."""
    duplicates.compare_people([UUID(client_id) for client_id in client_ids], now=timezone.now())


@shared_task(name="lifecycle.compare_missed")
def compare_missed(**_older: Any) -> None:
    """Compare whoever was missed, because a message was lost or many people came at once."""
    if duplicates.compare_missed(clock=timezone.now, at_a_time=jobs.TURN):
        compare_missed.apply_async(expires=60)  # beat rings every minute by itself


@shared_task(name=score_runs.TASK)
def score_everybody(*, job_id: str, **_older: Any) -> None:
    """Score every open case by a version that was just published."""
    score_runs.carry_out(job_id=UUID(job_id), clock=timezone.now)


@shared_task(name="lifecycle.resume_scoring")
def resume_scoring(**_older: Any) -> None:
    """Go on where a worker has died or a message was lost; whoever works on it still takes turns with this."""
    for job in score_runs.unfinished_jobs():
        score_runs.ask_a_worker(job)


@shared_task(name="lifecycle.score_all")
def score_all(*, after: str = "", **_older: Any) -> None:
    """Score every open case anew: birthdays and days that have come change scores too. A lost turn is made up next night."""
    if place := score_runs.score_all(clock=timezone.now, after=UUID(after) if after else None):
        score_all.delay(after=str(place))


@shared_task(name="lifecycle.destroy_replaced_keys")
def destroy_replaced_keys(**_older: Any) -> None:
    """Destroy data keys whose place others took, once nothing is under them any more."""
    with suppress(key_rotation.AnotherRotationRuns), key_rotation.only_one():
        key_renewal.destroy_replaced(now=timezone.now())


@shared_task(name="lifecycle.score_changed")
def score_changed(**_older: Any) -> None:
    """Score the cases of which something was stated since."""
    score_runs.score_changed(clock=timezone.now)


@shared_task(name="lifecycle.throw_away_merged_rows")
def throw_away_merged_rows(**_older: Any) -> None:
    """Delete what was kept of merges that can be undone no longer."""
    undo.throw_away_old_rows(now=timezone.now())


@shared_task(name=asking.TASK)
def work_on_import(*, import_id: str, **_older: Any) -> None:
    """Check the rows of a table, record its people, or take them back, for as long as one's turn is."""
    work.carry_out(import_id=UUID(import_id), clock=timezone.now, turn=jobs.TURN)


@shared_task(name="lifecycle.resume_imports")
def resume_imports(**_older: Any) -> None:
    """Give imports to another worker whose own has died."""
    work.resume(timezone.now())


@shared_task(name="lifecycle.forget_old_imports")
def forget_old_imports(**_older: Any) -> None:
    """Forget rows that nobody has imported in thirty days."""
    work.forget_old(timezone.now())


@shared_task(name="lifecycle.reconcile_erasures")
def reconcile_erasures(**_older: Any) -> None:
    """Say in the ledger of erasures what was done and what it does not say, because a process died at that moment."""
    reconcile(timezone.now())
