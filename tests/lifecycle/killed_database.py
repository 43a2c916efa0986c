"""A PostgreSQL that is killed while people write: the server, the people, and what is to be there afterwards."""

import itertools
import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection, connections
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.audit.models import Event
from casework.audit.seal import seal_waiting
from casework.clients import actions as clients
from casework.clients.models import Case, Client, TimedAccess, Transfer
from casework.config.embedded import postgres
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import Child, Identity, StopSignals, end
from casework.housing import actions as housing
from casework.housing.models import Bed, Placement
from casework.lib.dates import Birth, BoundedDay
from casework.lifecycle.intake import Arrival, Person, log_case
from casework.residency import actions as residency
from casework.residency.models import Deadline, Decision, Stay
from tests.reports.standby import fill

# What the servers of other tests leave out is what this one is about.
DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on", "max_connections=40", "checkpoint_timeout=30s")
FAMILY = 3
PATIENCE = 120  # seconds for anything that ends by itself


class Server:
    """A server of its own, to be killed and started again; the connections of Django lead there."""

    def __init__(self, environment: Environment, places: Places, stop: StopSignals) -> None:
        self.places, self.stop = places, stop
        self.programs = postgres.binaries(environment, places)
        self.data = postgres.data_directory(places, self.programs.major())
        self.child: Child | None = None

    def start(self) -> None:
        self.child = postgres.start_server(
            self.programs, self.places, self.data, with_us=True, stop=self.stop, settings=DURABLE
        )

    def kill(self) -> None:
        """Kill the server and every process of it, none of which gets to write what it holds in memory."""
        assert self.child is not None
        pid = self.child.process.pid
        os.kill(pid, signal.SIGSTOP)  # it starts no other meanwhile, and ends none in good order
        for each in [pid, *_children_of(pid)]:
            os.kill(each, signal.SIGKILL)
        self.child.process.wait(timeout=PATIENCE)

    def ends(self) -> None:
        if self.child is not None:
            end([self.child], self.stop, seconds=30)


def _children_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and Identity.of(int(entry.name)):
            try:
                ppid = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if ppid == parent:
                found.append(int(entry.name))
    return found


@contextmanager
def server(environment: Environment, places: Places, stop: StopSignals) -> Iterator[Server]:
    it = Server(environment, places, stop)
    before = dict(connection.settings_dict)
    postgres.initialise(it.programs, places, it.data)
    try:
        it.start()
        fill(it.programs, places)
        connection.settings_dict.update(
            HOST=str(places.postgres_sockets), USER="postgres", NAME=postgres.DATABASE, PORT="5432", OPTIONS={}
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('fsync'), current_setting('full_page_writes'), to_regclass('public.clients_case')"
            )
            assert cursor.fetchone() == ("on", "on", "clients_case")
        yield it
    finally:
        connection.close()
        connection.settings_dict.update(before)
        it.ends()


@dataclass(slots=True)
class Act:
    """Something that a person does. `traces`: by name, whether each of the things that it leaves is there."""

    name: str
    do: Callable[[], object]
    traces: Callable[[], dict[str, bool]]
    twice: bool = False  # a form that may be sent again, whether or not it got through
    acknowledged: bool = False
    cuts: int = 0

    def is_there(self) -> bool:
        """Tell whether it happened; half of it is never there, and what was acknowledged is."""
        found = self.traces()
        assert len(set(found.values())) == 1, f"half of {self.name} is there: {found}"
        there = all(found.values())
        assert there or not self.acknowledged, f"{self.name} was acknowledged and is gone"
        return there


