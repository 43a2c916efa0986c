"""Reminders: delivery against the same statements in a bare loop, and planning over many open deadlines of which few are due."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from unittest import mock

from django.db import connection, transaction

from casework.clients.models import Client
from casework.lib.ids import new_id
from casework.reminders import send
from casework.reminders.channels import Message
from casework.reminders.counts import Counts
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.timing import Timing
from casework.residency.models import Deadline

from ..copying import copy_rows
from ..frame import Figure, Settings, measure
from ..people import have_people
from ..timing import compare

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
MESSAGES = 100


@measure("reminders", on_database=True)
def reminders(settings: Settings) -> Iterator[Figure]:
    """Claim, look once more, a channel that does nothing, record; as one worker does it, message by message."""
    number = 10 if settings.quick else MESSAGES
    Deadline.objects.all().delete()
    Reminder.objects.all().delete()
    write_deadlines([(client, 0) for client in people(number)])
    plan(now=NOW)
    assert Reminder.objects.count() == number

    with mock.patch.object(send, "channel", return_value=Null()):
        bare = Bare(number)
        taken = compare(lambda: deliver(number), bare.repeat, quick=settings.quick, before=let_wait, between=let_wait)
    yield Figure("reminders.delivery", taken.ratio, "x the same statements", at_most=2)
    yield Figure("reminders.delivery.statements", bare.count / number, "a message")
    yield Figure("reminders.delivery.speed", number / taken.ours, "messages a second")


class Null:
    """A channel that does nothing."""

    def deliver(self, message: Message) -> None:
        """Do nothing."""


def deliver(number: int) -> None:
    timing, counts = Timing(NOW), Counts()
    for _ in range(number):
        assert send.deliver_next(now=NOW, timing=timing, counts=counts)
    assert not Reminder.objects.exclude(state=Reminder.State.SENT).exists()


def let_wait() -> None:
    """Have them all wait again, as if nothing had been sent."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE reminders_attempt")
        cursor.execute(
            "UPDATE reminders_reminder SET state = 'waiting', why = '', settled_at = NULL, lease_until = NULL, tries = 0"
        )
        cursor.execute("VACUUM ANALYZE reminders_reminder")


Statement = tuple[str, Any, bool]


class Bare:
    """What a delivery asks of the database, with its transactions, and nothing else."""

    def __init__(self, number: int) -> None:
        statements: list[tuple[bool, Statement]] = []

        def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
            if not sql.startswith(("SAVEPOINT", "RELEASE")):
                statements.append((connection.in_atomic_block, (sql, params, many)))
            return execute(sql, params, many, context)

        let_wait()
        with connection.execute_wrapper(note):
            deliver(number)
        self.count = len(statements)
        self._groups: list[tuple[bool, list[Statement]]] = [
            (is_transaction, [statement for _, statement in group])
            for is_transaction, group in groupby(statements, key=lambda it: it[0])
        ]

    def repeat(self) -> None:
        for is_transaction, statements in self._groups:
            if is_transaction:
                with transaction.atomic():
                    _execute(statements)
            else:
                _execute(statements)


def _execute(statements: Sequence[Statement]) -> None:
    with connection.cursor() as cursor:
        for sql, params, many in statements:
            (cursor.executemany if many else cursor.execute)(sql, params)
            if cursor.description is not None:
                cursor.fetchall()


def people(number: int) -> list[Client]:
    have_people(max(number, Client.objects.count()), now=NOW)
    return list(Client.objects.order_by("pk")[:number])


def write_deadlines(wanted: Sequence[tuple[Client, int]]) -> None:
    """Write open deadlines of people, each so many days from today."""
    known = {"duty": "leave", "subject_kind": "stay", "country": "KG", "review": "provisional", "computed_at": NOW}
    rows = [
        Deadline(client=client, subject_id=new_id(), due_on=TODAY + timedelta(days=days), **known)
        for client, days in wanted
    ]
    copy_rows(Deadline, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE residency_deadline")
