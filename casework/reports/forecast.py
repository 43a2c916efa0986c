"""What beds will be on the days to come, and which ends and beginnings make it so. Pure.

Nothing is guessed: a placement ends on its day, a lease on its own, a block on its own; what has no end stays. Each bed goes from
one state to another on a day; the steps of a day are exactly the difference between it and the day before, so every number of
the forecast is the number of today and the steps since.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from casework.housing.occupancy import STRONGEST_FIRST, BedDays, State, Stretch, Taking, by_bed, stretches

WEEKS = 12
WEEK = 7


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Beds of a site that go from one state to another on a day; None: the bed is not there yet, or not any more."""

    site: str
    was: State | None
    becomes: State | None

    @property
    def frees(self) -> int:
        return (self.becomes is State.FREE) - (self.was is State.FREE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """`beds`: how many beds are what. `steps`: how many went from what to what since the day before; none on the first day."""

    day: date
    beds: dict[State, int]
    steps: Counter[Step]

    @property
    def free(self) -> int:
        return self.beds[State.FREE]

    @property
    def all_beds(self) -> int:
        return sum(self.beds.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days, fewer at the end. What is free on its last night is what was free before it, and its steps."""

    days: Sequence[Day]

    @property
    def last(self) -> Day:
        return self.days[-1]

    @property
    def fullest(self) -> Day:
        """The first of the nights with the fewest free beds."""
        return min(self.days, key=lambda day: (day.free, day.day))

    @property
    def steps(self) -> Counter[Step]:
        found: Counter[Step] = Counter()
        for day in self.days:
            found.update(day.steps)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The first day is the one from which it is made; weeks are counted after it.

    `open_ended`: beds that are taken on the last day by somebody whose leaving day is not known. They count as taken.
    """

    days: Sequence[Day]
    open_ended: int

    @property
    def since(self) -> date:
        return self.days[0].day

    @property
    def free(self) -> list[int]:
        return [day.free for day in self.days]

    @property
    def weeks(self) -> list[Week]:
        return [Week(days=self.days[start : start + WEEK]) for start in range(1, len(self.days), WEEK)]

    def bed_days(self, state: State) -> int:
        return sum(day.beds[state] for day in self.days)


def forecast(
    beds: Iterable[BedDays],
    takings: Iterable[Taking],
    since: date,
    until: date,
    *,
    site_codes: dict[Hashable, str] | None = None,
) -> Forecast:
    """Return the days of `[since, until)`. `site_codes` names the sites in the steps."""
    if until <= since:
        raise ValueError("a forecast is of one day at least")
    names = site_codes or {}
    of_bed = by_bed(takings)
    length = (until - since).days
    changes: list[Counter[State]] = [Counter() for _day in range(length + 1)]
    steps: list[Counter[Step]] = [Counter() for _day in range(length)]
    open_ended = 0
    for bed in beds:
        mine = of_bed.get(bed.key, [])
        drawn = stretches(bed, mine, since, until)
        for each in drawn:
            changes[(each.since - since).days][each.state] += 1
            changes[(each.until - since).days][each.state] -= 1
        for day, was, becomes in _turns(drawn, since, until):
            steps[(day - since).days][Step(names.get(bed.site, str(bed.site)), was, becomes)] += 1
        open_ended += _stays(drawn, mine, until)
    return Forecast(days=_days(since, changes[:length], steps), open_ended=open_ended)


def _turns(drawn: Sequence[Stretch], since: date, until: date) -> Iterable[tuple[date, State | None, State | None]]:
    """Yield on which day a bed becomes something else. What it is on the first day is no change."""
    if not drawn:
        return
    if drawn[0].since > since:
        yield drawn[0].since, None, drawn[0].state
    for earlier, later in pairwise(drawn):
        if earlier.state is not later.state:
            yield later.since, earlier.state, later.state
    if drawn[-1].until < until:
        yield drawn[-1].until, drawn[-1].state, None


def _stays(drawn: Sequence[Stretch], takings: Iterable[Taking], until: date) -> bool:
    if not drawn or drawn[-1].until != until or drawn[-1].state not in (State.OCCUPIED, State.BOOKED):
        return False
    return any(taking.key == drawn[-1].key and taking.days.until is None for taking in takings)


def _days(since: date, changes: Sequence[Counter[State]], steps: Sequence[Counter[Step]]) -> list[Day]:
    found, now = [], dict.fromkeys(STRONGEST_FIRST, 0)
    for number, (change, of_day) in enumerate(zip(changes, steps, strict=True)):
        now = {state: now[state] + change[state] for state in STRONGEST_FIRST}
        found.append(Day(day=since + timedelta(days=number), beds=now, steps=of_day))
    return found


# --- Who else may come ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """People who come from a day on: all at once, or so many a day until all are there. None of them leaves again."""

    people: int
    since: date
    per_day: int | None = None

    def there_by(self, day: date) -> int:
        """Return how many have come by the night of a day."""
        if day < self.since:
            return 0
        if self.per_day is None:
            return self.people
        return min(self.people, self.per_day * ((day - self.since).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """`asking`: all who want a bed this night beside those of the forecast; `free`: what there is for them."""

    day: date
    come: int
    asking: int
    free: int

    @property
    def housed(self) -> int:
        return min(self.asking, max(self.free, 0))

    @property
    def without(self) -> int:
        return self.asking - self.housed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The nights from the first arrival to the end of the forecast."""

    nights: Sequence[Night]

    @property
    def first_without(self) -> Night | None:
        """The first night on which somebody has no bed."""
        return next((night for night in self.nights if night.without), None)

    @property
    def nights_until_full(self) -> int | None:
        """For how many nights from the first arrival everybody has a bed; None: for as long as is forecast."""
        found = self.first_without
        return None if found is None else (found.day - self.nights[0].day).days

    @property
    def worst(self) -> Night:
        """The first of the nights on which the most have no bed."""
        return max(self.nights, key=lambda night: (night.without, -night.day.toordinal()))


def outcome(free: Sequence[int], since: date, surge: Surge, *, waiting: Sequence[int] = ()) -> Outcome:
    """Return what a surge meets: `free` beds, a number a day from `since` on; `waiting`: who asks for beds already, a number a day.

    It counts beds and not who sleeps in which: somebody may have to move where a bed is wanted for another.
    """
    until = since + timedelta(days=len(free))
    if not since <= surge.since < until:
        raise ValueError("the surge begins outside the forecast")
    nights = []
    for number in range((surge.since - since).days, len(free)):
        day = since + timedelta(days=number)
        there = surge.there_by(day)
        asking = there + (waiting[number] if waiting else 0)
        come = there - surge.there_by(day - timedelta(days=1))
        nights.append(Night(day=day, come=come, asking=asking, free=free[number]))
    return Outcome(nights=nights)


def expected(days: Iterable[tuple[date, int]], since: date, length: int) -> list[int]:
    """Return how many ask for a bed on each day, from how many need one from a day on; who needed it before still does."""
    coming: Counter[int] = Counter()
    for day, people in days:
        coming[max((day - since).days, 0)] += people
    found, there = [], 0
    for number in range(length):
        there += coming[number]
        found.append(there)
    return found