@dataclass
class Office:
    """Whom and what the writers share."""

    team: Team
    coordinator: User
    there: User
    helper: User
    beds: list[Bed]
    up: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    acts: list[Act] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    parked: set[str] = field(default_factory=set)
    nights: Iterator[int] = field(default_factory=itertools.count)
    cut: int = 0
    cut_and_there: int = 0

    def wait_until_up(self) -> bool:
        """Wait while the server is away; return whether there is more to do."""
        name = threading.current_thread().name
        if not self.up.is_set():
            connections.close_all()
            self.parked.add(name)
            self.up.wait(timeout=PATIENCE)
            self.parked.discard(name)
        return self.up.is_set() and not self.over.is_set()

    def carry_out(self, act: Act) -> bool:
        """Do it until it is acknowledged or found to be there; return False where it is all over."""
        while self.wait_until_up():
            try:
                if act.cuts and act.is_there() and not act.twice:
                    return True
                act.do()
                act.acknowledged = True
                self.acts.append(act)
                return True
            except (DatabaseError, InterfaceError):
                if self.up.is_set():
                    raise
                act.cuts += 1
                self.acts.append(act)
        return False


def write(office: Office, seed: int) -> None:
    """Log families and do for them what is done in an office, one after the other, until it is over."""
    chance = random.Random(seed)
    _in_thread(office, lambda: _live(office, chance))


def seal(office: Office) -> None:
    """Seal the audit chain all the time, as a worker does now and then."""

    def sealing() -> None:
        while office.wait_until_up():
            try:
                seal_waiting()
            except (DatabaseError, InterfaceError):
                if office.up.is_set():
                    raise
            office.over.wait(0.05)

    _in_thread(office, sealing)


