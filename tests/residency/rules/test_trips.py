"""Trips tried out: lawful or not, from which day, until when, what is left, what they set off and what they move."""

from collections.abc import Sequence

from casework.residency.rules.kinds import Duty, Kind
from casework.residency.rules.rulebook import Rule
from casework.residency.rules.trips import Tried, Trip, try_trips

from .making import NOW, book, day, person, rule, stay

ON = day("2026-11-22")
WINDOW = rule("KZ", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, part="window")
VISIT = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 30}, part="visit")
REGISTER = rule("KZ", Kind.REGISTER_WITHIN, {"n": 3, "unit": "calendar_days", "day_one": "entry_day"})


def trip(entered: str, left: str, country: str = "KZ", id: str = "trip") -> Trip:
    return Trip(id=id, country=country, entered=day(entered), left=day(left))


def tried(facts, rules: Sequence[Rule], *trips: Trip, **more) -> Tried:
    return try_trips(facts, book(*rules), NOW, trips, on=ON, **more)


def test_a_trip_within_the_limits_is_lawful() -> None:
    facts = person(stay("GE", "2026-08-29"))

    (answer,) = tried(facts, [WINDOW, VISIT], trip("2026-12-01", "2026-12-30")).answers

    assert (answer.is_lawful, answer.broken_on, answer.last) == (True, None, day("2026-12-30"))
    assert answer.days_left == 0  # of the thirty days of one visit


def test_the_first_day_that_breaks_a_limit_is_named_with_its_rule() -> None:
    facts = person(stay("GE", "2026-08-29"))

    (answer,) = tried(facts, [WINDOW, VISIT], trip("2026-12-01", "2026-12-31")).answers

    assert (answer.is_lawful, answer.broken_on) == (False, day("2026-12-31"))
    assert answer.broken_rules == (VISIT.id,)


def test_earlier_trips_count_for_later_ones() -> None:
    facts = person(stay("GE", "2026-08-29"))
    trips = [
        trip("2026-12-01", "2026-12-30", id="one"),
        trip("2027-01-05", "2027-02-03", id="two"),
        trip("2027-02-10", "2027-03-11", id="three"),
        trip("2027-03-20", "2027-04-10", id="four"),
    ]

    answers = tried(facts, [WINDOW, VISIT], *trips).answers

    assert [it.is_lawful for it in answers] == [True, True, True, False]
    assert (answers[3].broken_on, answers[3].broken_rules) == (day("2027-03-20"), (WINDOW.id,))
    assert (answers[3].last, answers[3].days_left) == (None, 0)


def test_the_earliest_later_entry_is_told() -> None:
    facts = person(stay("GE", "2026-08-29"))

    (answer,) = tried(facts, [WINDOW], trip("2026-12-01", "2027-02-28")).answers

    assert answer.is_lawful
    assert answer.later_entry == day("2027-05-30")  # the window of that day begins on 2 December


def test_days_to_stay_away_are_no_days_of_entry() -> None:
    away = rule("KZ", Kind.COOLDOWN, {"days": 30, "after": "exit"})
    facts = person(stay("GE", "2026-08-29"))

    (answer,) = tried(facts, [WINDOW, away], trip("2026-12-01", "2026-12-10")).answers

    assert answer.later_entry == day("2027-01-10")


def test_what_the_entry_sets_off_is_told() -> None:
    facts = person(stay("GE", "2026-08-29"))

    (answer,) = tried(facts, [VISIT, REGISTER], trip("2026-12-01", "2026-12-10")).answers

    assert [(it.duty, it.due_on) for it in answer.registers] == [(Duty.REGISTER, day("2026-12-03"))]


def test_where_no_rule_is_recorded_nobody_says_that_it_is_lawful() -> None:
    (answer,) = tried(person(stay("KZ", "2026-11-01")), [VISIT], trip("2026-11-25", "2026-11-30", "RS")).answers

    assert (answer.is_lawful, answer.last) == (None, None)


def test_nationals_fall_under_no_limit() -> None:
    (answer,) = tried(person(stay("KZ", "2026-11-01")), [VISIT], trip("2026-11-25", "2026-12-30", "RU")).answers

    assert (answer.is_lawful, answer.is_unlimited) == (True, True)


def test_a_stay_goes_on_until_the_first_trip_unless_told_otherwise() -> None:
    facts = person(stay("KZ", "2026-11-01"))
    back = trip("2026-12-20", "2026-12-30")

    without, told = tried(facts, [VISIT], back), tried(facts, [VISIT], back, leaves_on=day("2026-11-28"))

    assert [without.answers[0].is_lawful, told.answers[0].is_lawful] == [True, True]
    over = tried(facts, [WINDOW], trip("2027-01-20", "2027-02-10")).answers[0]
    assert not over.is_lawful  # 1 November to 10 February is more than ninety days


def test_deadlines_that_would_move_are_told() -> None:
    window = rule("KZ", Kind.ROLLING_WINDOW, {"days": 30, "window_days": 180}, part="window")
    facts = person(stay("KZ", "2026-11-10"))

    found = tried(facts, [window], trip("2027-01-10", "2027-01-14"), leaves_on=day("2026-11-25"))

    assert [(it.before.duty, it.before.due_on, it.after.due_on) for it in found.changes if it.after] == [
        (Duty.LEAVE, day("2026-12-09"), day("2026-12-04"))
    ]


def test_the_pictures_are_those_of_the_trips() -> None:
    facts = person(stay("GE", "2026-08-29"))

    found = tried(facts, [WINDOW], trip("2026-12-01", "2026-12-30")).glances

    planned = next(it for it in found if it.is_planned)
    assert (planned.country, planned.limits[0].limit.days_used) == ("KZ", 1)
    assert planned.limits[0].asof == day("2026-12-01").toordinal()


def test_overlapping_trips_are_one_visit() -> None:
    facts = person(stay("GE", "2026-08-29"))
    trips = [trip("2026-12-01", "2026-12-20", id="one"), trip("2026-12-15", "2027-01-05", id="two")]

    answers = tried(facts, [VISIT], *trips).answers

    assert answers[1].broken_on == day("2026-12-31")
