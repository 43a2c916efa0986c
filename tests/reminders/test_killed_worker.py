"""Real Celery workers on a real broker, killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.utils import timezone

from casework.lib.ids import new_reference
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from tests.databases import database_url

from .deadlines import at_any_hour, make_deadline

ROOT = Path(__file__).resolve().parents[2]
NUMBER = 40


def start_worker(
    folder: Path, queue: str, *, settings_module: str = "tests.reminders.worker_settings"
) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": settings_module,
    }
    command = [sys.executable, "-m", "celery", "-A", "casework.config.celery", "worker", "-c", "1", "-Q", queue]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL the worker and its children: no chance to put anything in order."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def wait_until(condition: Callable[[], bool], seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain; the worker said:\n{log.read_text()[-3000:]}")
        time.sleep(0.02)


def ring(queue: str) -> None:
    app = Celery(broker=settings.CELERY_BROKER_URL)
    app.send_task("reminders.deliver", queue=queue)
    app.close()


def sent() -> int:
    return Reminder.objects.filter(state=Reminder.State.SENT).count()


def rounds(folder: Path, kills: int, pause: float) -> None:
    """Kill a worker `kills` times while it delivers, then let one finish."""
    at_any_hour()
    client = make_deadline(due_on=timezone.now().date()).client
    for _ in range(NUMBER - 1):
        make_deadline(client=client, due_on=timezone.now().date())
    plan(now=timezone.now())
    assert Reminder.objects.count() == NUMBER
    log = folder / "worker.log"
    for number in range(kills):
        queue, already = f"test-{new_reference()}", sent()
        worker = start_worker(folder, queue)
        try:
            ring(queue)
            wait_until(lambda: sent() > already + 2, 60, log)  # noqa: B023
            time.sleep(pause * number)
        finally:
            kill(worker)
        # The lease of whatever it held runs out.
        Reminder.objects.filter(state=Reminder.State.SENDING).update(lease_until=timezone.now() - timedelta(seconds=1))
    queue = f"test-{new_reference()}"
    worker = start_worker(folder, queue)
    try:
        ring(queue)
        wait_until(lambda: sent() == NUMBER, 90, log)
    finally:
        kill(worker)


def check_nothing_lost_nothing_twice(folder: Path, kills: int) -> None:
    files = sorted(path.stem for path in (folder / "outgoing").glob("*.eml"))
    deliveries = (folder / "outgoing" / "deliveries.log").read_text().splitlines()

    assert files == sorted(str(it.pk) for it in Reminder.objects.all())
    # A receiver without memory would see a repeat a kill at most.
    assert len(deliveries) <= NUMBER + kills


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing_and_repeats_nothing_to_a_receiver_that_knows_the_key(tmp_path: Path) -> None:
    rounds(tmp_path, kills=1, pause=0)

    check_nothing_lost_nothing_twice(tmp_path, kills=1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_kills_lose_nothing(tmp_path: Path) -> None:
    rounds(tmp_path, kills=6, pause=0.03)

    check_nothing_lost_nothing_twice(tmp_path, kills=6)
