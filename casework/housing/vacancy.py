"""Which beds are free, until when, and which of them keep a family together."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from .fit import COT_UNDER, GOES_ALONG_UNDER, GROWN_UP_FROM, Fit, Objection, Person, Point, Refusal, Room, Wishes, fit
from .occupancy import BedDays, State, Taking, by_bed, holds_throughout

# More rooms than these of one site are not tried together: the number of pairs grows with the square.
MOST_ROOMS_TOGETHER = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBed:
    """`free_until`: the first day on which it is taken, blocked, closed or out of lease; None: not as far as is known."""

    bed: BedDays
    free_until: date | None


def free_beds(
    beds: Iterable[BedDays],
    takings: Iterable[Taking],
    since: date,
    until: date | None,
    *,
    within_lease: bool = True,
) -> list[FreeBed]:
    """Return the beds that are free on every day of `[since, until)`; None: without end."""
    of_bed = by_bed(taking for taking in takings if taking.state != State.FREE)
    found = []
    for bed in beds:
        if bed.there.since > since:
            continue
        ends = [day for day in _ends(bed, of_bed.get(bed.key, ()), since, within_lease=within_lease) if day is not None]
        first = min(ends, default=None)
        if first is None or (until is not None and first >= until):
            found.append(FreeBed(bed=bed, free_until=first))
    return found


def _ends(bed: BedDays, takings: Iterable[Taking], since: date, *, within_lease: bool) -> Iterable[date | None]:
    """Yield the days from `since` on which something ends that the bed is free."""
    yield bed.there.until
    for taking in takings:
        if taking.days.shares(since, None):
            yield max(taking.days.since, since)
    if within_lease and bed.leases is not None:
        yield _lease_ends(bed, since)


def _lease_ends(bed: BedDays, since: date) -> date | None:
    """Return the first day from `since` on which no lease holds."""
    reached = since
    for lease in sorted(bed.leases or (), key=lambda each: each.since):
        if lease.since > reached:
            return reached
        if lease.until is None:
            return None
        reached = max(reached, lease.until)
    return reached


def is_covered(bed: BedDays, since: date, until: date | None) -> bool:
    """Return whether a lease holds on every day, where one is needed."""
    return holds_throughout(bed.leases, since, until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A bed that is free on all the days asked for."""

    key: Hashable
    label: str
    is_cot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom:
    key: Hashable
    site: Hashable
    label: str
    room: Room
    free: tuple[Place, ...]
    company: tuple[Person, ...] = ()
    # How many of the company are there on the fullest night; None: all. Two who follow one another take one bed.
    at_once: int | None = None

    @property
    def places_left(self) -> int:
        """For how many people more it is on the fullest night."""
        return self.room.capacity - (len(self.company) if self.at_once is None else self.at_once)


