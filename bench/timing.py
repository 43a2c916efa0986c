"""Times of two sides, taken in turns in one run, so that a slow moment of the machine hits both."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

REPETITIONS = 30
# Repetitions take at most about this long; at least so many are made whatever they take.
SECONDS = 60.0
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """The median seconds of either side over `repetitions`."""

    ours: float
    theirs: float
    repetitions: int

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes, with the collector of garbage at rest."""
    gc.disable()
    begun = time.perf_counter()
    try:
        work()
        return time.perf_counter() - begun
    finally:
        gc.enable()


def compare(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    quick: bool = False,
    before: Callable[[], object] = lambda: None,
    between: Callable[[], object] = lambda: None,
) -> Compared:
    """Time both sides in turns, warm: 30 times where a repetition is short, fewer where it is long.

    `before` is done ahead of each turn, `between` between its sides; neither is timed.
    """

    def turn() -> tuple[float, float]:
        before()
        of_ours = seconds(ours)
        between()
        return of_ours, seconds(theirs)

    gc.collect()
    warm = sum(turn())
    repetitions = 1 if quick else max(FEWEST, min(REPETITIONS, int(SECONDS / max(warm, 1e-9))))
    taken = [turn() for _ in range(repetitions)]
    return Compared(
        statistics.median(ours for ours, _ in taken), statistics.median(theirs for _, theirs in taken), repetitions
    )
