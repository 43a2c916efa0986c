"""What the workers compute."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from casework.accounts import jobs, pieces
from casework.accounts.models import Job, Piece
from casework.clients.actions import close_case
from casework.clients.models import Client
from casework.residency import spreading, tasks
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


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs for which a worker was asked, once for each message."""
    found: list[str] = []
    monkeypatch.setattr(pieces, "ring", lambda _task, job_id, times=1: found.extend([str(job_id)] * times))
    return found


def work_off(rung: list[str]) -> int:
    """Do what was rung for, as a worker does it; return how many messages that were."""
    count = 0
    while rung:
        tasks.refresh_piece(job_id=rung.pop(0))
        count += 1
    return count


def refuse(monkeypatch: pytest.MonkeyPatch, odd: Client) -> None:
    """Have the database refuse what would be stored of one person."""
    real = deadlines._write

    def write(writes) -> None:
        if any(position.client_id == odd.pk for position in writes.positions):
            raise DatabaseError
        real(writes)

    monkeypatch.setattr(deadlines, "_write", write)


def test_the_sweep_computes_a_few_who_are_stale_at_once(rung: list[str]) -> None:
    make_rule()
    for _ in range(2):
        in_kazakhstan()

    tasks.refresh_stale()

    assert Deadline.objects.count() == 2
    assert (rung, Job.objects.count()) == ([], 0)


def test_of_many_who_are_stale_all_workers_take_their_pieces(
    rung: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    make_rule()
    for _ in range(5):
        in_kazakhstan()

    with django_capture_on_commit_callbacks(execute=True):
        tasks.refresh_stale()
    tasks.refresh_stale()  # one is under way

    job = Job.objects.get(kind="residency.refresh_stale")
    assert work_off(rung) == 5  # three pieces; two messages find nothing any more
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == ("done", 5, 5, {"failed": 0})
    assert Deadline.objects.count() == 5
    assert not stale_clients(NOW).exists()


def test_whoever_was_computed_meanwhile_is_not_computed_again(rung: list[str]) -> None:
    people = [in_kazakhstan() for _ in range(3)]
    job = spreading.start_refresh(spreading.STALE, by=None, now=NOW)
    spreading.cut(job, size=2, now=timezone.now())
    deadlines.refresh(client_ids=[people[0].pk], now=timezone.now())
    before = ComputedPosition.objects.get(client=people[0]).computed_at

    tasks.refresh_piece(job_id=str(job.pk))
    work_off(rung)

    assert ComputedPosition.objects.get(client=people[0]).computed_at == before
    assert ComputedPosition.objects.count() == 3


def test_the_sweep_leaves_closed_cases() -> None:
    make_rule()
    client = in_kazakhstan()
    by = make_user(team=client.case.team)
    close_case(case=client.case, reason="left_country", version=client.case.version, by=by, now=NOW)

    tasks.refresh_stale()

    assert not ComputedPosition.objects.exists()


def test_one_person_whom_the_database_refuses_holds_up_nobody(monkeypatch: pytest.MonkeyPatch, rung: list[str]) -> None:
    make_rule()
    people = [in_kazakhstan() for _ in range(4)]
    refuse(monkeypatch, people[0])
    job = spreading.start_refresh(spreading.STALE, by=None, now=NOW)

    tasks.refresh_piece(job_id=str(job.pk))
    work_off(rung)

    assert list(stale_clients(NOW)) == [people[0]]


def test_the_job_computes_everybody_and_tells_how_far_it_is(rung: list[str]) -> None:
    make_rule()
    for _ in range(3):
        in_kazakhstan()
    job = jobs.start_job("refresh_deadlines", by=make_user(), now=NOW)

    tasks.refresh_all(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("running", 2, 3)
    work_off(rung)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.message) == ("done", 3, 3, "")
    assert job.result == {"failed": 0}
    assert job.finished_at is not None
    assert Deadline.objects.count() == 3


def test_the_job_says_in_the_language_of_its_starter_whom_it_could_not_compute(
    monkeypatch: pytest.MonkeyPatch, rung: list[str]
) -> None:
    people = [in_kazakhstan() for _ in range(3)]
    refuse(monkeypatch, people[1])
    job = jobs.start_job("refresh_deadlines", by=make_user(language="en"), now=NOW)

    tasks.refresh_all(job_id=str(job.pk))
    work_off(rung)

    job.refresh_from_db()
    assert (job.state, job.done, job.result) == ("done", 3, {"failed": 1})
    assert job.message == "The deadlines of fewer than 8 people could not be computed."


def test_a_job_that_was_interrupted_goes_on_where_it_stood(rung: list[str]) -> None:
    ids = sorted(in_kazakhstan().pk for _ in range(5))
    job = jobs.begin(jobs.start_job("refresh_deadlines", by=None, now=NOW).pk, total=5)
    assert job is not None
    jobs.advance(job, by=2, place=str(ids[1]), failed=1)

    tasks.refresh_all(job_id=str(job.pk))
    work_off(rung)

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


def test_a_job_about_nobody_ends_at_once(rung: list[str]) -> None:
    job = spreading.start_refresh(spreading.EVERYBODY, by=None, now=NOW)

    tasks.refresh_piece(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.total, job.message) == ("done", 0, "")
    assert not any(rung)


def test_a_job_that_is_cancelled_stops_at_the_next_piece(rung: list[str]) -> None:
    for _ in range(5):
        in_kazakhstan()
    job = spreading.start_refresh(spreading.EVERYBODY, by=None, now=NOW)
    tasks.refresh_piece(job_id=str(job.pk))

    jobs.cancel(job, by=make_user(), now=NOW)
    work_off(rung)

    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 2)
    assert ComputedPosition.objects.count() == 2


def test_workers_are_asked_anew_for_a_job_without_a_sign_of_life(rung: list[str]) -> None:
    for _ in range(5):
        in_kazakhstan()
    long_ago = timezone.now() - timedelta(minutes=5)
    job = spreading.start_refresh(spreading.EVERYBODY, by=None, now=long_ago)
    spreading.cut(job, size=2, now=long_ago)

    tasks.resume_refreshes()
    tasks.resume_refreshes()  # it was just asked for

    assert rung == [str(job.pk)] * 3
    work_off(rung)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 5)


def test_pieces_of_a_job_that_has_ended_are_forgotten(rung: list[str]) -> None:
    in_kazakhstan()
    job = spreading.start_refresh(spreading.EVERYBODY, by=None, now=NOW)
    tasks.refresh_piece(job_id=str(job.pk))
    assert Piece.objects.count() == 1

    tasks.resume_refreshes()

    assert not Piece.objects.exists()


def test_the_command_asks_the_workers_once(rung: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("refresh_deadlines")

    assert "The workers have been asked" in capsys.readouterr().out
    with pytest.raises(CommandError, match="already"):
        call_command("refresh_deadlines")


def test_tasks_are_known_by_the_names_of_the_schedule(settings: LazySettings) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks.refresh_stale.name in scheduled
    assert tasks.refresh_all.name == "residency.refresh_all"
