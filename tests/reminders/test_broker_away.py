"""A broker that is away: beat rings in vain meanwhile, and once it is back everything has gone within a minute.

In the simulated hours the clock is ours, and what rings is real: the scheduler of Celery with the schedule of the settings, on a
Valkey that is stopped and started. What was rung is done here as a worker does it, oldest first and what has lapsed not at all.
"""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery
from celery.beat import Scheduler
from django.utils import timezone

from casework.config.celery import app as ours
from casework.config.embedded import valkey
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import Child, StopSignals
from casework.reminders import send, tasks
from casework.reminders.channels import Message
from casework.reminders.models import Heartbeat, Reminder
from casework.reminders.watch import health
from tests.config.embedded.conftest import environment, open_directory, places, stop  # noqa: F401 - fixtures
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client

from .counting_receiver import counting_receiver
from .deadlines import at_any_hour, make_deadline
from .processes import kill, start_celery, start_worker, wait_until

MINUTE, HOUR, STEP = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=15)
BEGINS = datetime(2026, 11, 22, 17, 42, 30, tzinfo=UTC)
GONE = datetime(2026, 11, 22, 17, 45, 30, tzinfo=UTC)
BACK = GONE + HOUR
ENDS = BACK + 18 * MINUTE
# A worker that has lost its broker asks for it every half a minute at the longest.
FINDS_IT_AFTER = timedelta(seconds=32)
# What rings every minute or two; old messages are forgotten by night.
EVERY_MINUTE = ("reminders.plan", "reminders.deliver", "reminders.watch")
# Where a day begins at which minute, by the clock in London.
MIDNIGHTS = {"Asia/Bishkek": "18:00", "Asia/Kolkata": "18:30", "Asia/Tashkent": "19:00"}


class Office:
    """A simulated pair of beat and worker on a real broker."""

    def __init__(self, broker: str) -> None:
        self.app = Celery("office", set_as_current=False)
        self.app.config_from_object("django.conf:settings", namespace="CELERY")
        rung = {name: it for name, it in self.app.conf.beat_schedule.items() if it["task"] in EVERY_MINUTE}
        assert len(rung) == 3
        # One try for each ring, so that the simulated hour takes seconds.
        self.app.conf.update(broker_url=broker, beat_schedule=rung, task_publish_retry=False)
        self.scheduler = Scheduler(self.app)
        self.in_vain = self.lapsed = 0

    def ring(self, name: str) -> None:
        self.app.send_task(name)

    def beat(self) -> None:
        """Ring for everything that is due now."""
        while self.scheduler.tick() == 0:
            pass

    def work(self, now: datetime) -> None:
        """Do what was rung."""
        with self.app.connection_for_read() as connection:
            channel = connection.default_channel
            while (rung := channel.basic_get("now", no_ack=True)) is not None:
                expires = rung.headers["expires"]
                if expires is not None and datetime.fromisoformat(expires) < now:
                    self.lapsed += 1
                    continue
                ours.tasks[rung.headers["task"]].apply(throw=True)


@pytest.fixture
def broker(environment: Environment, places: Places, stop: StopSignals) -> Iterator["Broker"]:  # noqa: F811 - fixtures
    found = Broker(environment, places, stop)
    found.start()
    yield found
    found.kill()


class Broker:
    """A Valkey of this test alone."""

    def __init__(self, environment: Environment, places: Places, stop: StopSignals) -> None:  # noqa: F811 - fixtures
        self._given = (environment, places, stop)
        self.address = f"redis+socket://{places.valkey_socket}"
        self._child: Child | None = None

    def start(self) -> None:
        environment, places, stop = self._given  # noqa: F811 - as named above
        self._child = valkey.start_server(environment, places, with_us=True, stop=stop)

    def kill(self) -> None:
        """End it at once, with all that it held."""
        if self._child is not None:
            self._child.kill()
            self._child.process.wait()
            self._child = None


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, datetime]]:
    """What was delivered, and when."""
    found: list[tuple[str, datetime]] = []

    class Receiver:
        def deliver(self, message: Message) -> None:
            found.append((message.key, timezone.now()))

    monkeypatch.setattr(send, "channel", lambda _name: Receiver())
    return found


