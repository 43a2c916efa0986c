"""Long pieces of work as rows."""

import pytest
from django.db import IntegrityError, transaction

from casework.accounts import jobs
from casework.accounts.models import Job
from casework.audit.models import Event
from tests.factories.accounts import NOW, make_user

pytestmark = pytest.mark.django_db


def test_a_job_waits_for_a_worker_and_is_an_event() -> None:
    user = make_user()

    job = jobs.start_job("refresh_deadlines", by=user, now=NOW)

    assert (job.state, job.done, job.total, job.started_by) == ("waiting", 0, 0, user)
    assert Event.objects.get(type="accounts.job_started").subject_id == str(job.pk)


def test_a_job_begins_advances_and_ends() -> None:
    job = jobs.begin(jobs.start_job("refresh_deadlines", by=None, now=NOW).pk, total=10)
    assert job is not None

    jobs.advance(job, by=4, place="d", failed=1)
    assert (job.done, jobs.place_of(job), job.result["failed"]) == (4, "d", 1)

    jobs.finish(job, now=NOW, message="All of it", failed=1)
    job.refresh_from_db()
    assert (job.state, job.message, job.result, job.finished_at) == ("done", "All of it", {"failed": 1}, NOW)


def test_a_job_that_grows_while_it_runs_is_never_more_than_done() -> None:
    job = jobs.begin(jobs.start_job("refresh_deadlines", by=None, now=NOW).pk, total=2)
    assert job is not None

    jobs.advance(job, by=5, place="e")

    assert (job.done, job.total) == (5, 5)


def test_a_job_that_was_interrupted_begins_where_it_stood() -> None:
    job = jobs.begin(jobs.start_job("refresh_deadlines", by=None, now=NOW).pk, total=10)
    assert job is not None
    jobs.advance(job, by=4, place="d")

    again = jobs.begin(job.pk, total=3)

    assert again is not None
    assert (again.done, again.total, jobs.place_of(again)) == (4, 4, "d")


@pytest.mark.parametrize("end", [jobs.finish, jobs.fail])
def test_a_job_that_has_ended_does_not_begin_again(end) -> None:
    job = jobs.start_job("refresh_deadlines", by=None, now=NOW)
    end(job, now=NOW)

    assert jobs.begin(job.pk, total=1) is None


def test_a_job_that_is_not_there_does_not_begin() -> None:
    assert jobs.begin(make_user().pk, total=1) is None


def test_more_than_everything_is_never_done() -> None:
    with pytest.raises(IntegrityError, match="job_not_over_done"), transaction.atomic():
        Job.objects.create(kind="x", created_at=NOW, done=2, total=1)


def test_a_cancelled_job_has_ended_and_cannot_be_locked() -> None:
    job = jobs.start_job("test", by=None, now=NOW)
    jobs.begin(job.pk, total=3)
    running = jobs.lock_running(job.pk)

    stopped = jobs.cancel(job, by=make_user(), now=NOW)

    job.refresh_from_db()
    assert running == job
    assert stopped
    assert (job.state, job.finished_at) == (Job.State.CANCELLED, NOW)
    assert jobs.lock_running(job.pk) is None
    assert jobs.begin(job.pk, total=3) is None
    assert not jobs.cancel(job, by=make_user(), now=NOW)
