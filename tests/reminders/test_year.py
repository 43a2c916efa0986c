"""Five planners at once through simulated time, over both changes of the clocks: nothing is missed, nothing comes twice.

What must come is worked out here from the days alone, by another way than the planner's: a lead speaks from midnight of its day, where
the deadline falls due, until midnight of the day of the next lead. Whoever looks at least once in between must have said it.
"""

import random
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from casework.reminders import send
from casework.reminders.channels import Message
from casework.reminders.deadlines import subject_of
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.policies import QUIET_FROM, QUIET_UNTIL
from casework.reminders.schedule import leads_of
from casework.residency.models import Deadline, Jurisdiction
from tests.factories.accounts import LONG_AGO, make_team, make_user
from tests.factories.clients import make_case, make_client

from .deadlines import make_deadline

pytestmark = pytest.mark.django_db(transaction=True)

PLANNERS = 5
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Clocks are changed on other days in each of the first four, one of them by half an hour; in the last two never.
PLACES = {
    "RS": "Europe/Belgrade",
    "US": "America/New_York",
    "CL": "America/Santiago",
    "AU": "Australia/Lord_Howe",
    "KG": "Asia/Bishkek",
    "KZ": "Asia/Almaty",
}
DUTIES = ("leave", "register", "notify_arrival", "renew_permit", "keep_document")
FIRST = datetime(2026, 12, 1, tzinfo=UTC)
CHANGES = (date(2027, 3, 28), date(2027, 10, 31))


@dataclass
class Office:
    """A team, and what came to its caseworker: each key with the hours at which it came."""

    country: str
    zone: str
    came: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0), ZoneInfo(self.zone)).astimezone(UTC)

    def is_quiet(self, at: datetime) -> bool:
        clock = at.astimezone(ZoneInfo(self.zone)).time()
        return clock >= QUIET_FROM or clock < QUIET_UNTIL


