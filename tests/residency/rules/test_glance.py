"""A position at a glance: what a picture fills is what the date was computed from."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.residency.rules.days import size
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import DayRange, Stay
from casework.residency.rules.glance import StayGlance, glances
from casework.residency.rules.kinds import Kind

from .making import NOW, application, between, book, day, permit, person, rule, stay

WINDOW = rule("KZ", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180}, part="window")
VISIT = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 30}, part="visit")
YEAR = rule("RS", Kind.CALENDAR_YEAR, {"days": 90}, part="year")
ON = day("2026-11-22")


def seen(facts, *rules, on=ON, **more) -> list[StayGlance]:
    return glances(facts, book(*rules), NOW, on=on, **more)


def spans(found) -> list[tuple[str, str]]:
    return [(date.fromordinal(first).isoformat(), date.fromordinal(last).isoformat()) for first, last in found]


def test_a_window_shows_its_days_and_those_that_count() -> None:
    facts = person(stay("KZ", "2026-06-01", "2026-06-20"), stay("KZ", "2026-11-01"))

    (found,) = seen(facts, WINDOW)

    (limit,) = found.limits
    assert spans([(limit.first, limit.last)]) == [("2026-05-27", "2026-11-22")]
    assert spans(limit.counted) == [("2026-06-01", "2026-06-20"), ("2026-11-01", "2026-11-22")]
    assert (limit.limit.days_used, limit.days_left) == (42, 48)
    assert (limit.asof, limit.binds) == (ON.toordinal(), True)


def test_days_that_leave_the_window_in_the_next_weeks_are_named() -> None:
    facts = person(stay("KZ", "2026-06-01", "2026-06-30"), stay("KZ", "2026-11-01"))

    (found,) = seen(facts, WINDOW)

    # The window begins on 27 May; within 28 days it begins on 24 June.
    assert spans(found.limits[0].falling_out) == [("2026-06-01", "2026-06-23")]


def test_days_left_and_days_that_one_may_stay_are_two_numbers() -> None:
    facts = person(stay("KZ", "2026-05-27", "2026-08-21"), stay("KZ", "2026-11-22"))

    (found,) = seen(facts, WINDOW)

    assert (found.limits[0].days_left, found.max_stay) == (2, 90)


def test_days_under_a_permit_are_shown_and_not_counted() -> None:
    earlier = permit("KZ", "temporary_residence", "2026-06-01", "2026-06-30")
    facts = person(stay("KZ", "2026-06-01", "2026-07-05"), stay("KZ", "2026-11-20"), permits=(earlier,))

    (found,) = seen(facts, WINDOW)

    assert spans(found.limits[0].not_counted) == [("2026-06-01", "2026-06-30")]
    assert spans(found.limits[0].counted) == [("2026-07-01", "2026-07-05"), ("2026-11-20", "2026-11-22")]


def test_days_that_count_by_the_worse_reading_only_are_uncertain() -> None:
    facts = person(stay("KZ", between("2026-11-01", "2026-11-05")))

    (found,) = seen(facts, WINDOW)

    assert spans(found.limits[0].uncertain) == [("2026-11-01", "2026-11-04")]
    assert spans(found.limits[0].counted) == [("2026-11-01", "2026-11-22")]


def test_no_limit_is_drawn_or_broken_while_an_application_keeps_the_stay_lawful() -> None:
    asylum = application("KZ", "asylum", "2026-02-10", keeps_stay_lawful=True)
    facts = person(stay("KZ", "2026-02-01"), applications=(asylum,))

    (found,) = seen(facts, WINDOW)

    assert (found.limits, found.overstayed_since, found.last, found.max_stay) == ((), None, None, None)
    assert [warning.code for warning in found.warnings] == ["leave_suspended_until_decided"]
    assert not any(limit.overstay for limit in evaluate(facts, book(WINDOW), NOW, on=ON).limits)


def test_the_limit_that_binds_comes_first() -> None:
    facts = person(stay("KZ", "2026-11-01"))

    (found,) = seen(facts, WINDOW, VISIT)

    assert [(it.kind, it.binds) for it in found.limits] == [
        (Kind.CONSECUTIVE_DAYS, True),
        (Kind.ROLLING_WINDOW, False),
    ]
    assert found.last == day("2026-11-30")


def test_a_visit_is_shown_from_its_entry_to_its_last_lawful_day() -> None:
    (found,) = seen(person(stay("KZ", "2026-11-01")), VISIT)

    (limit,) = found.limits
    assert spans([(limit.first, limit.last)]) == [("2026-11-01", "2026-11-30")]
    assert spans(limit.counted) == [("2026-11-01", "2026-11-22")]


def test_a_year_is_shown_from_january_to_december() -> None:
    facts = person(stay("RS", "2025-12-01", "2026-01-10"), stay("RS", "2026-11-20"))

    (found,) = seen(facts, YEAR)

    (limit,) = found.limits
    assert spans([(limit.first, limit.last)]) == [("2026-01-01", "2026-12-31")]
    assert limit.limit.days_used == 13


def test_days_over_a_limit_are_marked() -> None:
    (found,) = seen(person(stay("KZ", "2026-10-01")), VISIT)

    assert spans(found.limits[0].broken) == [("2026-10-31", "2026-11-22")]
    assert found.overstayed_since == day("2026-10-31")
    assert found.max_stay == 0


def test_a_country_that_was_left_is_asked_about_as_if_they_entered() -> None:
    facts = person(stay("KZ", "2026-06-01", "2026-08-29"), stay("GE", "2026-08-29"))

    (georgia, kazakhstan) = seen(facts, WINDOW)

    assert (georgia.country, georgia.limits) == ("GE", ())
    assert (kazakhstan.country, kazakhstan.is_supposed) == ("KZ", True)
    assert kazakhstan.limits[0].limit.days_used == 90
    assert (kazakhstan.max_stay, kazakhstan.earliest_entry) == (0, day("2026-11-28"))


def test_who_would_enter_on_a_permit_is_shown_no_days_without_one() -> None:
    held = permit("KZ", "temporary_residence", "2026-06-01", "2027-05-31")
    facts = person(stay("KZ", "2026-06-01", "2026-10-20"), stay("RS", "2026-10-20"), permits=(held,))

    assert [found.country for found in seen(facts, WINDOW)] == ["RS"]


def test_a_plan_whose_day_has_come_is_a_glance_beside_the_stay_where_they_are() -> None:
    facts = person(stay("KZ", "2026-11-01"), stay("RS", "2026-11-10", planned=True))

    here, perhaps = seen(facts, VISIT, YEAR)

    assert (here.country, here.is_unconfirmed, here.last) == ("KZ", False, day("2026-11-30"))
    assert (perhaps.country, perhaps.is_unconfirmed, perhaps.is_planned) == ("RS", True, False)
    assert perhaps.limits[0].limit.days_used == 13


def test_a_planned_stay_is_a_glance_of_its_own_as_of_its_entry() -> None:
    facts = person(stay("GE", "2026-08-29"), stay("KZ", "2026-12-10", "2026-12-20"))

    planned = seen(facts, VISIT)[1]

    assert (planned.country, planned.is_planned, planned.asof) == ("KZ", True, day("2026-12-10"))


def test_a_planned_stay_of_which_no_day_is_lawful_has_no_last_lawful_day() -> None:
    facts = person(stay("KZ", "2026-08-01", "2026-11-21"), stay("KZ", "2026-11-25", "2026-11-28"))

    planned = next(it for it in seen(facts, WINDOW) if it.is_planned)

    assert (planned.last, planned.max_stay) == (None, 0)


def test_in_a_zone_the_days_in_every_member_count() -> None:
    members = [rule(country, Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"}) for country in ("DE", "FR")]
    schengen = rule("SCHENGEN", Kind.ROLLING_WINDOW, {"days": 90, "window_days": 180})
    facts = person(stay("DE", "2026-08-01", "2026-08-10"), stay("FR", "2026-11-20"))

    found = seen(facts, schengen, *members)

    assert [it.country for it in found] == ["FR"]  # Germany would say the same once more
    assert spans(found[0].limits[0].counted) == [("2026-08-01", "2026-08-10"), ("2026-11-20", "2026-11-22")]


def test_an_unknown_entry_is_no_picture() -> None:
    (found,) = seen(person(stay("KZ", between(None, None))), VISIT)

    assert (found.limits, found.entered) == ((), None)
    assert [warning.code for warning in found.warnings] == ["entry_unknown"]


@st.composite
def _lives(draw: st.DrawFn) -> tuple[Stay, ...]:
    stays = []
    cursor = day("2025-01-01").toordinal()
    for number in range(draw(st.integers(1, 6))):
        first = cursor + draw(st.integers(0, 60))
        last = first + draw(st.integers(0, 90))
        is_open = draw(st.booleans()) and last > ON.toordinal()
        stays.append(
            Stay(
                id=str(number),
                country=draw(st.sampled_from(["KZ", "RS"])),
                entered=DayRange.exactly(date.fromordinal(first)),
                left=None if is_open else DayRange.exactly(date.fromordinal(last)),
                document_kind="international_passport",
                nationality="RU",
            )
        )
        cursor = last
    return tuple(stays)


@pytest.mark.parametrize("country", ["KZ", "RS"])
@given(stays=_lives(), window=st.integers(1, 200), days=st.integers(1, 120), since=st.booleans())
def test_what_is_filled_is_what_is_used(country, stays, window, days, since) -> None:
    counting = {"count_entry_day": since}
    rules = [
        rule("KZ", Kind.ROLLING_WINDOW, {"days": days, "window_days": window} | counting, part="window"),
        rule("KZ", Kind.ANCHORED_WINDOW, {"days": days, "window_days": window}, part="anchored"),
        rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": days} | counting, part="visit"),
        rule("RS", Kind.CALENDAR_YEAR, {"days": days}, part="year"),
    ]
    facts = person(*stays)

    found = seen(facts, *rules, countries=[country])

    limits = [it for one in found for it in one.limits]
    assert [size(it.counted) for it in limits] == [it.limit.days_used for it in limits]
    for it in limits:
        assert all(it.first <= first and last <= it.asof for first, last in it.counted)
    answered = evaluate(facts, book(*rules), NOW, on=ON).limits
    stored = {(it.stay_id, it.rule_id): it for it in answered}
    assert {(it.limit.stay_id, it.limit.rule_id): it.limit for it in limits if it.limit.stay_id} == stored