def _in_thread(office: Office, work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - the test that waits tells of it
        office.failures.append(f"{threading.current_thread().name}: {error!r}")
    finally:
        office.parked.add(threading.current_thread().name)
        connections.close_all()


def _live(office: Office, chance: random.Random) -> None:
    while office.wait_until_up():
        token = uuid.uuid4()
        if not office.carry_out(logging(office, token)):
            return
        parts = [booking, deciding, giving]  # nobody gets access for a time to a case that is restricted
        chance.shuffle(parts)
        for part in [*parts, restricting, offering, accepting]:
            while office.wait_until_up():
                try:
                    act = part(office, Case.objects.get(submit_token=token))
                    break
                except (DatabaseError, InterfaceError):
                    if office.up.is_set():
                        raise
            else:
                return
            if not office.carry_out(act):
                return


def logging(office: Office, token: uuid.UUID) -> Act:
    names = [f"Вымышлен{token.hex[:6]}{number}" for number in range(FAMILY)]
    people = [
        Person(family_name="Образцова", given_name=name, birth=Birth(date(1990, 5, 17)), nationalities=("RU",))
        if not number
        else Person(given_name=name, birth=Birth(date(2015, 1, 1)), relation="child", nationalities=("RU",))
        for number, name in enumerate(names)
    ]

    def do() -> None:
        now = timezone.now()
        log_case(
            team=office.team,
            caseworker=office.coordinator,
            principal=people[0],
            family=people[1:],
            arrival=Arrival(country="KZ", entered=BoundedDay.exactly(now.date() - timedelta(days=3))),
            by=office.coordinator,
            now=now,
            today=now.date(),
            submit_token=token,
        )

    def traces() -> dict[str, bool]:
        case = Case.objects.filter(submit_token=token).first()
        if case is None:  # whatever belongs to a case refers to it: see `look_at_everything` for what does not
            return {"case": False}
        people = Client.objects.filter(case=case)
        return {
            "case": True,
            "people, read with their keys": sorted(each.given_name for each in people) == sorted(names),
            "stays": Stay.objects.filter(client__case=case).count() == FAMILY,
            "deadlines": Deadline.objects.filter(client__case=case).count() == FAMILY,
            "event": _events("lifecycle.case_logged", case.pk) == 1,
        }

    return Act("logging a case", do, traces, twice=True)


def booking(office: Office, case: Case) -> Act:
    act, slot = uuid.uuid4(), next(office.nights)
    families = len(office.beds) // FAMILY
    since = timezone.now().date() + timedelta(days=2 + slot // families)
    first = slot % families * FAMILY
    beds = office.beds[first : first + FAMILY]

    def do() -> None:
        housing.book(
            people_in_beds=dict(zip(Client.objects.filter(case=case).order_by("pk"), beds, strict=True)),
            since=since,
            until=since + timedelta(days=1),
            reason="Invented.",
            by=office.coordinator,
            now=timezone.now(),
            act=act,
        )

    def traces() -> dict[str, bool]:
        rows = Placement.objects.filter(act=act)
        told = Event.objects.filter(type="housing.placement_booked", case_id=case.pk)
        ids = {each for event in told for each in event.data["placements"]}
        assert rows.count() in (0, FAMILY), "half a family is in beds"
        return {"placements": rows.exists(), "event": len(told) == 1 and ids == {str(row.pk) for row in rows}}

    return Act("placing a family", do, traces, twice=True)


def deciding(office: Office, case: Case) -> Act:
    deadline = Deadline.objects.filter(client__case=case).order_by("pk")[0]

    def do() -> None:
        residency.mark_done(deadline=deadline, seen_on=deadline.drives_on, by=office.coordinator, now=timezone.now())

    def traces() -> dict[str, bool]:
        return {
            "decision": Decision.objects.filter(deadline=deadline).count() == 1,
            "state": Deadline.objects.get(pk=deadline.pk).state == Deadline.State.DONE,
            "event": _events("residency.deadline_done", deadline.pk) == 1,
        }

    return Act("deciding about a deadline", do, traces)


def giving(office: Office, case: Case) -> Act:
    access = uuid.uuid4()

    def do() -> None:
        now = timezone.now()
        clients.give_access(
            user=office.there,
            starts_at=now,
            ends_at=now + timedelta(days=1),
            reason="Invented.",
            by=office.coordinator,
            now=now,
            case=case,
            access_id=access,
        )

    def traces() -> dict[str, bool]:
        return {
            "access": TimedAccess.objects.filter(pk=access).exists(),
            "event": _events("clients.access_given", access) == 1,
        }

    return Act("giving access", do, traces, twice=True)


def restricting(office: Office, case: Case) -> Act:
    def do() -> None:
        people = [office.coordinator, office.helper]
        now, by = timezone.now(), office.coordinator
        version = Case.objects.get(pk=case.pk).version
        clients.restrict_case(case=case, people=people, version=version, by=by, now=now, reason="Invented.")

    def traces() -> dict[str, bool]:
        now = Case.objects.get(pk=case.pk)
        return {
            "restricted": now.restricted,
            "people named": now.members.count() == 2,
            "note": now.notes.count() == 1,
            "event": _events("clients.case_restricted", case.pk) == 1,
        }

    return Act("restricting a case", do, traces)


def offering(office: Office, case: Case) -> Act:
    offer = uuid.uuid4()

    def do() -> None:
        clients.offer_case(
            case=case,
            to_team=office.team,
            to_worker=office.helper,
            note="Invented.",
            by=office.coordinator,
            now=timezone.now(),
            transfer_id=offer,
        )

    def traces() -> dict[str, bool]:
        return {
            "offer": Transfer.objects.filter(pk=offer).exists(),
            "event": _events("clients.transfer_offered", offer) == 1,
        }

    return Act("offering a case", do, traces, twice=True)


def accepting(office: Office, case: Case) -> Act:
    def do() -> None:
        offer = Transfer.objects.get(case=case)
        clients.accept_transfer(transfer=offer, by=office.helper, now=timezone.now())

    def traces() -> dict[str, bool]:
        offer = Transfer.objects.get(case=case)
        return {
            "answer": offer.state == Transfer.State.ACCEPTED,
            "caseworker": Case.objects.get(pk=case.pk).caseworker_id == office.helper.pk,
            "event": _events("clients.case_handed_over", offer.pk) == 1,
        }

    return Act("taking a case over", do, traces)


def _events(type: str, subject: uuid.UUID) -> int:
    return Event.objects.filter(type=type, subject_id=str(subject)).count()


def until(done: Callable[[], bool]) -> None:
    """Wait for it, not for ever."""
    end_of_patience = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end_of_patience
        time.sleep(0.01)
