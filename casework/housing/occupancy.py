"""What every bed is on every day: taken, held, blocked, out of lease or free; each bed-day is exactly one of them.

The board draws the stretches, reports count them: the same function answers both, so their numbers add up with each other.
Days run from a first one to one that is not counted any more, `[since, until)`; None is without end.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


class State(StrEnum):
    OCCUPIED = "occupied"  # somebody lives there, or lived there
    BOOKED = "booked"  # somebody is to come
    HELD = "held"  # kept until an hour; or was kept for somebody who did not come
    OUT_OF_LEASE = "out_of_lease"  # no lease holds on this day
    BLOCKED = "blocked"
    FREE = "free"


# Of two that fall on one day, the first counts.
STRONGEST_FIRST = (State.OCCUPIED, State.BOOKED, State.HELD, State.OUT_OF_LEASE, State.BLOCKED, State.FREE)


@dataclass(frozen=True, slots=True)
class Days:
    since: date
    until: date | None

    @property
    def is_empty(self) -> bool:
        return self.until is not None and self.until <= self.since

    def shares(self, since: date, until: date | None) -> bool:
        """Whether one day at least is in both."""
        if self.is_empty or (until is not None and until <= since):
            return False
        return (until is None or self.since < until) and (self.until is None or since < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class BedDays:
    """A bed, the days on which it is there, and those on which a lease holds; `leases` None: it needs none."""

    key: Hashable
    unit: Hashable
    site: Hashable
    there: Days
    leases: tuple[Days, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Days of a bed on which it is not free; `key` leads back to the placement or the block."""

    bed: Hashable
    days: Days
    state: State
    key: Hashable = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days in a row on which a bed is the same: of the same state, and for the same placement or block."""

    bed: Hashable
    since: date
    until: date
    state: State
    key: Hashable = None

    @property
    def nights(self) -> int:
        return (self.until - self.since).days


def stretches(bed: BedDays, takings: Iterable[Taking], since: date, until: date) -> list[Stretch]:
    """Return what a bed is on the days of `[since, until)` on which it is there, in order and without gaps."""
    since = max(since, bed.there.since)
    until = until if bed.there.until is None else min(until, bed.there.until)
    if until <= since:
        return []
    layers = [*takings, *_without_lease(bed, since, until)]
    changes: defaultdict[date, list[tuple[int, int]]] = defaultdict(list)
    for number, layer in enumerate(layers):
        start = max(layer.days.since, since)
        end = until if layer.days.until is None else min(layer.days.until, until)
        if start < end:
            changes[start].append((1, number))
            changes[end].append((-1, number))
    return _swept(bed, layers, changes, since, until)


def _swept(
    bed: BedDays,
    layers: Sequence[Taking],
    changes: Mapping[date, list[tuple[int, int]]],
    since: date,
    until: date,
) -> list[Stretch]:
    found: list[Stretch] = []
    there: set[int] = set()
    days = sorted({since, until, *changes})
    for day, next_day in pairwise(days):
        for step, number in changes.get(day, ()):
            if step > 0:
                there.add(number)
            else:
                there.discard(number)
        top = min(there, key=lambda number: (STRONGEST_FIRST.index(layers[number].state), number), default=None)
        state, key = (State.FREE, None) if top is None else (layers[top].state, layers[top].key)
        if found and found[-1].state == state and found[-1].key == key:
            found[-1] = Stretch(bed=bed.key, since=found[-1].since, until=next_day, state=state, key=key)
        else:
            found.append(Stretch(bed=bed.key, since=day, until=next_day, state=state, key=key))
    return found


def _without_lease(bed: BedDays, since: date, until: date) -> Iterable[Taking]:
    """Yield the days in `[since, until)` on which no lease holds."""
    if bed.leases is None:
        return
    reached = since
    for lease in sorted(bed.leases, key=lambda each: each.since):
        if lease.since > reached:
            days = Days(reached, min(lease.since, until))
            yield Taking(bed=bed.key, days=days, state=State.OUT_OF_LEASE)
        if lease.until is None:
            return
        reached = max(reached, lease.until)
        if reached >= until:
            return
    if reached < until:
        yield Taking(bed=bed.key, days=Days(reached, until), state=State.OUT_OF_LEASE)


TAKEN = frozenset({State.OCCUPIED, State.BOOKED, State.HELD})


def cut_where_no_lease_holds(bed: BedDays, whole: Stretch) -> list[tuple[Stretch, bool]]:
    """Return a stretch in pieces, and of each whether the bed is taken there although no lease holds. It counts as taken."""
    if whole.state not in TAKEN:
        return [(whole, False)]
    without = [taking.days for taking in _without_lease(bed, whole.since, whole.until)]
    edges = {edge for days in without for edge in (days.since, days.until or whole.until)}
    days_of_pieces = pairwise(sorted({whole.since, whole.until, *edges}))
    return [
        (replace(whole, since=since, until=until), any(days.shares(since, until) for days in without))
        for since, until in days_of_pieces
    ]


def holds_throughout(leases: Sequence[Days] | None, since: date, until: date | None) -> bool:
    """Return whether a lease holds on every day; without leases that are needed, always."""
    return first_day_without(leases, since, until) is None


def first_day_without(leases: Sequence[Days] | None, since: date, until: date | None) -> date | None:
    """Return the first day of `[since, until)` on which no lease holds; None if one does on each, or none is needed."""
    if leases is None:
        return None
    reached = since
    for lease in sorted(leases, key=lambda each: each.since):
        if lease.since > reached:
            break
        if lease.until is None:
            return None
        reached = max(reached, lease.until)
    return reached if until is None or reached < until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """How many beds were what, on each day in a row from `since`. The numbers of a day add up to `beds`."""

    since: date
    by_state: Mapping[State, Sequence[int]]

    def __len__(self) -> int:
        return len(self.by_state[State.FREE])

    def on(self, day: date) -> dict[State, int]:
        number = (day - self.since).days
        return {state: counts[number] for state, counts in self.by_state.items()}

    def beds(self, day: date) -> int:
        """How many beds were there."""
        return sum(self.on(day).values())

    def usable(self, day: date) -> int:
        """How many could be slept in: those that were neither blocked nor out of lease."""
        counts = self.on(day)
        return sum(counts.values()) - counts[State.BLOCKED] - counts[State.OUT_OF_LEASE]

    def bed_days(self, state: State) -> int:
        return sum(self.by_state[state])

    @property
    def days(self) -> list[date]:
        return [self.since + timedelta(days=number) for number in range(len(self))]


def count(
    beds: Iterable[BedDays],
    takings: Iterable[Taking],
    since: date,
    until: date,
    *,
    group: Callable[[BedDays], KeyT],
) -> dict[KeyT, DayCounts]:
    """Return the counts by day of every group of beds, such as those of a site."""
    of_bed = by_bed(takings)
    length = (until - since).days
    steps: dict[KeyT, dict[State, list[int]]] = {}
    for bed in beds:
        of_group = steps.setdefault(group(bed), {state: [0] * (length + 1) for state in STRONGEST_FIRST})
        for each in stretches(bed, of_bed.get(bed.key, ()), since, until):
            of_group[each.state][(each.since - since).days] += 1
            of_group[each.state][(each.until - since).days] -= 1
    return {
        key: DayCounts(since=since, by_state={state: list(accumulate(row))[:length] for state, row in of_group.items()})
        for key, of_group in steps.items()
    }


def by_bed(takings: Iterable[Taking]) -> dict[Hashable, list[Taking]]:
    found: defaultdict[Hashable, list[Taking]] = defaultdict(list)
    for taking in takings:
        found[taking.bed].append(taking)
    return found
