"""Which cases could go from whom to whom so that everybody's load evens out: suggestions, each with what speaks for it.

A case goes to somebody of its team who has its language and its country, as far as their own cases tell; whoever has no case
yet may have any. It moves once at most. What is restricted stays where it is. Of cases that would do as well, that one goes
which is easiest to hand over: not urgent, and opened last.

Loads count as even once no two differ by more than a tenth of what each would have, or by one case where that is more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

PART_OF_A_LOAD = 10  # loads that differ by less than one part in so many are even
# So many moves of a team are more than anybody does at once; when they are done, there are new ones.
MOST_MOVES = 200
# A score of so many points is as much work as one case more.
POINTS_OF_A_CASE = 10


def weight_of(points: int | None) -> int:
    """Return how much of a load a case is: one, and one more for each ten points of its score."""
    return 1 + (points or 0) // POINTS_OF_A_CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A case and who has it, "" for nobody. `ease`: how easily it is handed over, by its priority; `stays`: it is not moved."""

    code: str
    team: str
    worker: str
    opened_at: datetime
    weight: int = 1
    ease: int = 0
    language: str = ""
    country: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody who may be given cases of a team; empty languages and countries: nothing is known, and any is tried."""

    id: str
    team: str
    languages: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()

    def suits(self, case: Load) -> bool:
        has_language = not case.language or not self.languages or case.language in self.languages
        has_country = not case.country or not self.countries or case.country in self.countries
        return self.team == case.team and has_language and has_country


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A case that could go from one to another, and the loads that both have before and after all moves before it and this one."""

    case: Load
    to: Worker
    giver_before: int
    giver_after: int
    taker_before: int
    taker_after: int


class _Step(NamedTuple):
    """What a move would bring; the greatest is taken. The last parts only decide between moves that are as good."""

    gain: int
    few_takers: int
    ease: int
    opened: float
    names: tuple[str, ...]


def moves(cases: Iterable[Load], workers: Iterable[Worker]) -> list[Move]:
    """Return what could move, team by team, what matters most first. The same cases give the same moves in whatever order they come."""
    by_team: dict[str, _Team] = defaultdict(_Team)
    for worker in sorted(workers, key=lambda worker: worker.id):
        by_team[worker.team].add(worker)
    for case in sorted(cases, key=lambda case: case.code):
        by_team[case.team].hold(case)
    return [move for _team, team in sorted(by_team.items()) for move in team.moves()]


def is_even(loads: Sequence[int]) -> bool:
    return not loads or max(loads) - min(loads) <= slack(loads)


def slack(loads: Sequence[int]) -> float:
    """Return by how much loads may differ and still count as even."""
    return max(1.0, sum(loads) / len(loads) / PART_OF_A_LOAD) if loads else 1.0


@dataclass(slots=True)
class _Team:
    workers: dict[str, Worker] = field(default_factory=dict)
    loads: dict[str, int] = field(default_factory=dict)
    # What each has that may move, alike ones together: of those, the one that is easiest to hand over goes first.
    held: dict[str, dict[tuple[object, ...], list[Load]]] = field(default_factory=lambda: defaultdict(dict))
    nobodys: list[Load] = field(default_factory=list)
    # Who could take cases of a language and a country.
    suited: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, worker: Worker) -> None:
        self.workers[worker.id] = worker
        self.loads[worker.id] = 0

    def hold(self, case: Load) -> None:
        if not case.worker:
            self.nobodys.append(case)
            return
        if case.worker in self.loads:  # else somebody who has left: their cases are handed over when they do
            self.loads[case.worker] += case.weight
            if not case.stays:
                alike = (case.weight, case.ease, case.language, case.country)
                self.held[case.worker].setdefault(alike, []).append(case)

    def moves(self) -> Iterator[Move]:
        for groups in self.held.values():
            for group in groups.values():
                group.sort(key=lambda case: (case.opened_at, case.code))
        found = [*self._of_nobody(), *self._between()]
        yield from self._needed(found)

    def _of_nobody(self) -> Iterator[Move]:
        """Give what nobody has to whoever has least, the heaviest first: each of them has to go to somebody anyhow."""
        for case in sorted(self.nobodys, key=lambda case: (-case.weight, case.code)):
            takers = [worker for worker in self.workers.values() if worker.suits(case)]
            if takers and not case.stays:
                yield self._move(case, min(takers, key=lambda worker: (self.loads[worker.id], worker.id)))

    def _between(self) -> Iterator[Move]:
        for _number in range(MOST_MOVES):
            step = self._best()
            if step is None:
                return
            _step, giver, alike, taker = step
            group = self.held[giver][alike]
            case = group.pop()
            if not group:
                del self.held[giver][alike]
            yield self._move(case, self.workers[taker])

    def _best(self) -> tuple[_Step, str, tuple[object, ...], str] | None:
        """Return the move after which loads are most even; None if none makes them more even, or they are even already.

        Of those who could take a case, the one with the least gains most.
        """
        loads = list(self.loads.values())
        if is_even(loads):
            return None
        enough = slack(loads)
        least: dict[tuple[str, str], str] = {}
        best: tuple[_Step, str, tuple[object, ...], str] | None = None
        for giver, groups in self.held.items():
            for alike, group in groups.items():
                case = group[-1]
                takers = self._takers(case)
                wanted = (case.language, case.country)
                if wanted not in least and takers:
                    least[wanted] = min(takers, key=lambda worker: (self.loads[worker], worker))
                gap = self.loads[giver] - self.loads[least[wanted]] if takers else 0
                gain = case.weight * (gap - case.weight)
                if gap > enough and gain > 0:
                    step = _Step(gain, -len(takers), case.ease, case.opened_at.timestamp(), (case.code, giver))
                    if best is None or step > best[0]:
                        best = step, giver, alike, least[wanted]
        return best

    def _takers(self, case: Load) -> list[str]:
        wanted = (case.language, case.country)
        if wanted not in self.suited:
            self.suited[wanted] = [worker.id for worker in self.workers.values() if worker.suits(case)]
        return self.suited[wanted]

    def _move(self, case: Load, to: Worker) -> Move:
        before, taker_before = self.loads.get(case.worker, 0), self.loads[to.id]
        if case.worker:
            self.loads[case.worker] -= case.weight
        self.loads[to.id] += case.weight
        return Move(
            case=case,
            to=to,
            giver_before=before,
            giver_after=self.loads.get(case.worker, 0),
            taker_before=taker_before,
            taker_after=self.loads[to.id],
        )

    def _needed(self, found: list[Move]) -> list[Move]:
        """Leave out moves without which loads are as even: a later one may have made an earlier one needless."""
        kept = list(found)
        for move in [move for move in found if move.case.worker]:
            without = self._loads_without(move)
            if _spread(without) <= max(_spread(self.loads), slack(list(self.loads.values()))):
                kept.remove(move)
                self.loads = without
        return kept if len(kept) == len(found) else self._told_anew(kept)

    def _loads_without(self, move: Move) -> dict[str, int]:
        loads = dict(self.loads)
        loads[move.case.worker] += move.case.weight
        loads[move.to.id] -= move.case.weight
        return loads

    def _told_anew(self, kept: list[Move]) -> list[Move]:
        """Say the loads before and after each move as they are without those that were left out."""
        for move in kept:
            self.loads[move.to.id] -= move.case.weight
            if move.case.worker:
                self.loads[move.case.worker] += move.case.weight
        return [self._move(move.case, move.to) for move in kept]


def _spread(loads: Mapping[str, int]) -> int:
    return max(loads.values()) - min(loads.values()) if loads else 0
