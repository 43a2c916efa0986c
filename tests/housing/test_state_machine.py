"""Anything in any order: no bed has two people, nobody two beds, and the board says what a recount of the rows says."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Address, Client
from casework.housing import actions
from casework.housing.models import Bed, BedBlock, Lease, Placement
from casework.housing.models.placement import IS_SOMEWHERE, TAKES_A_BED
from casework.housing.occupancy import State
from casework.housing.queries import board, numbers_by_day
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.housing import TODAY, make_beds, make_lease, make_site

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SHOWN = 24
# Sentences that people are told. Everything else that is raised fails the test.
REFUSALS = (
    actions.UnableToPlace,
    actions.UnableToBlockBed,
    actions.UnableToKeepPlace,
    actions.UnableToKeepLease,
    ChangedMeanwhile,
)
people = st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True)
beds = st.lists(st.integers(0, 4), min_size=3, max_size=3, unique=True)
start = st.integers(-2, 6)
nights = st.one_of(st.none(), st.integers(0, 8))
pick = st.integers(0, 40)
reason = st.sampled_from(["", "Так договорились"])


class Beds(RuleBasedStateMachine):
    """Six people of three cases, five beds in two rooms of one site, one of them leased for a while; time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def build(self) -> None:
        self.now: datetime = NOW
        self.by = make_user()
        team = team_of(self.by)
        site = make_site(team=team, by=self.by)
        rooms = make_beds(3, site=site), make_beds(2, site=site, for_whom="women")
        make_lease(site, rooms[0][0].unit, until=TODAY + 12 * DAY, by=self.by)
        self.beds = [bed.pk for bed in rooms[0] + rooms[1]]
        cases = [make_case(team=team, by=self.by) for _ in range(3)]
        sexes = ("female", "male", "unknown") * 2
        self.people = [make_client(case=cases[number // 2], by=self.by, sex=sexes[number]).pk for number in range(6)]
        self.placements: list[Any] = []
        self.blocks: list[Any] = []

    @property
    def today(self) -> date:
        return self.now.date()

    def placing(self, who: list[int], where: list[int]) -> dict[Client, Bed]:
        clients = {pk: Client.objects.get(pk=pk) for pk in (self.people[number] for number in who)}
        rows = [Bed.objects.with_place().get(pk=self.beds[number]) for number in where]
        return dict(zip(clients.values(), rows, strict=False))

    def days(self, since: int, length: int | None) -> dict[str, Any]:
        first = self.today + since * DAY
        return {"since": first, "until": None if length is None else first + length * DAY}

    def do(self, act: Any, **asked: Any) -> Any:
        try:
            with transaction.atomic():
                return act(by=self.by, now=self.now, **asked)
        except REFUSALS:
            return []

    def keep(self, rows: list[Placement], who: list[int]) -> None:
        order = {self.people[number]: number for number in who}
        self.placements += [row.pk for row in sorted(rows, key=lambda row: order[row.client_id])]

    def some(self, number: int, *, family: bool) -> list[Placement]:
        """Return one of the placements, or all that its act has placed."""
        if not self.placements:
            return []
        row = Placement.objects.get(pk=self.placements[number % len(self.placements)])
        return list(Placement.objects.filter(act=row.act)) if family else [row]

    @rule(who=people, where=beds, since=start, length=nights, hours=st.integers(-1, 50), why=reason)
    def hold(self, who: Any, where: Any, since: int, length: Any, hours: int, why: str) -> None:
        asked = {"people_in_beds": self.placing(who, where), "reason": why, **self.days(since, length)}
        self.keep(self.do(actions.hold, held_until=self.now + timedelta(hours=hours), **asked), who)

    @rule(who=people, where=beds, since=start, length=nights, may_move=st.booleans(), there=st.booleans(), why=reason)
    def book(self, who: Any, where: Any, since: int, length: Any, may_move: bool, there: bool, why: str) -> None:
        asked = {"people_in_beds": self.placing(who, where), "reason": why, **self.days(since, length)}
        self.keep(self.do(actions.book, may_move=may_move, checks_in=there, **asked), who)

    @rule(who=people, where=beds, since=start, length=nights, why=reason)
    def move(self, who: Any, where: Any, since: int, length: Any, why: str) -> None:
        days = self.days(since, length)
        asked = {"people_in_beds": self.placing(who, where), "on": days["since"], "until": days["until"]}
        self.keep(self.do(actions.move, reason=why, **asked), who)

    @rule(number=pick, family=st.booleans(), may_move=st.booleans())
    def book_held(self, number: int, family: bool, may_move: bool) -> None:
        if rows := self.some(number, family=family):
            self.do(actions.book_held, placements=rows, may_move=may_move)

    @rule(number=pick, family=st.booleans(), may_move=st.booleans(), on=st.one_of(st.none(), start))
    def check_in(self, number: int, family: bool, may_move: bool, on: int | None) -> None:
        if rows := self.some(number, family=family):
            day = None if on is None else self.today + on * DAY
            self.do(actions.check_in, placements=rows, may_move=may_move, on=day)

    @rule(number=pick, family=st.booleans(), length=nights, why=reason)
    def extend(self, number: int, family: bool, length: Any, why: str) -> None:
        if rows := self.some(number, family=family):
            self.do(actions.extend, placements=rows, until=self.days(4, length)["until"], reason=why)

    @rule(number=pick, length=st.integers(0, 8))
    def shorten(self, number: int, length: int) -> None:
        if rows := self.some(number, family=False):
            self.do(actions.shorten, placements=rows, until=self.today + length * DAY)

    @rule(number=pick, family=st.booleans(), on=start)
    def check_out(self, number: int, family: bool, on: int) -> None:
        if rows := self.some(number, family=family):
            self.do(actions.check_out, placements=rows, on=self.today + on * DAY, ending="other")

    @rule(number=pick, family=st.booleans(), what=st.sampled_from(["no_show", "cancel", "take_back"]))
    def end(self, number: int, family: bool, what: str) -> None:
        if rows := self.some(number, family=family):
            acts: dict[str, Any] = {"no_show": actions.mark_no_show, "take_back": actions.take_back}
            more = {"ending": "other"} if what == "cancel" else {}
            self.do(acts.get(what, actions.cancel), placements=rows, **more)

    @rule(bed=st.integers(0, 4), since=start, length=nights)
    def block(self, bed: int, since: int, length: Any) -> None:
        row = Bed.objects.with_place().get(pk=self.beds[bed])
        if made := self.do(actions.block_bed, bed=row, reason="repair", **self.days(since, length)):
            self.blocks.append(made.pk)

    @rule(number=pick, on=start)
    def end_block(self, number: int, on: int) -> None:
        if self.blocks:
            row = BedBlock.objects.get(pk=self.blocks[number % len(self.blocks)])
            self.do(actions.end_block, block=row, on=self.today + on * DAY, version=row.version)

    @rule(bed=st.integers(0, 4), on=start)
    def close_or_reopen(self, bed: int, on: int) -> None:
        row = Bed.objects.get(pk=self.beds[bed])
        if row.closed_on is None:
            self.do(actions.close_bed, bed=row, on=self.today + on * DAY, version=row.version)
        else:
            self.do(actions.reopen_bed, bed=row, version=row.version)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        actions.release_lapsed_holds(self.now)

    @invariant()
    def nobody_shares_a_night(self) -> None:
        if not hasattr(self, "beds"):
            return
        rows = list(Placement.objects.all())
        for states, key in ((TAKES_A_BED, "bed_id"), (IS_SOMEWHERE, "client_id")):
            of_key: dict[Any, list[Any]] = {}
            for row in rows:
                if row.state in states and (row.until is None or row.until > row.since):
                    of_key.setdefault(getattr(row, key), []).append((row.since, row.until or date.max))
            for nights_taken in of_key.values():
                assert all(former[1] <= later[0] for former, later in pairwise(sorted(nights_taken)))

    @invariant()
    def the_board_and_the_numbers_are_a_recount(self) -> None:
        if not hasattr(self, "beds"):
            return
        since, until = self.today - 4 * DAY, self.today + (SHOWN - 4) * DAY
        counts = numbers_by_day(self.by, self.now, since, until, group=lambda _bed: 0)[0]
        (site,) = board(self.by, self.now, since, until)
        told = {row.bed.pk: row.stretches for row in site.beds}
        recount = Recount(self.now)
        for day in counts.days:
            expected = {bed: recount.state(bed, day) for bed in self.beds}
            shown = {
                bed: next((it.state for it in told.get(bed, ()) if it.stretch.since <= day < it.stretch.until), None)
                for bed in self.beds
            }
            assert shown == expected
            states = list(expected.values())
            assert counts.on(day) == {state: states.count(state) for state in State}

    @invariant()
    def who_lives_in_a_bed_has_its_address(self) -> None:
        if not hasattr(self, "beds"):
            return
        living = set(Placement.objects.filter(state="checked_in").values_list("client", flat=True))
        at_home = set(Address.objects.filter(until__isnull=True).values_list("client", flat=True))
        assert living == at_home


class Recount:
    """What a bed is on a day, from its rows one by one."""

    def __init__(self, now: datetime) -> None:
        self.beds = {bed.pk: bed for bed in Bed.objects.select_related("unit")}
        self.placements = [row for row in Placement.objects.all() if not (row.held_until and row.held_until <= now)]
        self.blocks = list(BedBlock.objects.all())
        self.leases = list(Lease.objects.all())

    def state(self, pk: Any, day: date) -> State | None:
        bed = self.beds[pk]
        if day < bed.opened_on or (bed.closed_on is not None and day >= bed.closed_on):
            return None
        found = {row.state for row in self._on(self.placements, day) if row.bed_id == pk}
        if found & {"checked_in", "checked_out"}:
            return State.OCCUPIED
        if "booked" in found:
            return State.BOOKED
        if found & {"held", "no_show"}:
            return State.HELD
        of_unit = [lease for lease in self.leases if lease.unit_id == bed.unit_id]
        if of_unit and not list(self._on(of_unit, day)):
            return State.OUT_OF_LEASE
        is_blocked = any(block.bed_id == pk for block in self._on(self.blocks, day))
        return State.BLOCKED if is_blocked else State.FREE

    @staticmethod
    def _on(rows: Any, day: date) -> Iterator[Any]:
        return (row for row in rows if row.since <= day and (row.until is None or row.until > day))


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_whatever_people_do_no_bed_is_given_to_two() -> None:
    run_state_machine_as_test(Beds, settings=settings(max_examples=3, stateful_step_count=20, **QUIET))


@pytest.mark.slow
def test_ten_thousand_steps() -> None:
    run_state_machine_as_test(Beds, settings=settings(max_examples=200, stateful_step_count=50, **QUIET))
