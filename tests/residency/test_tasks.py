"""What the workers compute."""

from datetime import date

import pytest
from django.conf import LazySettings
from django.db import DatabaseError

from casework.accounts import jobs
from casework.accounts.models import Job
from casework.clients.actions import close_case
from casework.clients.models import Client
from casework.residency import tasks
from casework.residency.actions import deadlines, stale_clients
from casework.residency.models import ComputedPosition, Deadline
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.residency import make_rule, make_stay

pytestmark = pytest.mark.django_db


def in_kazakhstan() -> Client:
    client = make_client()
    make_stay(client, date(2026, 11, 1))
    return client


@pytest.fixture(autouse=True)
def chunks_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "CHUNK", 2)


def refuse(monkeypatch: pytest.MonkeyPatch, odd: Client) -> None:
    """Have the database refuse what would be stored of one person."""
    real = deadlines._write

    def write(writes) -> None:
        if any(position.client_id == odd.pk for position in writes.positions):
            raise DatabaseError
        real(writes)

    monkeypatch.setattr(deadlines, "_write", write)


def test_the_sweep_computes_whoever_is_stale_chunk_by_chunk() -> None:
    make_rule()
    for _ in range(5):
        in_kazakhstan()

    tasks.refresh_stale()

    assert Deadline.objects.count() == 5
    assert not stale_clients(NOW).exists()


def test_the_sweep_leaves_closed_cases() -> None:
    make_rule()
    client = in_kazakhstan()
    by = make_user(team=client.case.team)
    close_case(case=client.case, reason="left_country", version=client.case.version, by=by, now=NOW)

    tasks.refresh_stale()

    assert not ComputedPosition.objects.exists()


def test_one_person_whom_the_database_refuses_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule()
    people = [in_kazakhstan() for _ in range(4)]
    refuse(monkeypatch, people[0])

    tasks.refresh_stale()

    assert list(stale_clients(NOW)) == [people[0]]


def test_the_job_computes_everybody_and_tells_how_far_it_is() -> None:
    make_rule()
    for _ in range(3):
        in_kazakhstan()
    job = jobs.start_job("refresh_deadlines", by=make_user(), now=NOW)

    tasks.refresh_all(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.message) == ("done", 3, 3, "")
    assert job.result == {"failed": 0}
    assert job.finished_at is not None
    assert Deadline.objects.count() == 3


def test_the_job_says_in_the_language_of_its_starter_whom_it_could_not_compute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [in_kazakhstan() for _ in range(3)]
    refuse(monkeypatch, people[1])
    job = jobs.start_job("refresh_deadlines", by=make_user(language="en"), now=NOW)

    tasks.refresh_all(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.done, job.result) == ("done", 3, {"failed": 1})
    assert job.message == "The deadlines of fewer than 8 people could not be computed."


def test_a_job_that_was_interrupted_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = sorted(in_kazakhstan().pk for _ in range(5))
    job = jobs.begin(jobs.start_job("refresh_deadlines", by=None, now=NOW).pk, total=5)
    assert job is not None
    jobs.advance(job, by=2, place=str(ids[1]), failed=1)

    tasks.refresh_all(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.done, job.total, job.result) == (5, 5, {"failed": 1})
    assert set(ComputedPosition.objects.values_list("client", flat=True)) == set(ids[2:])


def test_a_job_that_has_ended_does_not_begin_again() -> None:
    in_kazakhstan()
    job = jobs.start_job("refresh_deadlines", by=None, now=NOW)
    jobs.fail(job, now=NOW, message="No")

    tasks.refresh_all(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, "No")
    assert not ComputedPosition.objects.exists()


def test_tasks_are_known_by_the_names_of_the_schedule(settings: LazySettings) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks.refresh_stale.name in scheduled
    assert tasks.refresh_all.name == "residency.refresh_all"
