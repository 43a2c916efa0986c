"""Every event gets its place in one chain, within seconds, however many write and however late they commit."""

import hashlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from casework.audit import chain
from casework.audit.models import Event, Seal, Unsealed
from casework.audit.record import record
from casework.audit.seal import LOCK, seal_waiting
from casework.audit.verify import verify
from casework.config.celery import app
from tests.racing import at_once


def some_events(count: int) -> list[Event]:
    now = timezone.now()
    return [record("clients.case_seen", by=None, now=now, number=number) for number in range(count)]


def test_the_chain_is_what_its_description_says() -> None:
    columns = ("7", "1700000000123456", "clients.case_seen", None, "", "", None, '{"name": "ы"}')
    text = '1:3,1:7,16:1700000000123456,17:clients.case_seen,-,0:,0:,-,13:{"name": "ы"}'

    assert chain.text_of(3, columns) == text
    assert chain.link(b"before", 3, columns) == hashlib.sha256(b"before" + text.encode()).digest()


@pytest.mark.django_db
def test_events_are_sealed_in_the_order_of_their_ids_each_once() -> None:
    events = some_events(3)
    assert Unsealed.objects.count() == 3

    assert seal_waiting() == 3
    assert seal_waiting() == 0

    assert list(Seal.objects.order_by("pos").values_list("pos", "event_id")) == [
        (pos, event.pk) for pos, event in enumerate(events, start=1)
    ]
    assert Unsealed.objects.count() == 0
    assert verify().findings == []


@pytest.mark.django_db
def test_a_seal_follows_the_one_before_it() -> None:
    some_events(1)
    seal_waiting()
    some_events(1)
    seal_waiting()

    first, second = Seal.objects.order_by("pos")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(chain.COLUMNS)} FROM audit_event WHERE id = %s", [second.event_id])
        columns = cursor.fetchone()
    assert bytes(second.hash) == chain.link(bytes(first.hash), 2, columns)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE audit_seal SET hash = '\\x00'",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
        "UPDATE audit_event SET type = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_to_change_seals_and_events(act: str) -> None:
    some_events(1)
    seal_waiting()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)

    assert verify().findings == []


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_sealed_after_those_with_higher_ids() -> None:
    wrote, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            some_events(1)
            wrote.set()
            may_commit.wait(10)

    def meanwhile() -> None:
        wrote.wait(10)
        some_events(1)
        seal_waiting()
        may_commit.set()

    at_once(late, meanwhile)
    assert seal_waiting() == 1

    earlier, later = Event.objects.order_by("pk")
    assert list(Seal.objects.order_by("pos").values_list("event_id", flat=True)) == [later.pk, earlier.pk]
    assert verify().findings == []


@pytest.mark.django_db(transaction=True)
def test_who_finds_another_at_work_leaves_it_to_them() -> None:
    some_events(1)
    other = connection.get_new_connection(connection.get_connection_params())
    with other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert seal_waiting() == 0
    other.close()

    assert seal_waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_already_sealed_that_somebody_queues_again_does_not_stop_the_sealer() -> None:
    (event,) = some_events(1)
    seal_waiting()
    Unsealed.objects.create(event_id=event.pk)
    some_events(1)

    seal_waiting()

    assert Seal.objects.count() == 2
    assert Unsealed.objects.count() == 0
    assert verify().findings == []


def ten_events() -> None:
    """Write ten events with one statement: what is raced for is their order, and Python would be what takes the time."""
    now = timezone.now()
    Event.objects.bulk_create(Event(type="clients.case_seen", at=now, data={"number": each}) for each in range(10))


def race(writers: int, events: int) -> None:
    """Let many write ten events at a time, a third of them in transactions some of which roll back, while two seal."""
    done = threading.Event()

    def write(number: int) -> None:
        try:
            for round_ in range(events // 10):
                with transaction.atomic():
                    ten_events()
                    if number % 3 == 0 and round_ % 4 == 0:
                        transaction.set_rollback(True)
        finally:
            connections.close_all()

    def seal_meanwhile() -> None:
        try:
            while not done.wait(0.02):
                seal_waiting()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[number]) for number in range(writers)]
    sealers = [threading.Thread(target=seal_meanwhile) for _ in range(2)]
    for each in (*threads, *sealers):
        each.start()
    for each in threads:
        each.join()
    done.set()
    for each in sealers:
        each.join()
    seal_waiting()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("events", [30, pytest.param(10_000, marks=pytest.mark.slow)])
def test_sixteen_writers_make_one_chain(events: int) -> None:
    race(16, events)

    report = verify()
    assert report.findings == []
    assert report.seals == Event.objects.count() > 16 * events / 2
    assert Unsealed.objects.count() == 0


def test_the_beat_seals_every_few_seconds() -> None:
    app.loader.import_default_modules()
    schedules: Any = app.conf.beat_schedule.values()
    entry = next(each for each in schedules if each["task"] == "audit.seal")

    assert entry["task"] in app.tasks
    assert timedelta(seconds=entry["schedule"]) <= timedelta(seconds=5)
