"""A job cut into pieces that several workers take."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from casework.accounts import jobs, pieces
from casework.accounts.models import Job, Piece
from tests.factories.accounts import NOW, make_user
from tests.racing import at_once

pytestmark = pytest.mark.django_db

IDS = [UUID(int=number) for number in range(1, 8)]


def cut(ids: list[UUID] = IDS) -> Job:
    job = jobs.start_job("test", by=None, now=NOW)
    assert pieces.cut(job.pk, lambda place: [it for it in ids if it > place], size=3, now=NOW) == -(-len(ids) // 3)
    return job


def nothing_failed(_piece: Piece) -> int:
    return 0


def end(job: Job) -> None:
    jobs.finish(job, now=NOW, failed=job.result["failed"])


def do(job: Job, work: pieces.Work = nothing_failed) -> bool:
    return pieces.work_on_next(job.pk, work, end, clock=lambda: NOW)


def test_pieces_lie_side_by_side_and_hold_everything_once() -> None:
    job = cut()

    bounds = [(piece.after.int, piece.until.int, piece.size) for piece in Piece.objects.order_by("number")]
    assert bounds == [(0, 3, 3), (3, 6, 3), (6, 7, 1)]
    job.refresh_from_db()
    assert (job.state, job.total) == ("running", 7)
    assert pieces.cut(job.pk, lambda _place: IDS, size=1, now=NOW) == 0
    assert Piece.objects.count() == 3


def test_they_are_done_in_their_order_and_the_last_one_ends_the_job() -> None:
    job, seen = cut(), []

    def work(piece: Piece) -> int:
        seen.append(piece.number)
        return 1

    assert [do(job, work) for _ in range(4)] == [True, True, False, False]

    job.refresh_from_db()
    assert seen == [0, 1, 2]
    assert (job.state, job.done, job.result) == ("done", 7, {"failed": 3})


def test_what_a_piece_wrote_goes_with_it_where_it_fails() -> None:
    job = cut()

    def half(_piece: Piece) -> int:
        make_user(email="half@example.org")
        raise ValueError("in the middle")

    assert do(job, half)

    assert Piece.objects.get(number=0).tries == 1
    job.refresh_from_db()
    assert job.done == 0
    assert not job.result


def test_a_piece_that_fails_every_time_does_not_keep_the_others_from_their_end() -> None:
    job = cut()

    def odd(piece: Piece) -> int:
        if piece.number == 0:
            raise ValueError("always")
        return 0

    while do(job, odd):
        pass

    job.refresh_from_db()
    assert (job.state, job.done, job.result) == ("done", 7, {"failed": 3})


def test_nothing_is_done_of_a_job_that_was_cancelled_and_nothing_counted_of_what_was_in_hand() -> None:
    job = cut()

    def work(_piece: Piece) -> int:
        jobs.cancel(job, by=make_user(), now=NOW)
        return 0

    assert not do(job, work)
    assert not do(job)

    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 0)


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_share_the_pieces_and_none_is_done_twice() -> None:
    job, seen = cut(), []

    def work(piece: Piece) -> int:
        seen.append(piece.number)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
        return 1

    def all_of_them() -> None:
        while do(job, work):
            pass

    at_once(all_of_them, all_of_them, all_of_them)

    job.refresh_from_db()
    assert sorted(seen) == [0, 1, 2]
    assert (job.state, job.done, job.result) == ("done", 7, {"failed": 3})


def test_only_so_many_messages_are_on_their_way_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(pieces.current_app, "send_task", lambda name, **_: sent.append(name))

    pieces.ring("x", UUID(int=1), 400)

    assert sent == ["x"] * pieces.AT_ONCE


def test_a_job_that_was_touched_lately_is_not_rung_for() -> None:
    job = cut()

    assert pieces.ring_for_silent("x", ["test"], NOW + timedelta(seconds=80)) == 0
    jobs.cancel(job, by=make_user(), now=NOW)
    assert pieces.ring_for_silent("x", ["test"], NOW + timedelta(hours=1)) == 0
    assert not Piece.objects.exists()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("piece_once_a_job", {"number": 0}),
        ("piece_is_not_empty", {"until": UUID(int=0)}),
        ("piece_fails_no_more_than_it_holds", {"failed": 4}),
    ],
)
def test_the_database_refuses_what_must_never_be(name: str, values: dict[str, object]) -> None:
    job = cut()
    known = {"job": job, "number": 9, "after": UUID(int=0), "until": UUID(int=3), "size": 3, "touched_at": NOW}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Piece.objects.create(**known | values)