class World:
    """Offices with deadlines all over the time, five planners and a delivery."""

    def __init__(self, deadlines: Sequence[tuple[str, str, date]], monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = FIRST
        self.looks: list[datetime] = []
        self.offices = {country: Office(country, zone) for country, zone in PLACES.items()}
        self.deadlines: dict[UUID, tuple[Deadline, Office]] = {}
        # From here on only: what ends a deadline before that is out of its time.
        self.answered: dict[UUID, datetime] = {}
        for country, zone in PLACES.items():
            Jurisdiction.objects.create(code=country, time_zone=zone)
            team = make_team(country=country, time_zone=zone)
            worker = make_user(team=team)
            client = make_client(case=make_case(team=team, caseworker=worker, now=LONG_AGO), now=LONG_AGO)
            for _country, duty, due_on in (it for it in deadlines if it[0] == country):
                row = make_deadline(client=client, due_on=due_on, duty=duty, country=country, now=LONG_AGO)
                self.deadlines[row.pk] = (row, self.offices[country])
        self.office_of = {subject_of(pk): office for pk, (_row, office) in self.deadlines.items()}
        world = self

        class Receiver:
            def deliver(self, message: Message) -> None:
                subject = Reminder.objects.values_list("subject", flat=True).get(pk=message.key)
                world.office_of[subject].came[message.key].append(world.now)

        monkeypatch.setattr(send, "channel", lambda _name: Receiver())

    def look(self, now: datetime, planners: "Planners") -> None:
        """Let all planners look at once, then deliver what may go."""
        self.now = now
        self.looks.append(now)
        planners.plan(now)
        send.deliver_due(clock=lambda: now)

    def answer(self, now: datetime) -> None:
        """Do one deadline that is open."""
        pk = next(pk for pk in self.deadlines if pk not in self.answered)
        Deadline.objects.filter(pk=pk).update(state="done")
        self.answered[pk] = now

    def expected(self) -> dict[tuple[str, int], datetime]:
        """Return what must have been queued: subject and lead, with the first look at which it was to be."""
        found = {}
        for pk, (row, office) in self.deadlines.items():
            leads = leads_of(row.duty)
            days = [office.midnight(row.due_on - timedelta(days=lead)) for lead in leads]
            until = self.answered.get(pk, datetime.max.replace(tzinfo=UTC))
            for lead, (begins, ends) in zip(leads, pairwise([*days, datetime.max.replace(tzinfo=UTC)]), strict=True):
                looks = [at for at in self.looks if begins <= at < ends and at < until]
                if looks:
                    found[subject_of(pk), lead] = looks[0]
        return found

    def check(self) -> int:
        """Hold what came against what must have come; return how many that were."""
        expected = self.expected()
        rows = {(it.subject, it.lead_days): it for it in Reminder.objects.all()}
        assert Reminder.objects.count() == len(rows)
        assert rows.keys() == expected.keys()
        for key, first in expected.items():
            row, office = rows[key], self.office_of[key[0]]
            came = office.came.get(str(row.pk), [])
            allowed = [at for at in self.looks if at >= first and not office.is_quiet(at)]
            if row.state == Reminder.State.SENT:
                assert came == allowed[:1], (key, first, came)
            else:
                # Answered before its hour came, or the hours of this test are over.
                assert came == []
                assert (row.state, row.why) in {("stopped", "done"), ("waiting", "")}
                answered = self.answered.get(UUID(key[0].removeprefix("deadline:")))
                assert not allowed or (answered is not None and allowed[0] >= answered), (key, first)
        return len(expected)


class Planners:
    """Five, each in a thread and on a connection of its own, that begin at the same moment."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool, self._barrier = pool, threading.Barrier(PLANNERS)

    def plan(self, now: datetime) -> None:
        for each in [self._pool.submit(self._plan, now) for _ in range(PLANNERS)]:
            each.result()

    def _plan(self, now: datetime) -> None:
        self._barrier.wait(timeout=30)
        plan(now=now)

    def close(self) -> None:
        for each in [self._pool.submit(self._close) for _ in range(PLANNERS)]:
            each.result()

    def _close(self) -> None:
        self._barrier.wait(timeout=30)
        connection.close()


@contextmanager
def five_planners() -> Iterator[Planners]:
    with ThreadPoolExecutor(PLANNERS) as pool:
        planners = Planners(pool)
        try:
            yield planners
        finally:
            planners.close()


def looks_around(day: date, days: int, step: timedelta) -> list[datetime]:
    middle = datetime.combine(day, time(0), UTC)
    return [middle + number * step for number in range(int(-days * DAY / step), int(days * DAY / step) + 1)]


def test_both_changes_of_the_clocks_with_five_planners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four days about each, every four hours; the office of each country works through its own hours."""
    deadlines = [
        (country, duty, change + timedelta(days=days))
        for change in CHANGES
        for country, duty, days in zip(
            PLACES, ("leave", "register", "notify_arrival") * 2, (0, 1, 2, 3, 7, 14), strict=True
        )
    ]
    world = World(deadlines, monkeypatch)

    with five_planners() as planners:
        for change in CHANGES:
            for at in looks_around(change, 2, 4 * HOUR):
                world.look(at, planners)

    assert world.check() >= 30


@pytest.mark.slow
def test_a_year_with_five_planners_outages_and_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """About four looks a day at odd minutes, every hour about the changes of clocks, some days nobody looks at all, and some are answered."""
    source = random.Random(20261127)
    deadlines = [
        (source.choice(list(PLACES)), source.choice(DUTIES), FIRST.date() + timedelta(days=source.randint(0, 380)))
        for _ in range(70)
    ]
    deadlines += [(country, "leave", change) for change in CHANGES for country in PLACES]
    world = World(deadlines, monkeypatch)
    looks = {FIRST + timedelta(hours=6 * number, minutes=source.randint(0, 300)) for number in range(4 * 366)}
    looks |= {at for change in CHANGES for at in looks_around(change, 2, HOUR)}
    away = [FIRST + source.randint(0, 365) * DAY for _ in range(12)]
    lengths = [source.choice((HOUR * 7, DAY, DAY * 3)) for _ in away]
    looks = {
        at for at in looks if not any(since <= at < since + for_ for since, for_ in zip(away, lengths, strict=True))
    }

    with five_planners() as planners:
        for number, at in enumerate(sorted(looks)):
            if number % 120 == 119:
                world.answer(at)
            world.look(at, planners)

    number = world.check()
    print(
        f"{len(looks)} looks of {PLANNERS} planners, {len(deadlines)} deadlines, {number} reminders: 0 missed, 0 double"
    )
    assert number > 300
