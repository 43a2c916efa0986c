"""What is one visit, and to which visit a shared day belongs."""

from hypothesis import given
from hypothesis import strategies as st

from casework.residency.rules.visits import Presence, Visit, latest_begun_by, visit_on, visits_of


def test_stays_that_share_two_days_are_one_visit() -> None:
    assert visits_of([Presence(1, 5), Presence(4, 9)]) == [Visit(1, 9, 9)]


def test_the_day_of_exit_and_return_is_day_one_of_the_new_visit() -> None:
    assert visits_of([Presence(1, 5), Presence(5, 9)]) == [Visit(1, 4, None), Visit(5, 9, 9)]


def test_stays_on_consecutive_days_are_two_visits() -> None:
    assert visits_of([Presence(1, 5), Presence(6, 9)]) == [Visit(1, 5, 5), Visit(6, 9, 9)]


def test_a_one_day_stay_inside_another_is_part_of_it() -> None:
    assert visits_of([Presence(1, 9), Presence(5, 5)]) == [Visit(1, 9, 9)]


def test_a_one_day_stay_on_the_day_of_exit_is_a_visit_of_its_own() -> None:
    assert visits_of([Presence(1, 5), Presence(5, 5)]) == [Visit(1, 4, None), Visit(5, 5, 5)]


def test_of_two_visits_begun_on_one_day_the_longer_has_the_day() -> None:
    assert visits_of([Presence(5, 5), Presence(5, 9)]) == [Visit(5, 9, 9)]


def test_same_day_exit_transit_and_return_count_each_day_once() -> None:
    visits = visits_of([Presence(1, 5), Presence(5, 5), Presence(5, 6), Presence(30, 30)])

    assert visits == [Visit(1, 4, None), Visit(5, 6, 6), Visit(30, 30, 30)]


def test_a_stay_that_bridges_two_makes_one_visit_of_all() -> None:
    assert visits_of([Presence(1, 5), Presence(5, 9), Presence(3, 7)]) == [Visit(1, 9, 9)]


def test_an_open_stay_has_no_day_of_exit() -> None:
    assert visits_of([Presence(1, 9, leaves=False)]) == [Visit(1, 9, None)]
    assert visits_of([Presence(1, 9, leaves=False), Presence(3, 9)]) == [Visit(1, 9, None)]
    assert visits_of([Presence(1, 7, leaves=False), Presence(3, 9)]) == [Visit(1, 9, 9)]


def test_the_visit_on_a_day_is_the_one_it_belongs_to() -> None:
    visits = visits_of([Presence(1, 5), Presence(5, 9), Presence(20, 22)])

    assert visit_on(visits, 5) == visits[1]
    assert visit_on(visits, 4) == visits[0]
    assert visit_on(visits, 12) is None
    assert visit_on([], 5) is None
    assert latest_begun_by(visits, 12) == visits[1]
    assert latest_begun_by(visits, 0) is None


PRESENCES = st.lists(
    st.tuples(st.integers(min_value=1, max_value=30), st.integers(min_value=0, max_value=8), st.booleans()).map(
        lambda given: Presence(given[0], given[0] + given[1], given[2])
    ),
    max_size=6,
)


@given(presences=PRESENCES, random=st.randoms())
def test_the_order_of_stays_does_not_matter(presences: list[Presence], random: object) -> None:
    shuffled = list(presences)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert visits_of(shuffled) == visits_of(presences)


@given(presences=PRESENCES)
def test_visits_have_every_day_of_presence_once(presences: list[Presence]) -> None:
    visits = visits_of(presences)
    days = [day for visit in visits for day in range(visit.first, visit.last + 1)]

    assert days == sorted({day for stay in presences for day in range(stay.first, stay.last + 1)})
