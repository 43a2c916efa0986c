"""A real Celery worker on a real broker, killed while it imports: nobody is lost, nobody comes twice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.utils import timezone

from casework.accounts.models import Job
from casework.clients.models import Case, Client, Import
from casework.lib.ids import new_reference
from casework.lifecycle.importing import starting, work
from casework.lifecycle.importing.asking import TASK
from tests.reminders.test_killed_worker import kill, start_worker, wait_until

from .tables import brought_in, csv_of, people

SLOW = "tests.lifecycle.importing.slow_worker_settings"
NUMBER = 30


def ring(queue: str, of: Import) -> None:
    app = Celery(broker=settings.CELERY_BROKER_URL)
    app.send_task(TASK, kwargs={"import_id": str(of.pk)}, queue=queue)
    app.close()


def killed_and_resumed(of: Import, half_way: Callable[[], bool], folder: Path) -> None:
    """Kill the worker that is at it, and let two others go on at once."""
    log = folder / "worker.log"
    for is_last in (False, True):
        queue = f"test-{new_reference()}"
        worker = start_worker(folder, queue, settings_module=SLOW)
        try:
            ring(queue, of)
            if is_last:
                ring(queue, of)
                wait_until(lambda: not Import.objects.get(pk=of.pk).is_under_way, 90, log)
            else:
                wait_until(half_way, 90, log)
        finally:
            kill(worker)
        if not is_last:
            job = Import.objects.select_related("job").get(pk=of.pk).job
            assert job is not None
            assert (job.state, 0 < job.done < NUMBER) == (Job.State.RUNNING, True)


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_an_import_is_resumed_without_loss_or_double_and_so_is_its_undoing(tmp_path: Path) -> None:
    now = timezone.now()
    of = brought_in(csv_of(people(NUMBER)), now=now)
    starting.choose_columns(of=of, columns=of.columns, day_order="", by=of.by, now=now, asks=False)
    work.carry_out(import_id=of.pk, clock=timezone.now)
    starting.record_people(of=of, by=of.by, now=now, asks=False)

    killed_and_resumed(of, lambda: Client.objects.count() > 4, tmp_path)

    rows = Import.objects.get(pk=of.pk).rows
    assert set(rows.values_list("state", flat=True)) == {"imported"}
    assert (Case.objects.count(), Client.objects.count(), len(set(rows.values_list("case", flat=True)))) == (
        NUMBER,
    ) * 3
    job = Import.objects.select_related("job").get(pk=of.pk).job
    assert job is not None
    assert (job.done, job.total) == (NUMBER, NUMBER)

    starting.take_back(of=of, by=of.by, now=timezone.now(), asks=False)
    killed_and_resumed(of, lambda: Client.objects.count() < NUMBER - 4, tmp_path)

    assert (Case.objects.count(), Client.objects.count()) == (0, 0)
    assert Import.objects.get(pk=of.pk).stage == "undone"


@pytest.mark.django_db
def test_an_import_without_a_sign_of_life_is_given_to_another_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("casework.lifecycle.importing.work.ask_a_worker", asked.append)
    now = timezone.now()
    of = brought_in(csv_of(people(1)), now=now)
    starting.choose_columns(of=of, columns=of.columns, day_order="", by=of.by, now=now, asks=False)

    assert work.resume(now) == 0
    assert work.resume(now + 2 * work.SILENT) == 1
    assert asked == [of.pk]