def deadline_in(zone: str, number: int = 3) -> None:
    """What is to be spoken of as soon as 23 November begins there, thirty days before."""
    team = make_team(time_zone=zone)
    client = make_client(case=make_case(team=team, caseworker=make_user(team=team)))
    for _ in range(number):
        make_deadline(client=client, due_on=date(2026, 12, 23))


@pytest.mark.django_db
def test_after_an_hour_without_a_broker_everything_goes_within_a_minute(
    broker: Broker, received: list[tuple[str, datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_any_hour()
    for zone in MIDNIGHTS:
        deadline_in(zone)
    with time_machine.travel(BEGINS - STEP, tick=False):
        office = Office(broker.address)
    monkeypatch.setattr(tasks.deliver_reminders, "delay", lambda: office.ring("reminders.deliver"))
    looked: dict[datetime, bool] = {}
    now, is_there = BEGINS, True

    while now < ENDS:
        if is_there != (not GONE <= now < BACK):
            is_there = not is_there
            broker.start() if is_there else broker.kill()
        with time_machine.travel(now, tick=False):
            office.beat()
            if is_there and not BACK <= now < BACK + FINDS_IT_AFTER:
                office.work(now)
        looked[now] = health(now).is_late
        now += STEP

    came: dict[str, set[datetime]] = {zone: set() for zone in MIDNIGHTS}
    for key, at in received:
        came[Reminder.objects.get(pk=key).case.team.time_zone].add(at)  # type: ignore[union-attr]  # all are of a case
    assert len(received) == len({key for key, _at in received}) == Reminder.objects.count() == 3 * len(MIDNIGHTS)
    for zone, midnight in MIDNIGHTS.items():
        begun = datetime.fromisoformat(f"2026-11-22T{midnight}:00+00:00")
        expected = BACK if GONE <= begun < BACK else begun
        assert came[zone], zone
        assert all(expected <= at <= expected + MINUTE for at in came[zone]), (zone, came[zone])
    # What watches it has noticed, and that it is over.
    assert not looked[GONE - STEP]
    assert looked[BACK - STEP]
    assert not looked[ENDS - STEP]


def test_worker_and_beat_look_for_the_broker_for_as_long_as_it_takes() -> None:
    """By default they give up after a hundred tries, some fifty minutes."""
    assert ours.conf.broker_connection_max_retries is None
    assert ours.conf.broker_connection_retry
    assert ours.conf.broker_connection_retry_on_startup


def test_bells_that_nobody_heard_lapse() -> None:
    """A worker that was away does not plan sixty times when it is back."""
    schedule = ours.conf.beat_schedule.values()
    rung = {each["task"]: each.get("options", {}) for each in schedule if each["task"] in EVERY_MINUTE}

    assert all(options["expires"] <= 90 for options in rung.values()), rung


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_and_a_real_beat_find_a_broker_that_comes_back(broker: Broker, tmp_path: Path) -> None:
    at_any_hour()
    log = tmp_path / "worker.log"
    with counting_receiver(pause=0) as received:
        worker = start_worker(tmp_path, "now", receiver=received.port, broker=broker.address)
        keeping = ("beat", "--schedule", str(tmp_path / "schedule"), "--pidfile", "")
        beat = start_celery(tmp_path, *keeping, broker=broker.address)
        try:
            wait_until(Heartbeat.objects.filter(name="deliver").exists, 120, log, pause=0.2)
            broker.kill()
            make_deadline(due_on=timezone.now().date())
            time.sleep(15)
            assert received.deliveries.total() == 0
            broker.start()
            begun = time.monotonic()
            wait_until(lambda: received.deliveries.total() == 1, 75, log, pause=0.2)
            print(f"delivered {time.monotonic() - begun:.0f} s after the broker was back")
        finally:
            kill(beat)
            kill(worker)

    # A minute to the next bell, and a moment for a machine that does other things as well.
    assert time.monotonic() - begun < 65
