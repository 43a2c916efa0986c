"""A real Celery worker on a real broker, killed while it writes a list."""

from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from casework.accounts.models import Job
from casework.lib.ids import new_reference
from casework.reports.actions import TASK
from casework.reports.models import Export, ExportPiece
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client
from tests.reminders.processes import kill, start_worker, wait_until
from tests.web.cases.pages import signed_in

from .files import fetch, rows_of, take

SLOW = "tests.web.exports.slow_worker_settings"
NUMBER = 24


def ring(queue: str, export: Export) -> None:
    app = Celery(broker=settings.CELERY_BROKER_URL)
    app.send_task(TASK, kwargs={"export_id": str(export.pk)}, queue=queue)
    app.close()


@pytest.mark.django_db(transaction=True)
def test_killed_on_the_way_another_writes_all_of_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.web.exports.views.lists.AT_ONCE", 2)
    monkeypatch.setattr("casework.reports.actions._ask_a_worker", lambda *_asked: None)
    user = make_user()
    for _number in range(NUMBER):
        make_client(team=team_of(user), by=user)
    browser, log = signed_in(user), tmp_path / "worker.log"
    take(browser, "cases")
    export = Export.objects.get()

    queue = f"test-{new_reference()}"
    worker = start_worker(tmp_path, queue, settings_module=SLOW)
    try:
        ring(queue, export)
        wait_until(lambda: ExportPiece.objects.count() > 2, 90, log)
    finally:
        kill(worker)
    assert Job.objects.get(pk=export.job_id).state == Job.State.RUNNING

    queue = f"test-{new_reference()}"
    worker = start_worker(tmp_path, queue, settings_module=SLOW)
    try:
        ring(queue, export)
        ring(queue, export)
        wait_until(lambda: Job.objects.get(pk=export.job_id).state == Job.State.DONE, 90, log)
    finally:
        kill(worker)

    export.refresh_from_db()
    assert [row["Case"] for row in rows_of(fetch(browser, export))] == [
        row.case.code for row in browser.get("/cases/").context["rows"]
    ]
    assert (export.job.done, export.job.total) == (NUMBER, NUMBER)
