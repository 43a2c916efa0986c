"""Fit, occupancy, vacancy and ranking: pure, and compared with a count of day after day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.housing import fit as fits
from casework.housing.fit import Objection, Person, Point, Refusal, Remark, Room, Wishes, cot_point, fit
from casework.housing.occupancy import STRONGEST_FIRST, BedDays, Days, State, Taking, count, stretches
from casework.housing.ranking import Because, Reason, Waiting, rank
from casework.housing.vacancy import InRoom, OpenRoom, Place, free_beds, suggest
from casework.housing.wording import point_sentence, reason_for_rank

D = date(2026, 12, 1)


def d(number: int | None) -> Any:
    return None if number is None else D + timedelta(days=number)


def person(key: str, sex: str = "female", age: int | None = 30, group: str = "A", **more: Any) -> Person:
    return Person(key=key, sex=sex, group=group, ages=None if age is None else (age, age), **more)


# --- fit -------------------------------------------------------------------------------------------------------------


def codes(points: Any) -> list[str]:
    return [str(point.code) for point in points]


@pytest.mark.parametrize(
    ("people", "for_whom", "expected"),
    [
        ([person("a")], "women", []),
        ([person("a", "male")], "women", ["not_a_woman"]),
        ([person("a", "female")], "men", ["not_a_man"]),
        ([person("a", "unknown")], "women", ["sex_not_recorded"]),
        ([person("a"), person("b", "male", 11)], "women", []),
        ([person("a"), person("b", "male", 12)], "women", ["not_a_woman"]),
        ([person("a"), person("b", "male", None)], "women", ["not_a_woman"]),
        ([person("a"), person("b", "male", 5, group="B")], "women", ["not_a_woman"]),
        ([person("a"), person("b", "male")], "family", []),
        ([person("a")], "family", ["alone_in_a_family_room"]),
        ([person("a"), person("b", group="B")], "family", ["with_another_family"]),
        ([person("a"), person("b", group="B")], "anyone", []),
    ],
)
def test_rooms_that_are_not_for_everybody_ask_for_a_reason(
    people: list[Person], for_whom: str, expected: list[str]
) -> None:
    answer = fit(people, Room(capacity=9, for_whom=for_whom), Wishes())

    assert codes(answer.objections) == expected
    assert answer.is_possible


def test_more_people_than_may_live_there_are_refused() -> None:
    answer = fit([person("a"), person("b")], Room(capacity=2), Wishes(), [person("c", group="B")])

    assert answer.refusals == (Point(Refusal.TOO_MANY),)


@pytest.mark.parametrize(
    ("area", "remark"),
    [("6.9", Remark.VERY_CROWDED), ("7.0", Remark.CROWDED), ("8.9", Remark.CROWDED), ("9.0", None), (None, None)],
)
def test_crowding_is_said_by_the_floor_area_of_a_person(area: str | None, remark: Remark | None) -> None:
    room = Room(capacity=2, floor_area=Decimal(area) if area else None)

    answer = fit([person("a"), person("b")], room, Wishes(registration=False))

    crowded = {Remark.CROWDED, Remark.VERY_CROWDED} & set(codes(answer.remarks))
    assert crowded == ({remark} if remark else set())


def test_what_speaks_for_a_room_sorts_it_first() -> None:
    wishes = Wishes(step_free=True, pets=True, cot=True)
    good = fit(
        [person("a")],
        Room(capacity=1, step_free=True, takes_pets=True, has_cot=True, registration_possible=True),
        wishes,
    )
    poor = fit([person("a")], Room(capacity=4, registration_possible=False), wishes)

    assert good.score > poor.score
    assert codes(poor.objections) == [Objection.STEPS]
    assert set(codes(good.remarks)) >= {Remark.STEP_FREE, Remark.WITH_COT, Remark.PETS_WELCOME, Remark.CAN_REGISTER}


@pytest.mark.parametrize(("age", "code"), [(0, None), (1, None), (2, "too_old_for_a_cot"), (None, "age_not_recorded")])
def test_a_cot_is_for_the_smallest(age: int | None, code: str | None) -> None:
    point = cot_point(person("a", age=age))

    assert (str(point.code) if point else None) == code


def test_every_remark_has_a_weight() -> None:
    assert set(fits.WEIGHTS) == set(Remark)


# --- occupancy -------------------------------------------------------------------------------------------------------


def bed(key: str = "b", *, opens: int = 0, closes: int | None = None, leases: Any = None, unit: str = "u") -> BedDays:
    spans = None if leases is None else tuple(Days(d(since), d(until)) for since, until in leases)
    return BedDays(key=key, unit=unit, site="s", there=Days(d(opens), d(closes)), leases=spans)


def taking(since: int, until: int | None, state: State = State.OCCUPIED, of: str = "b", key: Any = None) -> Taking:
    return Taking(bed=of, days=Days(d(since), d(until)), state=state, key=key)


def seen(bed: BedDays, takings: list[Taking], since: int, until: int) -> list[tuple[int, int, str]]:
    found = stretches(bed, takings, d(since), d(until))
    return [((each.since - D).days, (each.until - D).days, each.state.value) for each in found]


def test_the_days_of_a_bed_are_told_without_gaps() -> None:
    takings = [taking(2, 4, key=1), taking(4, 5, key=2), taking(7, None, State.BLOCKED)]

    assert seen(bed(), takings, 0, 10) == [
        (0, 2, "free"), (2, 4, "occupied"), (4, 5, "occupied"), (5, 7, "free"), (7, 10, "blocked"),
    ]  # fmt: skip


def test_a_bed_is_told_of_only_while_it_is_there() -> None:
    assert seen(bed(opens=3, closes=6), [], 0, 10) == [(3, 6, "free")]
    assert seen(bed(opens=3, closes=3), [], 0, 10) == []


def test_days_without_a_lease_are_told_of_and_who_lives_there_all_the_same() -> None:
    leased = bed(leases=[(2, 4), (4, 6)])

    assert seen(leased, [taking(5, 7)], 0, 9) == [
        (0, 2, "out_of_lease"), (2, 5, "free"), (5, 7, "occupied"), (7, 9, "out_of_lease"),
    ]  # fmt: skip


def test_who_left_on_the_day_of_arrival_is_on_no_day() -> None:
    assert seen(bed(), [taking(3, 3)], 0, 5) == [(0, 5, "free")]


spans = st.tuples(st.integers(-3, 15), st.one_of(st.none(), st.integers(0, 8))).map(
    lambda it: (it[0], None if it[1] is None else it[0] + it[1])
)
layers = st.lists(st.tuples(spans, st.sampled_from(STRONGEST_FIRST[:-1])), max_size=6)
beds = st.builds(
    lambda opens, length, leases: bed(opens=opens, closes=None if length is None else opens + length, leases=leases),
    st.integers(-3, 6),
    st.one_of(st.none(), st.integers(0, 12)),
    st.one_of(st.none(), st.lists(spans.filter(lambda it: it[1] is None or it[1] > it[0]), max_size=3)),
)


def on_day(bed: BedDays, takings: list[Taking], day: date) -> State | None:
    """What a bed is on one day, looked up the slow way; None: it is not there."""
    if not bed.there.shares(day, day + timedelta(days=1)):
        return None
    states = {each.state for each in takings if each.days.shares(day, day + timedelta(days=1))}
    if bed.leases is not None and not any(each.shares(day, day + timedelta(days=1)) for each in bed.leases):
        states.add(State.OUT_OF_LEASE)
    return next(state for state in STRONGEST_FIRST if state in states or state is State.FREE)


@given(beds, layers)
def test_stretches_and_counts_are_a_count_of_day_after_day(it: BedDays, layers: Any) -> None:
    takings = [taking(since, until, state, key=number) for number, ((since, until), state) in enumerate(layers)]
    days = [d(number) for number in range(12)]
    expected = [on_day(it, takings, day) for day in days]

    found = stretches(it, takings, d(0), d(12))
    counted = count([it], takings, d(0), d(12), group=lambda each: each.site)["s"]

    told = {day: each.state for each in found for day in days if each.since <= day < each.until}
    assert [told.get(day) for day in days] == expected
    for day, state in zip(days, expected, strict=True):
        assert counted.on(day) == {each: int(each == state) for each in STRONGEST_FIRST}
        assert counted.beds(day) == (0 if state is None else 1)


@given(beds, layers, st.integers(0, 8), st.one_of(st.none(), st.integers(1, 8)))
def test_a_bed_is_free_if_it_is_on_every_day(it: BedDays, layers: Any, since: int, nights: int | None) -> None:
    takings = [taking(first, last, state, key=number) for number, ((first, last), state) in enumerate(layers)]
    far = 60
    until = None if nights is None else since + nights
    days = [on_day(it, takings, d(number)) for number in range(since, far if until is None else until)]

    found = free_beds([it], takings, d(since), d(until))

    assert bool(found) is all(state is State.FREE for state in days)
    if found and found[0].free_until is not None:
        ends = (found[0].free_until - D).days
        assert until is not None
        assert ends >= until
        assert on_day(it, takings, d(ends)) is not State.FREE


def test_beds_are_free_past_their_lease_where_that_is_asked() -> None:
    leased = bed(leases=[(0, 5)])

    assert [it.free_until for it in free_beds([leased], [], d(1), d(5))] == [d(5)]
    assert free_beds([leased], [], d(1), d(6)) == []
    assert [it.free_until for it in free_beds([leased], [], d(1), d(6), within_lease=False)] == [None]


# --- suggestions -----------------------------------------------------------------------------------------------------


def room(key: str, beds: int, *, site: str = "s", cots: int = 0, company: Any = (), **more: Any) -> OpenRoom:
    free = [Place(key=f"{key}{number}", label=str(number)) for number in range(beds)]
    free += [Place(key=f"{key}cot{number}", label="cot", is_cot=True) for number in range(cots)]
    known: dict[str, Any] = {"capacity": beds + cots + len(company), "registration_possible": True}
    return OpenRoom(
        key=key, site=site, label=key, room=Room(**(known | more)), free=tuple(free), company=tuple(company)
    )


FAMILY = [
    person("mother"),
    person("father", "male"),
    person("son", "male", 8),
    person("girl", age=5),
    person("baby", age=0),
]


def test_a_family_is_kept_in_one_room_and_the_baby_has_the_cot() -> None:
    answer = suggest(FAMILY, Wishes(), [room("small", 3), room("wide", 6), room("right", 4, cots=1)])

    assert [it.rooms[0].room.key for it in answer.found] == ["right", "wide"]
    assert answer.found[0].beds["baby"] == "rightcot0"
    assert [(it.key, codes(why)) for it, why in answer.refused] == [("small", ["too_many"])]


def test_a_family_that_may_be_apart_is_kept_in_one_house_with_an_elder_in_each_room() -> None:
    rooms = [room("a", 3, site="x"), room("b", 2, site="x"), room("c", 3, site="y")]

    apart = suggest(FAMILY, Wishes(), rooms, together=False)
    together = suggest(FAMILY, Wishes(), rooms)

    (only,) = apart.found
    assert {it.room.site for it in only.rooms} == {"x"}
    assert len(only.beds) == len(set(only.beds.values())) == 5
    for part in only.rooms:
        assert {"mother", "father"} & {who for who, _bed in part.beds}
    assert together.found == ()


@pytest.mark.parametrize(
    ("second", "is_suggested"),
    [
        ({"beds": 1}, True),  # a girl of fourteen by herself, and nobody can be put beside her
        ({"beds": 2}, False),
        ({"beds": 1, "company": [person("x", "male", group="B", age=40)]}, False),
    ],
)
def test_somebody_under_age_is_not_put_among_strangers(second: dict[str, Any], is_suggested: bool) -> None:
    family = [person("mother", age=40), person("sister", age=16), person("girl", age=14)]

    answer = suggest(family, Wishes(), [room("a", 2), room("b", **second)], together=False)

    assert bool(answer.found) is is_suggested


def test_a_brother_of_thirteen_is_not_somebody_grown_up() -> None:
    family = [person("mother", age=40), person("brother", "male", 13), person("girl", age=5)]

    assert suggest(family, Wishes(), [room("a", 1), room("b", 2)], together=False).found == ()


def test_beds_that_are_taken_and_rooms_of_others_are_refused_with_why() -> None:
    others = [person("x", group="B")]
    rooms = [
        room("full", 0, company=others, capacity=9),
        room("theirs", 5, company=others, for_whom="family", capacity=9),
    ]

    answer = suggest(FAMILY, Wishes(), rooms)

    assert [(it.key, codes(why)) for it, why in answer.refused] == [
        ("full", ["too_few_beds"]),
        ("theirs", ["with_another_family"]),
    ]


@given(st.lists(st.integers(0, 6), max_size=6), st.booleans())
def test_a_suggestion_places_everybody_once_in_beds_that_are_free(sizes: list[int], together: bool) -> None:
    rooms = [room(f"r{number}-", size, site=f"s{number % 2}") for number, size in enumerate(sizes)]

    for found in suggest(FAMILY, Wishes(), rooms, together=together).found:
        assert set(found.beds) == {each.key for each in FAMILY}
        assert len(set(found.beds.values())) == len(FAMILY)
        assert len({part.room.site for part in found.rooms}) == 1
        for part in found.rooms:
            assert isinstance(part, InRoom)
            assert {bed for _who, bed in part.beds} <= {it.key for it in part.room.free}


# --- ranking ---------------------------------------------------------------------------------------------------------


def waiting(key: str, leave: int | None = None, score: int | None = 0, waits: int = 0, fitting: int = 1) -> Waiting:
    return Waiting(key=key, leave_by=d(leave), score=score, waiting_since=D - timedelta(days=waits), fitting=fitting)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (waiting("z", leave=3), waiting("a", leave=4, score=99)),
        (waiting("z", leave=-1), waiting("a", leave=5)),
        (waiting("z", leave=3, score=80), waiting("a", leave=1, score=10)),
        (waiting("z", score=None), waiting("a", score=49)),
        (waiting("z", score=75), waiting("a", score=None)),
        (waiting("z", leave=9), waiting("a", leave=10)),
        (waiting("z", waits=5), waiting("a", waits=4)),
        (waiting("z", fitting=2), waiting("a", fitting=1)),
        (waiting("a"), waiting("z")),
        (waiting("z", leave=300), waiting("a")),
    ],
)
def test_who_comes_first(first: Waiting, second: Waiting) -> None:
    assert [it.waiting.key for it in rank([second, first], D)] == [first.key, second.key]


def test_the_reasons_stand_beside_each_rank() -> None:
    rows = rank([waiting("a", leave=2, score=60, waits=12, fitting=3), waiting("b", score=None, fitting=0)], D)

    assert [it.rank for it in rows] == [1, 2]
    assert rows[0].because == (
        Because(Reason.LEAVES_WITHIN, 2),
        Because(Reason.SCORED, 60),
        Because(Reason.WAITS, 12),
        Because(Reason.FITS, 3),
    )
    assert [it.code for it in rows[1].because] == ["need_not_leave", "not_scored", "waits", "nothing_fits"]


@given(st.permutations([waiting(str(n), leave=n % 4, score=n * 7 % 100, waits=n % 3) for n in range(9)]))
def test_the_order_does_not_depend_on_the_order_in_which_it_is_asked(entries: list[Waiting]) -> None:
    assert [it.waiting.key for it in rank(entries, D)] == [it.waiting.key for it in rank(sorted(entries, key=str), D)]


def test_every_code_has_words_in_every_number() -> None:
    for reason in Reason:
        for number in (0, 1, 2, 5, 21):
            assert reason_for_rank(Because(reason, number))
    for code in (*Refusal, *Objection, *Remark):
        assert point_sentence(Point(code))
