"""Which task ran when, and which should have and did not."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import shared_task
from celery.app.trace import build_tracer
from celery.schedules import crontab
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction

from casework.accounts.models import TaskRun
from casework.accounts.task_runs import CANARY, canary_age, late, next_run, note_run, woken
from casework.config.celery import app

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)  # a Tuesday


def ran(name: str, *, ago: timedelta, took: float = 2, has_failed: bool = False) -> None:
    note_run(name, began=NOW - ago - timedelta(seconds=took), ended=NOW - ago, has_failed=has_failed)


@shared_task(name="tests.works")
def works(**_given: Any) -> None:
    pass


@shared_task(name="tests.breaks")
def breaks(**_given: Any) -> None:
    raise ValueError("mine")


def worked(name: str) -> None:
    """Let a worker's own tracer run a task."""
    task = app.tasks[name]
    build_tracer(name, task, app=app)("0123", (), {}, {"id": "0123", "task": name, "is_eager": False})


def test_a_worker_notes_that_a_task_ran_and_how_it_went() -> None:
    worked("tests.works")
    worked("tests.works")
    worked("tests.breaks")

    well, badly = TaskRun.objects.get(pk="tests.works"), TaskRun.objects.get(pk="tests.breaks")
    assert (well.runs, well.failures, well.failed_at) == (2, 0, None)
    assert (badly.runs, badly.failures) == (1, 1)
    assert badly.failed_at == badly.ended_at >= badly.began_at


def test_a_task_that_is_called_by_hand_is_not_noted() -> None:
    works()
    works.apply()

    assert not TaskRun.objects.exists()


def test_what_cannot_be_noted_does_not_make_the_work_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: Any, **values: Any) -> None:
        raise IntegrityError("no")

    monkeypatch.setattr("casework.accounts.task_runs.note_run", refused)
    worked("tests.works")

    assert not TaskRun.objects.exists()


def test_a_failure_is_remembered_until_the_next() -> None:
    ran("a", ago=timedelta(minutes=5), has_failed=True)
    ran("a", ago=timedelta(minutes=1))

    row = TaskRun.objects.get(pk="a")
    assert (row.runs, row.failures, row.seconds) == (2, 1, 4)
    assert row.failed_at == NOW - timedelta(minutes=5)


@pytest.mark.django_db(transaction=True)
def test_several_workers_that_end_at_once_are_all_counted() -> None:
    def one() -> None:
        try:
            for _each in range(10):
                note_run("a", began=NOW, ended=NOW, has_failed=False)
        finally:
            connection.close()

    workers = [threading.Thread(target=one) for _each in range(4)]
    for it in workers:
        it.start()
    for it in workers:
        it.join()

    assert TaskRun.objects.get(pk="a").runs == 40


@pytest.mark.parametrize(
    ("how", "last", "next_at"),
    [
        (4.0, NOW - timedelta(seconds=10), NOW - timedelta(seconds=6)),
        (crontab(minute="*"), NOW - timedelta(minutes=10), NOW - timedelta(minutes=9, seconds=30)),
        (crontab(hour="1", minute="40"), datetime(2026, 11, 22, 1, 40, 1, tzinfo=UTC), datetime(2026, 11, 23, 1, 40, tzinfo=UTC)),
        (crontab(hour="1", minute="40"), datetime(2026, 11, 24, 1, 40, 1, tzinfo=UTC), datetime(2026, 11, 25, 1, 40, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_when_the_clock_wakes_a_task_next(how: Any, last: datetime, next_at: datetime) -> None:
    assert abs(next_run(how, last, NOW) - next_at) < timedelta(seconds=31)


@pytest.mark.parametrize(
    ("how", "ago", "is_late"),
    [
        (crontab(minute="*"), timedelta(minutes=2), False),
        (crontab(minute="*"), timedelta(minutes=6), True),
        (4.0, timedelta(minutes=1), False),
        (4.0, timedelta(minutes=4), True),
        (crontab(hour="11", minute="40"), timedelta(hours=24), False),  # twenty minutes are nothing at night
        (crontab(hour="1", minute="40"), timedelta(hours=35), True),
        (crontab(hour="1", minute="40"), timedelta(hours=10), False),
    ],
)
def test_what_should_have_run_and_did_not_is_late(
    settings: LazySettings, how: Any, ago: timedelta, is_late: bool
) -> None:
    settings.CELERY_BEAT_SCHEDULE = {"it": {"task": "a", "schedule": how}}
    ran("a", ago=ago)

    assert late(woken(NOW)) == (["a"] if is_late else [])


def test_what_never_ran_is_not_missed_for_nothing_was_started_yet() -> None:
    assert late(woken(NOW)) == []
    assert len(woken(NOW)) > 20


def test_what_is_late_or_failed_comes_first(settings: LazySettings) -> None:
    settings.CELERY_BEAT_SCHEDULE = {name: {"task": name, "schedule": crontab(minute="*")} for name in "abc"}
    ran("a", ago=timedelta(seconds=20))
    ran("b", ago=timedelta(seconds=20), has_failed=True)
    ran("c", ago=timedelta(hours=1))

    assert [it.entry for it in woken(NOW)] == ["c", "b", "a"]
    assert [it.failed_last for it in woken(NOW)] == [False, True, False]


def test_the_canary_tells_how_long_no_worker_has_sung() -> None:
    assert canary_age(NOW) is None
    ran(CANARY, ago=timedelta(minutes=4))
    assert canary_age(NOW) == timedelta(minutes=4)


def test_every_task_of_the_clock_exists(settings: LazySettings) -> None:
    app.loader.import_default_modules()

    assert {it["task"] for it in settings.CELERY_BEAT_SCHEDULE.values()} - set(app.tasks) == set()


def test_the_database_refuses_more_failures_than_runs() -> None:
    with pytest.raises(IntegrityError, match="task_run_failures_are_runs"), transaction.atomic():
        TaskRun.objects.create(name="a", began_at=NOW, ended_at=NOW, runs=1, failures=2)
