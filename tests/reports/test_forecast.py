"""The forecast: a small example counted by hand, and what holds of any beds and any days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.housing.occupancy import BedDays, Days, State, Taking, count
from casework.reports.forecast import Forecast, Surge, expected, forecast, outcome

MONDAY = date(2027, 1, 4)
HORIZON = 21


def on(number: int) -> date:
    return MONDAY + timedelta(days=number)


def bed(
    key: str,
    *,
    site: str = "A-1",
    opened: int = -100,
    closed: int | None = None,
    leases: list[tuple[int, int | None]] | None = None,
) -> BedDays:
    ends = None if closed is None else on(closed)
    held = (
        None if leases is None else tuple(Days(on(first), None if last is None else on(last)) for first, last in leases)
    )
    return BedDays(key=key, unit=f"{site}/{key}", site=site, there=Days(on(opened), ends), leases=held)


def taking(key: str, first: int, last: int | None, state: State = State.OCCUPIED) -> Taking:
    return Taking(bed=key, days=Days(on(first), None if last is None else on(last)), state=state, key=f"{key}@{first}")


def of(beds: list[BedDays], takings: list[Taking], length: int = HORIZON) -> Forecast:
    return forecast(beds, takings, MONDAY, on(length))


# Five beds over three weeks. a: somebody leaves on day 3. b: stays, no day known. c: free, booked from day 5 to 12.
# d: blocked until day 2; its lease ends on day 10. e: stands there from day 8 on.
EXAMPLE = of(
    [bed("a"), bed("b"), bed("c"), bed("d", site="B-2", leases=[(-100, 10)]), bed("e", opened=8)],
    [
        taking("a", -20, 3),
        taking("b", -5, None),
        taking("c", 5, 12, State.BOOKED),
        taking("d", -1, 2, State.BLOCKED),
    ],
)  # fmt: skip


def test_the_worked_example_is_as_counted_by_hand() -> None:
    # Day by day: c; c; c d; a c d; a c d; a d; a d; a d; a d e; a d e; a e; a e; a c e ...
    assert EXAMPLE.free == [1, 1, 2, 3, 3, 2, 2, 2, 3, 3, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    assert [day.all_beds for day in EXAMPLE.days] == [4] * 8 + [5] * 13
    assert EXAMPLE.bed_days(State.OCCUPIED) == 3 + 21
    assert EXAMPLE.bed_days(State.BOOKED) == 7
    assert EXAMPLE.bed_days(State.BLOCKED) == 2
    assert EXAMPLE.bed_days(State.OUT_OF_LEASE) == 11
    assert EXAMPLE.open_ended == 1


def test_each_week_says_its_fullest_night_and_what_made_it_so() -> None:
    # After the first night: 1 2 3 3 2 2 2; 3 3 2 2 3 3 3; 3 3 3 3 3 3.
    first, second, third = EXAMPLE.weeks

    assert [(week.fullest.day, week.fullest.free, week.last.free) for week in (first, second, third)] == [
        (on(1), 1, 2),
        (on(10), 2, 3),
        (on(15), 3, 3),
    ]
    assert {(step.site, step.was, step.becomes): beds for step, beds in first.steps.items()} == {
        ("B-2", State.BLOCKED, State.FREE): 1,
        ("A-1", State.OCCUPIED, State.FREE): 1,
        ("A-1", State.FREE, State.BOOKED): 1,
    }
    assert {(step.site, step.was, step.becomes): beds for step, beds in second.steps.items()} == {
        ("A-1", None, State.FREE): 1,
        ("B-2", State.FREE, State.OUT_OF_LEASE): 1,
        ("A-1", State.BOOKED, State.FREE): 1,
    }
    assert not third.steps


def test_a_surge_that_comes_at_once_has_beds_until_the_night_that_is_counted_by_hand() -> None:
    found = outcome(EXAMPLE.free, MONDAY, Surge(people=3, since=on(3)))

    # Free from day 3 on: 3 3 2 ... so all three have a bed for two nights, then one has none.
    assert found.nights_until_full == 2
    assert found.first_without is not None
    assert (found.first_without.day, found.first_without.without) == (on(5), 1)
    assert [night.without for night in found.nights[:10]] == [0, 0, 1, 1, 1, 0, 0, 1, 1, 0]


def test_a_surge_that_comes_by_and_by_fills_what_is_free() -> None:
    found = outcome(EXAMPLE.free, MONDAY, Surge(people=200, since=MONDAY, per_day=1))

    assert [night.come for night in found.nights[:3]] == [1, 1, 1]
    # One is there on day 0, two on day 1, of whom one finds nothing.
    assert found.nights_until_full == 1
    assert (found.worst.day, found.worst.without) == (on(20), 21 - 3)


def test_a_surge_that_fits_has_a_bed_to_the_end() -> None:
    found = outcome([5, 4, 4], MONDAY, Surge(people=4, since=MONDAY, per_day=3))

    assert found.nights_until_full is None
    assert [(night.come, night.asking, night.without) for night in found.nights] == [(3, 3, 0), (1, 4, 0), (0, 4, 0)]


def test_who_waits_already_asks_for_the_same_beds() -> None:
    waiting = expected([(on(-9), 2), (on(1), 1), (on(99), 50)], MONDAY, 3)

    assert waiting == [2, 3, 3]
    found = outcome([4, 4, 4], MONDAY, Surge(people=2, since=MONDAY), waiting=waiting)
    assert [night.without for night in found.nights] == [0, 1, 1]


@pytest.mark.parametrize("day", [-1, HORIZON])
def test_a_surge_outside_the_forecast_is_none(day: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        outcome(EXAMPLE.free, MONDAY, Surge(people=1, since=on(day)))


def test_a_forecast_of_no_day_is_none() -> None:
    with pytest.raises(ValueError, match="one day"):
        of([], [], 0)


# Drawing is quick; on a machine with much else to do it may still take seconds.
NUMBERS = st.integers(-10, HORIZON + 10)


@st.composite
def houses(draw: st.DrawFn) -> tuple[list[BedDays], list[Taking]]:
    beds, takings = [], []
    for number in range(draw(st.integers(0, 5))):
        opened = draw(NUMBERS)
        closed = draw(st.none() | st.integers(opened, HORIZON + 10))
        leases = draw(st.none() | st.lists(st.tuples(NUMBERS, st.none() | NUMBERS), max_size=2))
        beds.append(
            bed(str(number), site=draw(st.sampled_from(["A-1", "B-2"])), opened=opened, closed=closed, leases=leases)
        )
        for _taking in range(draw(st.integers(0, 3))):
            first = draw(NUMBERS)
            last = draw(st.none() | st.integers(first, HORIZON + 10))
            takings.append(taking(str(number), first, last, draw(st.sampled_from(list(State)[:5]))))
    return beds, takings


@given(houses())
def test_on_every_day_each_bed_that_is_there_is_one_thing(house: tuple[list[BedDays], list[Taking]]) -> None:
    beds, takings = house

    found = of(beds, takings)

    there = [sum(it.there.shares(day.day, day.day + timedelta(days=1)) for it in beds) for day in found.days]
    assert [day.all_beds for day in found.days] == there
    assert sum(found.bed_days(state) for state in State) == sum(there)
    assert all(number >= 0 for day in found.days for number in day.beds.values())


@given(houses())
def test_it_is_what_the_board_counts(house: tuple[list[BedDays], list[Taking]]) -> None:
    beds, takings = house

    counts = count(beds, takings, MONDAY, on(HORIZON), group=lambda _bed: "all").get("all")

    for day in of(beds, takings).days:
        assert day.beds == (counts.on(day.day) if counts else dict.fromkeys(State, 0))


@given(houses())
def test_the_steps_of_a_day_are_the_whole_difference_to_the_day_before(
    house: tuple[list[BedDays], list[Taking]],
) -> None:
    found = of(*house)

    assert not found.days[0].steps
    for before, day in zip(found.days, found.days[1:], strict=False):
        for state in State:
            came = sum(beds for step, beds in day.steps.items() if step.becomes is state)
            went = sum(beds for step, beds in day.steps.items() if step.was is state)
            assert day.beds[state] == before.beds[state] + came - went
        assert day.free == before.free + sum(step.frees * beds for step, beds in day.steps.items())
    assert all(step.was is not step.becomes for day in found.days for step in day.steps)
    before_week = found.days[0].free
    for week in found.weeks:
        before_week += sum(step.frees * beds for step, beds in week.steps.items())
        assert week.last.free == before_week


@given(
    free=st.lists(st.integers(0, 30), min_size=1, max_size=30),
    people=st.integers(1, 60),
    per_day=st.none() | st.integers(1, 20),
    waiting=st.integers(0, 5),
)
def test_everybody_who_has_come_has_a_bed_or_none(
    free: list[int], people: int, per_day: int | None, waiting: int
) -> None:
    surge = Surge(people=people, since=MONDAY, per_day=per_day)

    found = outcome(free, MONDAY, surge, waiting=[waiting] * len(free))

    assert sum(night.come for night in found.nights) <= people
    for night in found.nights:
        assert night.housed + night.without == night.asking == surge.there_by(night.day) + waiting
        assert night.housed <= night.free
    full = found.nights_until_full
    assert all(not night.without for night in found.nights[:full])
    assert full is None or found.nights[full].without > 0
    assert found.worst.without == max(night.without for night in found.nights)
