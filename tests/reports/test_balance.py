"""Suggestions that even loads out: the same always, never what must not move, and no move too many."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.reports.balance import Load, Move, Worker, is_even, moves, slack, weight_of

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def worker(id: str, **fields: Any) -> Worker:
    return Worker(**({"id": id, "team": "T"} | fields))


def held(by: str, number: int, **fields: Any) -> list[Load]:
    """So many cases of one worker, opened one day after the other."""
    return [
        Load(
            **(
                {"code": f"{by or 'N'}{each:03}", "team": "T", "worker": by, "opened_at": DAY + timedelta(days=each)}
                | fields
            )
        )
        for each in range(number)
    ]


def loads_after(cases: Iterable[Load], workers: Sequence[Worker], found: Sequence[Move]) -> dict[str, int]:
    loads = dict.fromkeys((it.id for it in workers), 0)
    to = {move.case.code: move.to.id for move in found}
    for case in cases:
        if holder := to.get(case.code, case.worker):
            loads[holder] += case.weight
    return loads


def test_loads_even_out_with_as_few_moves_as_that_takes_and_the_newest_cases_go() -> None:
    cases = [*held("a", 9), *held("b", 3)]

    found = moves(cases, [worker("a"), worker("b")])

    assert [(move.case.code, move.to.id) for move in found] == [("a008", "b"), ("a007", "b"), ("a006", "b")]
    last = found[-1]
    assert (last.giver_before, last.giver_after, last.taker_before, last.taker_after) == (7, 6, 5, 6)


def test_nothing_moves_where_loads_are_even_enough() -> None:
    workers = [worker("a"), worker("b")]

    assert moves([*held("a", 5), *held("b", 4)], workers) == []
    assert moves([*held("a", 31), *held("b", 29)], workers) == []  # a tenth is nothing
    assert len(moves([*held("a", 5), *held("b", 3)], workers)) == 1


def test_cases_of_another_team_language_or_country_do_not_come() -> None:
    workers = [
        worker("a"),
        worker("b", team="U"),
        worker("c", languages=frozenset({"en"})),
        worker("d", countries=frozenset({"MN"})),
        worker("e", languages=frozenset({"ru"}), countries=frozenset({"KZ"})),
    ]

    found = moves(held("a", 8, language="ru", country="KZ"), workers)

    assert {move.to.id for move in found} == {"e"}
    assert len(found) == 4


def test_what_is_restricted_stays() -> None:
    assert moves(held("a", 8, stays=True), [worker("a"), worker("b")]) == []
    assert moves(held("", 2, stays=True), [worker("a")]) == []


def test_urgent_cases_stay_with_whoever_knows_them_where_another_will_do() -> None:
    cases = [*held("a", 2, ease=2), *held("a", 2, ease=0)]
    cases = [Load(**{**_values(case), "code": f"c{number}"}) for number, case in enumerate(cases)]

    found = moves(cases, [worker("a"), worker("b")])

    assert {move.case.ease for move in found} == {2}


def test_heavy_cases_weigh_more() -> None:
    cases = [*held("a", 6, weight=weight_of(45)), *held("b", 6)]

    found = moves(cases, [worker("a"), worker("b")])

    assert [weight_of(points) for points in (None, 0, 9, 10, 45)] == [1, 1, 1, 2, 5]
    assert loads_after(cases, [worker("a"), worker("b")], found) == {"a": 20, "b": 16}
    assert len(found) == 2


def test_what_nobody_has_goes_to_whoever_has_least() -> None:
    cases = [*held("a", 3), *held("b", 1), *held("", 3)]

    found = moves(cases, [worker("a"), worker("b")])

    assert [(move.case.code, move.to.id) for move in found] == [("N000", "b"), ("N001", "b"), ("N002", "a")]


def test_without_anybody_to_give_to_there_is_no_suggestion() -> None:
    assert moves([*held("a", 9), *held("", 2)], []) == []
    assert moves(held("a", 9), [worker("a")]) == []
    assert moves(held("gone", 9), [worker("a"), worker("b")]) == []


# --- Over many invented teams ---


@st.composite
def teams(draw: st.DrawFn) -> tuple[list[Load], list[Worker]]:
    languages = st.sampled_from(["", "ru", "en"])
    workers = [
        worker(f"w{number}", languages=draw(st.frozensets(st.sampled_from(["ru", "en"]))))
        for number in range(draw(st.integers(1, 4)))
    ]
    cases = [
        Load(
            code=f"C{number:03}",
            team="T",
            worker=draw(st.sampled_from([it.id for it in workers])),
            opened_at=DAY + timedelta(days=draw(st.integers(0, 5))),
            weight=draw(st.sampled_from([1, 1, 1, 2, 5])),
            ease=draw(st.integers(0, 2)),
            language=draw(languages),
            stays=draw(st.sampled_from([False, False, False, True])),
        )
        for number in range(draw(st.integers(0, 14)))
    ]
    return cases, workers


@settings(max_examples=300)
@given(teams(), st.randoms(use_true_random=False))
def test_every_move_is_allowed_makes_loads_more_even_and_is_the_same_in_whatever_order(
    team: tuple[list[Load], list[Worker]], by: random.Random
) -> None:
    cases, workers = team

    found = moves(cases, workers)

    assert all(not move.case.stays and move.to.suits(move.case) and move.to.id != move.case.worker for move in found)
    assert max(Counter(move.case.code for move in found).values(), default=1) == 1
    assert all(move.giver_before > move.taker_before for move in found)
    assert {move.to.id for move in found}.isdisjoint(move.case.worker for move in found) or _spread(
        loads_after(cases, workers, found)
    ) < _spread(loads_after(cases, workers, []))
    by.shuffle(cases)
    by.shuffle(workers)
    assert moves(cases, workers) == found


@settings(max_examples=300)
@given(teams())
def test_no_move_can_be_left_out(team: tuple[list[Load], list[Worker]]) -> None:
    cases, workers = team
    found = moves(cases, workers)
    after = loads_after(cases, workers, found)

    for move in found:
        without = loads_after(cases, workers, [each for each in found if each != move])
        assert _spread(without) > max(_spread(after), slack(list(after.values())))


@pytest.mark.parametrize("loads", list(product(range(0, 9, 2), repeat=3)))
def test_where_any_case_may_go_anywhere_no_fewer_moves_would_do(loads: tuple[int, ...]) -> None:
    workers = [worker(f"w{number}") for number in range(3)]
    cases = [case for number, load in enumerate(loads) for case in held(f"w{number}", load)]

    found = moves(cases, workers)

    assert is_even(list(loads_after(cases, workers, found).values()))
    assert len(found) == _fewest(loads)


def _fewest(loads: tuple[int, ...]) -> int:
    """Return the least number of moves after which loads are even: every way of sharing them out is tried."""
    total = sum(loads)
    ways = [way for way in product(range(total + 1), repeat=3) if sum(way) == total and is_even(way)]
    return min(sum(max(0, before - after) for before, after in zip(loads, way, strict=True)) for way in ways)


@pytest.mark.parametrize("seed", range(30))
def test_of_few_cases_with_languages_no_smaller_set_of_moves_is_as_even(seed: int) -> None:
    """All sets of fewer moves are tried."""
    invented = random.Random(seed)
    workers = [worker("a"), worker("b", languages=frozenset({"ru"})), worker("c", languages=frozenset({"ru", "en"}))]
    cases = [case for language in ("ru", "en") for case in _of_a(invented.randint(1, 4), language)]
    found = moves(cases, workers)
    reached = _spread(loads_after(cases, workers, found))

    for fewer in range(len(found)):
        for some in combinations(cases, fewer):
            for tos in product(workers, repeat=fewer):
                if all(to.suits(case) for case, to in zip(some, tos, strict=True)):
                    tried = loads_after(cases, workers, [_as_move(*pair) for pair in zip(some, tos, strict=True)])
                    assert _spread(tried) > max(reached, slack(list(tried.values())))


def _of_a(number: int, language: str) -> list[Load]:
    return [
        Load(**{**_values(case), "code": f"{language}{case.code}"}) for case in held("a", number, language=language)
    ]


def _as_move(case: Load, to: Worker) -> Move:
    return Move(case=case, to=to, giver_before=0, giver_after=0, taker_before=0, taker_after=0)


def _values(case: Load) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.__slots__}


def _spread(loads: dict[str, int]) -> int:
    return max(loads.values()) - min(loads.values()) if loads else 0
