"""Real Celery workers on a real broker, killed in the middle: nothing is lost, and nothing comes twice to a receiver that honours keys."""

import os
import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from casework.lib.ids import new_id, new_reference
from casework.reminders.models import Attempt, Reminder
from casework.reminders.plan import plan
from casework.residency.models import Deadline

from .counting_receiver import Received, counting_receiver
from .deadlines import at_any_hour, make_deadline
from .processes import kill, ring, start_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

State = Reminder.State
OF_A_CASEWORKER = 500
# So long the receiver keeps a message before it answers: a third of the kills fall into that.
PAUSE = 0.005


def queue_reminders(number: int) -> None:
    """Have so many that are due."""
    at_any_hour()
    now = timezone.now()
    for begun in range(0, number, OF_A_CASEWORKER):
        one = make_deadline(due_on=now.date())
        known = {name: getattr(one, name) for name in ("client", "duty", "country", "review", "due_on", "subject_kind")}
        Deadline.objects.bulk_create(
            Deadline(subject_id=new_id(), computed_at=now, **known)
            for _ in range(min(OF_A_CASEWORKER, number - begun) - 1)
        )
    plan(now=now)
    assert Reminder.objects.filter(state=State.WAITING).count() == number


def sent() -> int:
    return Reminder.objects.filter(state=State.SENT).count()


def is_done() -> bool:
    return not Reminder.objects.filter(state__in=(State.WAITING, State.SENDING)).exists()


def live_and_die(folder: Path, received: Received, seconds: float) -> bool:
    """Let a worker claim, kill it so many seconds later; return False if it had finished before that."""
    queue, before = f"test-{new_reference()}", received.deliveries.total()
    worker, log = start_worker(folder, queue, receiver=received.port), folder / "worker.log"
    try:
        ring(queue)
        wait_until(lambda: received.deliveries.total() > before or is_done(), 90, log)
        until = time.monotonic() + seconds
        while time.monotonic() < until and not is_done():
            time.sleep(0.02)
        return not is_done()
    finally:
        kill(worker)


def finish(folder: Path, received: Received) -> None:
    """Let one worker live until all is done, asked again and again as beat would: what a dead one held comes after its lease."""
    queue, log = f"test-{new_reference()}", folder / "worker.log"
    worker = start_worker(folder, queue, receiver=received.port)
    try:
        for _ in range(60):
            if is_done():
                return
            ring(queue)
            time.sleep(3)
        raise AssertionError(f"not done in three minutes; the worker said:\n{log.read_text()[-3000:]}")
    finally:
        kill(worker)


def check_nothing_lost_nothing_twice(received: Received, number: int, kills: int) -> None:
    """Each came, none was settled otherwise, and a receiver without memory saw at most one repeat a kill."""
    assert set(received.deliveries) == {
        f"<{pk}@casework.invalid>" for pk in Reminder.objects.values_list("pk", flat=True)
    }
    assert len(received.deliveries) == sent() == number
    assert received.repeated <= kills
    assert max(received.deliveries.values()) <= 1 + kills
    assert Attempt.objects.filter(outcome=Attempt.Outcome.DELIVERED).count() == number


def test_a_killed_worker_loses_nothing_and_repeats_nothing_to_a_receiver_that_knows_the_key(tmp_path: Path) -> None:
    queue_reminders(60)

    with counting_receiver(pause=0.05) as received:
        killed = live_and_die(tmp_path, received, seconds=0.5)
        # The lease of what it held runs out.
        Reminder.objects.filter(state=State.SENDING).update(lease_until=timezone.now() - timedelta(seconds=1))
        finish(tmp_path, received)

    assert killed
    check_nothing_lost_nothing_twice(received, 60, kills=1)


@pytest.mark.slow
def test_ten_thousand_reminders_survive_a_kill_one_to_five_seconds_after_each_claim(tmp_path: Path) -> None:
    """Again and again until all have gone, with leases that run out by themselves. REMINDERS names another number of them."""
    number, kills, source = int(os.environ.get("REMINDERS", "10000")), 0, random.Random(20261127)
    queue_reminders(number)

    with counting_receiver(pause=PAUSE) as received:
        begun = time.monotonic()
        while sent() + Reminder.objects.filter(state=State.SENDING).count() < number:
            kills += live_and_die(tmp_path, received, seconds=source.uniform(1, 5))
        finish(tmp_path, received)

    print(f"{number} reminders, {kills} kills, {received.repeated} repeats, {time.monotonic() - begun:.0f} s")
    check_nothing_lost_nothing_twice(received, number, kills)
