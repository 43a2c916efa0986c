"""A real Celery worker on a real broker, killed while it follows up what was published."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.utils import timezone

from casework.accounts.models import Job
from casework.clients.models import ToDo
from casework.lib.ids import new_reference
from casework.residency.actions.impacts import TASK
from casework.residency.actions.rules import publish_rule
from casework.residency.models import Deadline, Impact, ImpactLine
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.impacts import make_shorter_draft
from tests.factories.residency import make_rule, make_stay
from tests.reminders.processes import kill, start_worker, wait_until

NUMBER = 40
SLOW = "tests.residency.slow_worker_settings"


def ring(queue: str, impact: Impact) -> None:
    app = Celery(broker=settings.CELERY_BROKER_URL)
    app.send_task(TASK, kwargs={"job_id": str(impact.job_id)}, queue=queue)
    app.close()


def caseload() -> set[object]:
    """People of two caseworkers; return the owners whom a change concerns."""
    team, now = make_team(country="KZ", time_zone="Asia/Almaty"), timezone.now()
    workers = [make_user(team=team), make_user(team=team)]
    for number in range(NUMBER):
        client = make_client(case=make_case(team=team, caseworker=workers[number % 2]), by=workers[0])
        make_stay(client, now.date() - timedelta(days=10 + number % 20), by=workers[0], now=now)
    return {worker.pk for worker in workers}


@pytest.mark.django_db(transaction=True)
def test_killed_on_the_way_it_goes_on_and_nobody_is_told_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.residency.actions.impacts._ask_a_worker", lambda job_id: None)
    old, owners, now = make_rule(), caseload(), timezone.now()
    draft = make_shorter_draft(old, now=now - timedelta(minutes=1))
    publish_rule(rule=draft, by=make_user(None), now=now)
    impact, log = Impact.objects.get(), tmp_path / "worker.log"

    for pause in (0.0, 0.3):
        already = ImpactLine.objects.count()
        queue = f"test-{new_reference()}"
        worker = start_worker(tmp_path, queue, settings_module=SLOW)
        try:
            ring(queue, impact)
            wait_until(lambda: ImpactLine.objects.count() > already, 90, log)  # noqa: B023
            time.sleep(pause)
        finally:
            kill(worker)
    assert Job.objects.get(pk=impact.job_id).state == Job.State.RUNNING
    between = ImpactLine.objects.count()
    queue = f"test-{new_reference()}"
    worker = start_worker(tmp_path, queue, settings_module=SLOW)
    try:
        ring(queue, impact)
        ring(queue, impact)
        wait_until(lambda: Job.objects.get(pk=impact.job_id).state == Job.State.DONE, 90, log)
    finally:
        kill(worker)

    job = Job.objects.get(pk=impact.job_id)
    assert 0 < between < NUMBER
    assert ImpactLine.objects.count() == ImpactLine.objects.values("client").distinct().count() == NUMBER
    assert (job.done, job.total) == (NUMBER, NUMBER)
    assert sorted(ToDo.objects.values_list("owner", flat=True)) == sorted(owners)  # type: ignore[type-var]
    assert Deadline.objects.open().filter(rule=draft).count() == NUMBER
