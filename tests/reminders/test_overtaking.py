"""Real workers on a real broker: the caseload is shared by several, and no reminder waits for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.db import transaction
from django.utils import timezone

from casework.accounts.models import Job, Piece
from casework.audit.models import Event
from casework.reminders.plan import plan
from casework.residency import spreading
from casework.residency.models import ComputedPosition
from tests.config.embedded.conftest import environment, open_directory, places, stop  # noqa: F401 - fixtures
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay

from .counting_receiver import counting_receiver
from .deadlines import at_any_hour, make_deadline
from .processes import kill, start_celery, wait_until
from .test_broker_away import Broker, broker  # noqa: F401 - a fixture

SLOW = "tests.residency.pieces_slowly_settings"
PEOPLE = 60

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def ours(broker: Broker) -> Iterator[Any]:  # noqa: F811 - the fixture
    """Send as beat and pages do: by the routes of the settings."""
    app = Celery("bell", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=broker.address)
    yield app
    app.close()


def start(folder: Path, broker: Broker, *, receiver: int = 0) -> Any:  # noqa: F811 - the fixture
    """Start a worker of one process that names no queue, as `bin/run` does."""
    folder.mkdir(exist_ok=True)
    working = ("worker", "-c", "1", "--without-gossip", "--without-mingle", "-n", f"{folder.name}@test")
    return start_celery(folder, *working, receiver=receiver, broker=broker.address, settings_module=SLOW)


def caseload(monkeypatch: pytest.MonkeyPatch) -> Job:
    """So many people, and a job to compute them for which nobody has been asked."""
    team, now = make_team(country="KZ", time_zone="Asia/Almaty"), timezone.now()
    worker = make_user(team=team)
    make_rule()
    for number in range(PEOPLE):
        client = make_client(case=make_case(team=team, caseworker=worker), by=worker)
        make_stay(client, now.date() - timedelta(days=10 + number % 20), by=worker, now=now)
    monkeypatch.setattr("casework.accounts.pieces.ring", lambda *_asked: None)
    return spreading.start_refresh(spreading.EVERYBODY, by=None, now=now)


def state(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def test_a_reminder_overtakes_a_caseload_that_is_being_computed(
    broker: Broker,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_any_hour()
    job, log = caseload(monkeypatch), tmp_path / "one" / "worker.log"
    with counting_receiver(pause=0) as received, ours(broker) as app:
        worker = start(tmp_path / "one", broker, receiver=received.port)
        try:
            app.send_task(spreading.TASK, kwargs={"job_id": str(job.pk)})
            for _ in range(20):  # other work of the night, none of which anybody waits for
                app.send_task("accounts.forget_old_drafts")
            wait_until(lambda: Piece.objects.filter(done_at__isnull=False).count() >= 2, 90, log)
            make_deadline(due_on=timezone.now().date())
            plan(now=timezone.now())
            begun = time.monotonic()
            app.send_task("reminders.deliver")
            wait_until(lambda: received.deliveries.total() == 1, 30, log)
            waited = time.monotonic() - begun
            assert state(job) == Job.State.RUNNING
            wait_until(lambda: state(job) == Job.State.DONE, 90, log)
        finally:
            kill(worker)

    # A piece that was in hand, and the machine may be busy with other tests.
    assert waited < 5
    assert ComputedPosition.objects.count() >= PEOPLE


def test_two_workers_share_a_caseload_and_one_that_is_killed_loses_nothing(
    broker: Broker,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, log = caseload(monkeypatch), tmp_path / "one" / "worker.log"
    workers = [start(tmp_path / name, broker) for name in ("one", "two")]
    try:
        with ours(broker) as app:
            app.send_task(spreading.TASK, kwargs={"job_id": str(job.pk)})
        wait_until(lambda: in_hand(job) >= 2, 90, log)
        kill(workers.pop())
        between = Job.objects.get(pk=job.pk)
        wait_until(lambda: state(job) == Job.State.DONE, 90, log)
    finally:
        for worker in workers:
            kill(worker)

    job.refresh_from_db()
    assert between.done < PEOPLE
    assert (job.done, job.total, job.result) == (PEOPLE, PEOPLE, {"failed": 0})
    assert ComputedPosition.objects.count() == PEOPLE
    # Everybody was computed once: each piece says in the audit how many people it was about.
    refreshed = Event.objects.filter(type="residency.deadlines_refreshed", actor_id__isnull=True)
    assert sum(event.data["clients"] for event in refreshed) == PEOPLE
    assert Piece.objects.filter(job=job, done_at__isnull=False).count() == PEOPLE // 2


def in_hand(job: Job) -> int:
    """How many pieces workers have in hand at this moment: those that are neither done nor free."""
    waiting = Piece.objects.filter(job=job).waiting()
    with_rows = waiting.select_for_update(skip_locked=True)
    with transaction.atomic():
        return waiting.count() - len(with_rows)