@dataclass(frozen=True, slots=True, kw_only=True)
class InRoom:
    """Who goes into which bed of a room, and how that fits."""

    room: OpenRoom
    beds: tuple[tuple[Hashable, Hashable], ...]  # person, bed
    fit: Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    rooms: tuple[InRoom, ...]

    @property
    def beds(self) -> dict[Hashable, Hashable]:
        return {person: bed for room in self.rooms for person, bed in room.beds}

    @property
    def needs_reason(self) -> bool:
        return any(room.fit.objections for room in self.rooms)

    @property
    def order(self) -> tuple[int, int, str]:
        """Fewer rooms first, then what fits better, then by name: the same question has the same answer."""
        score = sum(room.fit.score for room in self.rooms)
        return (len(self.rooms), -score, " ".join(room.room.label for room in self.rooms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """`refused` says of every other room why not."""

    found: tuple[Suggestion, ...]
    refused: tuple[tuple[OpenRoom, tuple[Point, ...]], ...] = field(default=())


def suggest(
    people: Sequence[Person], wishes: Wishes, rooms: Sequence[OpenRoom], *, together: bool = True
) -> Suggestions:
    """Return where these people could sleep: in one room; else, unless they must be `together`, in rooms of one site.

    "Together" means one room or flat. Rooms of one site keep people in one house.
    """
    found: list[Suggestion] = []
    refused: list[tuple[OpenRoom, tuple[Point, ...]]] = []
    for room in rooms:
        answer = put_into(people, wishes, room)
        if isinstance(answer, InRoom):
            found.append(Suggestion(rooms=(answer,)))
        else:
            refused.append((room, answer))
    if not found and len(people) > 1 and not together:
        of_site: defaultdict[Hashable, list[OpenRoom]] = defaultdict(list)
        for room in rooms:
            of_site[room.site].append(room)
        found = [it for each in of_site.values() if (it := _several(people, wishes, each)) is not None]
    ordered = sorted(found, key=lambda each: each.order)
    return Suggestions(found=tuple(ordered), refused=tuple(refused))


def put_into(people: Sequence[Person], wishes: Wishes, room: OpenRoom) -> InRoom | tuple[Point, ...]:
    """Return who sleeps where in a room, or why they cannot all sleep there."""
    answer = fit(people, room.room, wishes, room.company, at_once=room.at_once)
    if answer.refusals:
        return answer.refusals
    beds = _beds_for(people, room.free)
    if beds is None:
        return (Point(Refusal.TOO_FEW_BEDS),)
    if any(point.code == Objection.WITH_ANOTHER_FAMILY for point in answer.objections):
        return answer.objections
    return InRoom(room=room, beds=beds, fit=answer)


def _beds_for(people: Sequence[Person], free: Sequence[Place]) -> tuple[tuple[Hashable, Hashable], ...] | None:
    """Return a bed for each person: cots for the smallest, and for nobody else."""
    cots, others = [bed for bed in free if bed.is_cot], [bed for bed in free if not bed.is_cot]
    pairs = []
    for person in people:
        is_baby = person.ages is not None and person.ages[1] < COT_UNDER
        bed = cots.pop(0) if is_baby and cots else others.pop(0) if others else None
        if bed is None:
            return None
        pairs.append((person.key, bed.key))
    return tuple(pairs)


def _several(people: Sequence[Person], wishes: Wishes, rooms: Sequence[OpenRoom]) -> Suggestion | None:
    """Return how they fit into as few rooms of one site as can be, no child without somebody grown up; see `_is_looked_after`."""
    useful = sorted((room for room in rooms if room.free), key=lambda room: (-len(room.free), room.label))
    useful = useful[:MOST_ROOMS_TOGETHER]
    for number in range(2, min(len(useful), len(people)) + 1):
        tried = combinations(useful, number) if number <= 3 else [tuple(useful[:number])]
        answers = [it for each in tried if (it := _split(people, wishes, each)) is not None]
        if answers:
            return min(answers, key=lambda each: each.order)
    return None


def _split(people: Sequence[Person], wishes: Wishes, rooms: Sequence[OpenRoom]) -> Suggestion | None:
    """Fill the rooms one after the other, the largest first, children beside their elders."""
    left = _children_between_elders(people)
    parts = []
    for number, room in enumerate(rooms):
        rooms_to_come = len(rooms) - number - 1
        take = min(len(room.free), room.places_left, len(left) - rooms_to_come)
        part, left = left[:take], left[take:]
        answer = put_into(part, wishes, room) if _is_looked_after(part, room) else None
        if not isinstance(answer, InRoom):
            return None
        parts.append(answer)
    return None if left else Suggestion(rooms=tuple(parts))


def _children_between_elders(people: Sequence[Person]) -> list[Person]:
    """Return people so that wherever the row is cut, there are elders on both sides as far as there are any."""
    elders = [person for person in people if _is_grown_up(person)]
    children = [person for person in people if not _is_grown_up(person)]
    if not elders:
        return children
    first, *rest = elders
    return [first, *children, *rest]


def _is_looked_after(part: Sequence[Person], room: OpenRoom) -> bool:
    """Whether some of a family can be in a room of their own: with somebody grown up, or, if no small child is among them, where
    they are by themselves and nobody can be put beside them.
    """
    if any(_is_grown_up(person) for person in part):
        return True
    has_small = any(_is_small(person) for person in part)
    return bool(part) and not has_small and not room.company and len(part) == len(room.free)


def _is_small(person: Person) -> bool:
    return person.ages is not None and person.ages[1] < GOES_ALONG_UNDER


def _is_grown_up(person: Person) -> bool:
    return person.ages is None or person.ages[0] >= GROWN_UP_FROM
