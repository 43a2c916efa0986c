"""Reminders: delivery against the same statements in a bare loop, and planning over many open deadlines of which few are due."""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from unittest import mock

from django.db import connection, transaction

from casework.accounts.models import Membership
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.lib.ids import new_id
from casework.reminders import send
from casework.reminders.channels import Message
from casework.reminders.counts import Counts
from casework.reminders.deadlines import subject_of
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.schedule import COORDINATORS, COORDINATORS_LEAD, lead_reached, leads_of
from casework.reminders.timing import Timing
from casework.residency.models import Deadline

from ..copying import copy_rows
from ..frame import Figure, Settings, measure
from ..people import have_people
from ..timing import compare

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
MESSAGES, OPEN = 250, 200_000
# Days from today: of these nothing is to be said yet, of those all was said that is to be said by now.
FAR, SAID = range(60, 900), (-200, -60, -8, -1, 0, 2, 6, 10, 29)


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


def write_deadlines(wanted: Sequence[tuple[Client, int]]) -> list[Deadline]:
    """Write open deadlines of people, each so many days from today."""
    known = {"duty": "leave", "subject_kind": "stay", "country": "KG", "review": "provisional", "computed_at": NOW}
    rows = [
        Deadline(client=client, subject_id=new_id(), due_on=TODAY + timedelta(days=days), **known)
        for client, days in wanted
    ]
    copy_rows(Deadline, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE residency_deadline")
    return rows


@measure("reminder_planning", on_database=True)
def reminder_planning(settings: Settings) -> Iterator[Figure]:
    """A morning on which one of a hundred open deadlines is to be spoken of: what a planner reads of them, and how long that takes.

    Of the others half are far away, and of half all is said: on the days before, or when they were over and nobody answered.
    """
    (number,) = settings.sizes_or(2_000 if settings.quick else OPEN)[:1]
    due = number // 100
    Deadline.objects.all().delete()
    Reminder.objects.all().delete()
    everybody = itertools.cycle(people(max(due // 4, 1)))
    source = random.Random(20261127)
    write_deadlines([(next(everybody), source.choice(FAR)) for _ in range(number // 2)])
    said = write_deadlines([(next(everybody), source.choice(SAID)) for _ in range(number // 2 - due)])
    write_sent(said)
    expected = {it.pk for it in write_deadlines([(next(everybody), 7) for _ in range(due)])}
    _analyse()

    read = _read(lambda: plan(now=NOW))
    assert Reminder.objects.filter(state=Reminder.State.WAITING).count() == due
    yield Figure("reminder_planning.read", len(read) / due, "deadlines read for each one due", at_most=1)
    assert read == expected
    Reminder.objects.filter(state=Reminder.State.WAITING).update(state=Reminder.State.SENT, settled_at=NOW)
    _analyse()
    yield Figure(
        "reminder_planning.idle", len(_read(lambda: plan(now=NOW))), "deadlines read a minute later", at_most=0
    )
    taken = compare(lambda: plan(now=NOW), _count, quick=settings.quick)
    yield Figure("reminder_planning.idle.seconds", taken.ours, "s, where nothing is due")
    yield Figure("reminder_planning.idle.ratio", taken.ratio, "x counting what is near in SQL")


def _read(work: Callable[[], object]) -> set[Any]:
    """Return the deadlines that are read from the database meanwhile."""
    read: set[Any] = set()
    make = Deadline.from_db.__func__  # type: ignore[attr-defined]  # a method of the class

    def noting(cls: Any, *args: Any) -> Any:
        found = make(cls, *args)
        read.add(found.pk)
        return found

    with mock.patch.object(Deadline, "from_db", classmethod(noting)):
        work()
    return read


def write_sent(deadlines: Sequence[Deadline]) -> None:
    """Write that of each all was said up to now: to who looks after it, and from the day before on to those who are asked then."""
    asked = dict(Membership.objects.filter(role=Role.COORDINATOR).values_list("team", "user"))
    cases = {client.pk: client.case for client in Client.objects.select_related("case")}
    before, rows = NOW - timedelta(days=1), []
    for it in deadlines:
        case, lead = cases[it.client_id], lead_reached(it.due_on, TODAY, leads_of(it.duty)) if it.due_on else None
        if it.due_on is None or lead is None:
            continue
        told = [(case.caseworker_id, lead, 0)]
        if it.due_on - TODAY <= timedelta(days=COORDINATORS_LEAD):
            told.append((asked[case.team_id], COORDINATORS_LEAD, COORDINATORS))
        known = {"subject": subject_of(it.pk), "due_on": it.due_on, "case": case, "channel": "email", "state": "sent"}
        times = dict.fromkeys(("send_at", "created_at", "settled_at"), before)
        rows += [Reminder(recipient_id=user, lead_days=lead, rung=rung, **known, **times) for user, lead, rung in told]
    copy_rows(Reminder, rows)


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reminders_reminder, residency_deadline, clients_client, clients_case")


def _count() -> int:
    return Deadline.objects.open().due_by(TODAY + timedelta(days=181)).filter(optional=False).count()
