"""Several planners and several workers at once, with threads and a barrier."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from casework.reminders import send
from casework.reminders.channels import Message
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from tests.factories.accounts import NOW

from .deadlines import make_deadline

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number: int, act: Callable[[], object]) -> None:
    """Let `number` threads do the same at the same time, each on a connection of its own."""
    barrier = threading.Barrier(number)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            act()
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_five_planners_make_no_duplicate() -> None:
    client = make_deadline().client
    for _ in range(20):
        make_deadline(client=client)

    at_once(5, lambda: plan(now=NOW))

    assert Reminder.objects.count() == 21


def test_five_workers_send_each_reminder_once(monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_deadline().client
    for _ in range(20):
        make_deadline(client=client)
    plan(now=NOW)
    received: list[str] = []

    class Receiver:
        def deliver(self, message: Message) -> None:
            received.append(message.key)

    monkeypatch.setattr(send, "channel", lambda name: Receiver())

    at_once(5, lambda: send.deliver_due(clock=lambda: NOW))

    assert Counter(received) == {str(it.pk): 1 for it in Reminder.objects.all()}
    assert set(Reminder.objects.values_list("state", flat=True)) == {"sent"}
