"""What must hold for every limit, whatever the stays: more presence never makes anything lawful."""

from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework.residency.rules.examples import compute

START = date(2025, 11, 1)

DAY = st.integers(min_value=0, max_value=150).map(lambda offset: START + timedelta(days=offset))

STAYS = st.lists(
    st.tuples(DAY, st.integers(min_value=0, max_value=40)).map(
        lambda pair: {"entry": pair[0].isoformat(), "exit": (pair[0] + timedelta(days=pair[1])).isoformat()}
    ),
    max_size=5,
)

FLAGS = st.fixed_dictionaries({}, optional={"count_entry_day": st.booleans(), "count_exit_day": st.booleans()})
COUNT = st.integers(min_value=1, max_value=60)

MONOTONE = st.one_of(
    st.builds(lambda n, m: {"kind": "rolling_window", "days": n, "window_days": m}, COUNT, COUNT),
    st.builds(lambda n: {"kind": "calendar_year", "days": n}, COUNT),
)
ANY_LIMIT = st.one_of(
    MONOTONE,
    st.builds(lambda n: {"kind": "consecutive_days", "days": n}, COUNT),
    st.builds(lambda n: {"kind": "period_from_entry", "months": n}, st.integers(min_value=1, max_value=4)),
    st.builds(lambda n, m: {"kind": "anchored_window", "days": n, "window_days": m}, COUNT, COUNT),
    st.builds(lambda day: {"kind": "until_date", "until": day.isoformat()}, DAY),
)
LIMITS = st.lists(st.builds(lambda limit, flags: limit | flags, ANY_LIMIT, FLAGS), min_size=1, max_size=3)

Stays = list[dict[str, Any]]
Limits = list[dict[str, Any]]


def answers(limits: Limits, stays: Stays, on: date) -> dict[str, Any]:
    return compute({"id": "case", "rules": limits, "stays": stays, "on": on.isoformat()})


def reach(answer: dict[str, Any]) -> int:
    """Return the longest stay as a number that compares: unlimited is more than any."""
    return 10_000 if answer["max_stay"] is None else int(answer["max_stay"])


@given(limits=LIMITS, stays=STAYS, on=DAY, random=st.randoms())
@settings(max_examples=150)
def test_the_order_of_stays_and_of_limits_does_not_matter(limits: Limits, stays: Stays, on: date, random: Any) -> None:
    other_stays, other_limits = list(stays), limits[:1] + random.sample(limits[1:], len(limits) - 1)
    random.shuffle(other_stays)

    assert answers(limits, stays, on) == answers(other_limits, other_stays, on)


@given(limit=MONOTONE, stays=STAYS, more=STAYS, on=DAY)
@settings(max_examples=150)
def test_more_presence_never_makes_anything_lawful(limit: dict[str, Any], stays: Stays, more: Stays, on: date) -> None:
    past = [stay for stay in stays + more if date.fromisoformat(stay["exit"]) < on]
    fewer = [stay for stay in stays if date.fromisoformat(stay["exit"]) < on]

    assert reach(answers([limit], past, on)) <= reach(answers([limit], fewer, on))
    assert answers([limit], past, on)["days_over_limit"] >= answers([limit], fewer, on)["days_over_limit"]


@given(limits=LIMITS, stays=STAYS, on=DAY)
@settings(max_examples=150)
def test_a_further_limit_never_lengthens_a_stay(limits: Limits, stays: Stays, on: date) -> None:
    assume(len(limits) > 1)
    # Plans are kept lawful only as far as they are so under every limit, so they are left out here.
    past = [stay for stay in stays if date.fromisoformat(stay["entry"]) <= on]

    together = reach(answers(limits, past, on))

    assert together == min(reach(answers([limit], past, on)) for limit in limits)


@given(limits=LIMITS, stays=STAYS, on=DAY)
@settings(max_examples=150)
def test_the_last_lawful_day_is_tight(limits: Limits, stays: Stays, on: date) -> None:
    past = [stay for stay in stays if date.fromisoformat(stay["exit"]) < on]
    answer = answers(limits, past, on)
    assume(answer["last_lawful_day"] is not None)
    last = date.fromisoformat(answer["last_lawful_day"])

    # An open stay is present on its last day, as the supposed one is.
    up_to_it = answers(limits, [*past, {"entry": on.isoformat(), "exit": None}], last)
    a_day_more = answers(limits, [*past, {"entry": on.isoformat(), "exit": None}], last + timedelta(days=1))

    earlier = answers(limits, past, on)["days_over_limit"]
    assert up_to_it["days_over_limit"] == earlier
    assert a_day_more["days_over_limit"] == earlier + 1


@given(limits=LIMITS, stays=STAYS, on=DAY)
@settings(max_examples=150)
def test_entering_on_the_earliest_day_gives_at_least_one_day(limits: Limits, stays: Stays, on: date) -> None:
    past = [stay for stay in stays if date.fromisoformat(stay["exit"]) < on]
    answer = answers(limits, past, on)
    earliest = answer["earliest_entry"]

    assert (earliest == on.isoformat()) == (reach(answer) > 0)
    if earliest is not None:
        assert reach(answers(limits, past, date.fromisoformat(earliest))) > 0
        if earliest > on.isoformat():
            assert reach(answers(limits, past, date.fromisoformat(earliest) - timedelta(days=1))) == 0
