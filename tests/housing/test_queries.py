"""Free beds, the board and the numbers of days: the same answer whoever counts."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.housing import actions
from casework.housing.fit import Wishes
from casework.housing.loading import bed_days
from casework.housing.models import Bed, Placement
from casework.housing.occupancy import State
from casework.housing.queries import board, ending_soon, numbers_by_day, numbers_on, open_rooms, overdue, suggestions
from casework.housing.vacancy import free_beds
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import hide, make_client
from tests.factories.housing import TODAY, book, hold, make_bed, make_beds, make_block, make_lease, make_site, make_unit

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def d(number: int | None) -> Any:
    return None if number is None else TODAY + number * DAY


@pytest.fixture
def by() -> User:
    return make_user()


def at_home(by: User, number: int = 1, **fields: Any) -> list[Bed]:
    site = fields.pop("site", None) or make_site(team=team_of(by))
    return make_beds(number, site=site, **fields)


def person(by: User) -> Client:
    return make_client(team=team_of(by), by=by)


step = st.tuples(
    st.sampled_from(["book", "hold", "block", "close", "lease", "no_show"]),
    st.integers(0, 3),
    st.integers(0, 12),
    st.one_of(st.none(), st.integers(1, 8)),
)


def act(kind: str, bed: Bed, since: int, nights: int | None, by: User) -> None:
    """Do one of the things that take a bed, if nothing stands in the way."""
    days: dict[str, Any] = {"since": d(since), "until": None if nights is None else d(since + nights)}
    try:
        if kind == "book":
            book({person(by): bed}, reason="x", by=by, **days)
        elif kind == "hold":
            hold({person(by): bed}, reason="x", by=by, held_until=NOW + timedelta(hours=since), **days)
        elif kind == "block":
            make_block(bed, **days)
        elif kind == "close":
            actions.close_bed(bed=bed, on=d(since + 5), version=bed.version, by=by, now=NOW)
        elif kind == "lease":
            make_lease(bed.unit.site, bed.unit if since % 2 else None, **days)
        else:
            row = Placement.objects.filter(bed=bed, state="booked").first()
            if row is not None:
                actions.mark_no_show(placements=[row], by=by, now=NOW + timedelta(days=since))
    except (actions.UnableToPlace, actions.UnableToBlockBed, actions.UnableToKeepPlace, actions.UnableToKeepLease):
        return


@pytest.fixture
def beds_of_two_sites(by: User) -> list[Bed]:
    site = make_site(team=team_of(by))
    return [*at_home(by, 2, site=site), *at_home(by, 1, site=site), *at_home(by, 1)]


@settings(max_examples=12)
@given(st.lists(step, max_size=8), st.integers(-2, 12), st.one_of(st.none(), st.integers(1, 9)))
def test_the_database_and_the_pure_count_find_the_same_beds_free_and_the_board_adds_up(
    beds_of_two_sites: list[Bed], by: User, steps: Any, since: int, nights: int | None
) -> None:
    with transaction.atomic():
        for kind, number, first, length in steps:
            act(kind, Bed.objects.with_place().get(pk=beds_of_two_sites[number].pk), first, length, by)
        _compare(by, since, None if nights is None else since + nights)
        transaction.set_rollback(True)


def _compare(by: User, since: int, until: int | None) -> None:
    beds = Bed.objects.usable_by(by, NOW)
    days, takings = bed_days(beds, d(since), d(400), NOW, no_shows=False)
    for within_lease in (True, False):
        asked = beds.free(d(since), d(until), NOW)
        by_sql = set((asked.within_lease(d(since), d(until)) if within_lease else asked).values_list("pk", flat=True))
        pure = free_beds(days, takings, d(since), d(until), within_lease=within_lease)
        assert {it.bed.key for it in pure} == by_sql
    drawn = board(by, NOW, d(-3), d(15))
    counted = numbers_by_day(by, NOW, d(-3), d(15), group=lambda bed: bed.site)
    for site in drawn:
        for day in counted[site.site.pk].days:
            told = [it.state for bed in site.beds for it in bed.stretches if it.stretch.since <= day < it.stretch.until]
            assert counted[site.site.pk].on(day) == {state: told.count(state) for state in State}
            there = Bed.objects.filter(unit__site=site.site).standing(day, day + DAY).count()
            assert counted[site.site.pk].beds(day) == there


def test_the_board_says_who_only_to_whoever_may_see_them(by: User) -> None:
    bed, other, third = at_home(by, 3)
    seen, hidden, elsewhere = person(by), person(by), make_client()
    book({seen: bed}, by=by)
    book({hidden: other})
    hide(hidden.case)
    book({elsewhere: third})
    make_block(bed, since=d(10), until=None)

    (site,) = board(by, NOW, d(0), d(14))

    rows = {row.bed.pk: row for row in site.beds}
    assert [it.state for it in rows[bed.pk].stretches] == [State.BOOKED, State.BLOCKED]
    mine = rows[bed.pk].stretches[0].placement
    assert mine is not None
    assert mine.client == seen
    block = rows[bed.pk].stretches[1].block
    assert block is not None
    assert block.reason == "repair"
    for taken in (other, third):
        assert rows[taken.pk].stretches[0].state == State.BOOKED
        assert rows[taken.pk].stretches[0].placement is None
    assert board(make_user(), NOW, d(0), d(14)) == []


def test_the_board_costs_the_same_whatever_is_on_it(by: User) -> None:
    (bed,) = at_home(by)
    book({person(by): bed}, by=by)
    with counted_queries() as few:
        board(by, NOW, d(0), d(14))
    for _ in range(3):
        for each in at_home(by, 3):
            book({person(by): each}, by=by)
    with counted_queries() as many:
        assert len(board(by, NOW, d(0), d(14))) == 4

    assert len(few) == len(many) <= 9


def test_the_numbers_of_a_day_add_up(by: User) -> None:
    beds = at_home(by, 6)
    book({person(by): beds[0]}, by=by, checks_in=True)
    book({person(by): beds[1]}, by=by)
    hold({person(by): beds[2]}, by=by)
    hold({person(by): beds[3]}, by=by, now=NOW - timedelta(days=3))
    make_block(beds[4])

    assert numbers_on(by, NOW, TODAY) == {
        State.OCCUPIED: 1,
        State.BOOKED: 1,
        State.HELD: 1,
        State.BLOCKED: 1,
        State.OUT_OF_LEASE: 0,
        State.FREE: 2,
    }
    assert numbers_on(make_user(), NOW, TODAY) == dict.fromkeys(State, 0)


def test_a_family_finds_a_room_and_learns_why_others_are_not_offered(by: User) -> None:
    site = make_site(team=team_of(by))
    wide, narrow = make_unit(site, beds=3, label="Room 10"), make_unit(site, beds=2, label="Room 9")
    make_unit(make_site(team=team_of(by), city="Osh"), beds=5)
    make_unit(make_site(), beds=5)
    family = [person(by)]
    family += [make_client(case=family[0].case, by=by) for _ in range(2)]

    found, units = suggestions(family, by, NOW, d(0), d(30), wishes=Wishes(), country="KG", city="bishkek")

    assert [it.rooms[0].room.key for it in found.found] == [wide.pk]
    assert [(room.key, [str(it.code) for it in why]) for room, why in found.refused] == [(narrow.pk, ["too_few_beds"])]
    assert set(units) == {wide.pk, narrow.pk}
    book({client: Bed.objects.with_place().get(pk=found.found[0].beds[client.pk]) for client in family}, by=by)


def test_who_leaves_makes_room_for_who_comes_where_a_bed_is_looked_for(by: User) -> None:
    taken, free = at_home(by, 2, capacity=2)
    book({person(by): taken}, by=by, until=d(5), checks_in=True)
    book({person(by): taken}, by=by, since=d(5), until=None)

    found, _units = suggestions([person(by)], by, NOW, d(0), None, wishes=Wishes())

    assert [set(it.beds.values()) for it in found.found] == [{free.pk}]
    ((_unit, room),) = open_rooms(by, NOW, d(0), d(30))
    assert (len(room.company), room.places_left) == (2, 1)


def test_a_room_that_closes_later_is_offered_until_then(by: User) -> None:
    (bed,) = at_home(by, 1)
    actions.close_unit(unit=bed.unit, on=d(20), version=1, by=by, now=NOW)

    for nights, beds in ((20, [bed.pk]), (21, [])):
        found, _units = suggestions([person(by)], by, NOW, d(0), d(nights), wishes=Wishes())
        assert [pk for it in found.found for pk in it.beds.values()] == beds
    assert open_rooms(by, NOW, d(20), d(21)) == []


def test_rooms_come_in_the_order_in_which_people_count(by: User) -> None:
    site = make_site(team=team_of(by))
    for label in ("Room 10", "Room 2", "Annex"):
        make_unit(site, beds=2, label=label)
    (row,) = board(by, NOW, d(0), d(1))

    assert [unit.label for unit, _room in open_rooms(by, NOW, d(0), d(1))] == ["Annex", "Room 2", "Room 10"]
    assert [it.unit.label for it in row.units] == ["Annex", "Room 2", "Room 10"]
    assert len(open_rooms(by, NOW, d(0), d(1), for_whom=["family"])) == 0
    assert open_rooms(make_user(Role.COORDINATOR), NOW, d(0), d(1)) == []


def test_what_ends_soon_and_what_is_overdue_is_found_for_those_who_see_the_person(by: User) -> None:
    beds = at_home(by, 3)
    (leaving,) = book({person(by): beds[0]}, by=by, until=d(3), checks_in=True)
    (coming,) = book({person(by): beds[1]}, by=by, until=d(20))
    book({make_client(): make_bed()}, until=d(2), checks_in=True)

    assert list(ending_soon(by, NOW, d(0), d(7))) == [leaving]
    assert list(overdue(by, NOW, d(0))) == []
    assert set(overdue(by, NOW, d(3))) == {leaving, coming}
