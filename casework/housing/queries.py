"""What pages and reports ask of beds: what is free for whom, the board, the numbers of each day."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.models import Client

from .fit import Person, Wishes
from .loading import bed_days
from .models import Bed, BedBlock, HousingRequest, Placement, SafetyNote, Site, Unit
from .models.days import sharing_days
from .occupancy import BedDays, DayCounts, State, Stretch, by_bed, count, cut_where_no_lease_holds, stretches
from .placing import person_of, room_of
from .vacancy import OpenRoom, Place, Suggestions, suggest

KeyT = TypeVar("KeyT", bound=Hashable)


def beds_in_order(beds: Iterable[Bed]) -> list[Bed]:
    """Return beds as people count them: bed 2 before bed 10."""
    return sorted(beds, key=lambda bed: (_counted(bed.label), str(bed.pk)))


def units_in_order(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (unit.site.code, _counted(unit.label), str(unit.pk)))


def _counted(label: str) -> tuple[tuple[int, str], ...]:
    """Return a label as numbers and words, by which labels sort as people read them."""
    parts: list[tuple[int, str]] = []
    word = ""
    for sign in label.casefold():
        if sign.isdecimal() == word[-1:].isdecimal() and word:
            word += sign
        else:
            parts.append((int(word), "") if word.isdecimal() else (-1, word))
            word = sign
    parts.append((int(word), "") if word.isdecimal() else (-1, word))
    return tuple(parts)


def open_rooms(
    user: User,
    now: datetime,
    since: date,
    until: date | None,
    *,
    country: str = "",
    city: str = "",
    for_whom: Collection[str] = (),
    units: Collection[UUID] = (),
    within_lease: bool = True,
) -> list[tuple[Unit, OpenRoom]]:
    """Return the units in which the user may place people, with their beds that are free on all the days; three statements.

    Those without a free bed come along, so that a page can say why a room is not offered.
    """
    usable = (
        Unit.objects.usable_by(user, now, Permission.HOUSING_PLACE).in_use_on(since).select_related("site__data_key")
    )
    if country:
        usable = usable.filter(site__country=country)
    if city:
        usable = usable.filter(site__city__iexact=city)
    if for_whom:
        usable = usable.filter(for_whom__in=for_whom)
    if units:
        usable = usable.filter(pk__in=units)
    free = Bed.objects.free(since, until, now)
    if within_lease:
        free = free.within_lease(since, until)
    rows = units_in_order(usable.prefetch_related(Prefetch("beds", free, to_attr="free_beds")))
    company = _company([unit.pk for unit in rows], since, until, now)
    return [(unit, _open_room(unit, company.get(unit.pk, _Company()))) for unit in rows]


def _open_room(unit: Any, company: "_Company") -> OpenRoom:
    return OpenRoom(
        key=unit.pk,
        site=unit.site_id,
        label=f"{unit.site.code}, {unit.label}",
        room=room_of(unit),
        free=tuple(
            Place(key=bed.pk, label=bed.label, is_cot=bed.kind == Bed.Kind.COT) for bed in beds_in_order(unit.free_beds)
        ),
        company=tuple(company.people.values()),
        at_once=company.at_once,
    )


@dataclass(slots=True)
class _Company:
    """Who has a bed in a unit on one of the days, and from when to when: sex and case, no name and no age."""

    people: dict[UUID, Person] = field(default_factory=dict)
    changes: Counter[date] = field(default_factory=Counter)

    def add(self, person: Person, key: UUID, since: date, until: date | None) -> None:
        self.people[key] = person
        self.changes[since] += 1
        if until is not None:
            self.changes[until] -= 1

    @property
    def at_once(self) -> int:
        """How many of them there are on the fullest night: who leaves makes room for who comes that day."""
        return max(accumulate(self.changes[day] for day in sorted(self.changes)), default=0)


def _company(units: Collection[UUID], since: date, until: date | None, now: datetime) -> dict[UUID, _Company]:
    rows = Placement.objects.taking_beds(now).sharing_days(since, until).filter(bed__unit__in=units)
    values = rows.values_list("bed__unit", "client", "client__case", "client__sex", "since", "until")
    found: defaultdict[UUID, _Company] = defaultdict(_Company)
    for unit, client, case, sex, first, last in values:
        found[unit].add(Person(key=client, group=case, sex=sex), client, max(first, since), last)
    return found


def suggestions(
    people: Sequence[Client],
    user: User,
    now: datetime,
    since: date,
    until: date | None,
    *,
    wishes: Wishes,
    country: str = "",
    city: str = "",
    together: bool = True,
) -> tuple[Suggestions, dict[Hashable, Unit]]:
    """Return where these people could sleep on all the days, the best first; and the units by their key."""
    rooms = open_rooms(user, now, since, until, country=country, city=city)
    persons = [person_of(client, since) for client in people]
    found = suggest(persons, wishes, [room for _unit, room in rooms], together=together)
    return found, {unit.pk: unit for unit, _room in rooms}


def wishes_of(request: HousingRequest) -> Wishes:
    return Wishes(step_free=request.step_free, pets=request.pets, cot=request.cot)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStretch:
    """Days in a row of a bed. `placement` is there for whoever may see that person, `block` for everybody.

    `without_lease`: the bed is taken, and no lease holds on these days.
    """

    stretch: Stretch
    placement: Placement | None = None
    block: BedBlock | None = None
    without_lease: bool = False

    @property
    def state(self) -> State:
        return self.stretch.state


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardBed:
    bed: Bed
    stretches: list[BoardStretch]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardUnit:
    """`lease_ends`: the day within the board from which no lease holds any more, as far as is known."""

    unit: Unit
    beds: list[BoardBed]
    lease_ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSite:
    site: Site
    units: list[BoardUnit]
    has_safety_note: bool

    @property
    def beds(self) -> list[BoardBed]:
        return [bed for unit in self.units for bed in unit.beds]


def board(
    user: User,
    now: datetime,
    since: date,
    until: date,
    *,
    sites: Collection[UUID] | None = None,
    by_token: bool = False,
) -> list[BoardSite]:
    """Return every bed of the sites that the user may see, with what it is on the days of `[since, until)`.

    The number of statements is the same whatever is on the board. `by_token`: with those people alone whom a program may know.
    """
    beds = Bed.objects.usable_by(user, now)
    if sites is not None:
        beds = beds.filter(unit__site__in=sites)
    days, takings = bed_days(beds, since, until, now)
    ids: list[Any] = [each.key for each in days]
    of_bed = by_bed(takings)
    taken = [each.key for each in takings if each.state is not State.BLOCKED]
    seen = _placements_seen(user, now, taken, by_token=by_token)
    blocks: dict[Any, BedBlock] = {
        row.pk: row for row in BedBlock.objects.filter(sharing_days(since, until), bed__in=ids)
    }
    noted = Exists(SafetyNote.objects.standing().filter(site=OuterRef("unit__site")))
    rows: dict[Any, Any] = {
        bed.pk: bed for bed in Bed.objects.filter(pk__in=ids).with_place().annotate(has_safety_note=noted)
    }
    drawn: defaultdict[UUID, list[BoardBed]] = defaultdict(list)
    for each in days:
        bed = rows[each.key]
        pieces = [
            BoardStretch(stretch=it, placement=seen.get(it.key), block=blocks.get(it.key), without_lease=without)
            for whole in stretches(each, of_bed.get(each.key, ()), since, until)
            for it, without in cut_where_no_lease_holds(each, whole)
        ]
        drawn[bed.unit_id].append(BoardBed(bed=bed, stretches=pieces))
    ends = {rows[each.key].unit_id: _lease_ends(each, since, until) for each in days}
    return _by_site(drawn, ends)


def _lease_ends(bed: BedDays, since: date, until: date) -> date | None:
    """Return the day of `[since, until)` from which no lease holds any more; None where the last one goes on."""
    if not bed.leases or any(lease.until is None for lease in bed.leases):
        return None
    last = max(lease.until for lease in bed.leases if lease.until is not None)
    return last if since <= last < until else None


def _by_site(drawn: dict[UUID, list[BoardBed]], ends: dict[UUID, date | None]) -> list[BoardSite]:
    units: dict[UUID, list[BoardUnit]] = defaultdict(list)
    sites: dict[UUID, Site] = {}
    noted: set[UUID] = set()
    for beds in drawn.values():
        unit = beds[0].bed.unit
        order = {bed.pk: number for number, bed in enumerate(beds_in_order(each.bed for each in beds))}
        in_order = sorted(beds, key=lambda each: order[each.bed.pk])
        units[unit.site_id].append(BoardUnit(unit=unit, beds=in_order, lease_ends=ends[unit.pk]))
        sites[unit.site_id] = unit.site
        if getattr(beds[0].bed, "has_safety_note", False):
            noted.add(unit.site_id)
    found = []
    for site in sorted(sites.values(), key=lambda each: each.code):
        places = {unit.pk: number for number, unit in enumerate(units_in_order(it.unit for it in units[site.pk]))}
        ordered = sorted(units[site.pk], key=lambda it: places[it.unit.pk])
        found.append(BoardSite(site=site, units=ordered, has_safety_note=site.pk in noted))
    return found


def _placements_seen(user: User, now: datetime, ids: Collection[Any], *, by_token: bool) -> dict[Any, Placement]:
    """Return those of the placements whose people the user may see, with the people."""
    rows = Placement.objects.visible_to(user, now, by_token=by_token).filter(pk__in=ids).with_person()
    return {row.pk: row for row in rows}


def numbers_by_day(
    user: User,
    now: datetime,
    since: date,
    until: date,
    *,
    group: Callable[[BedDays], KeyT],
    beds: Any = None,
) -> dict[KeyT, DayCounts]:
    """Return how many beds of the user's sites are what on each day, by group; the same answer as the board's.

    `group` sees the ids of bed, unit and site; `beds` narrows what is counted. Always four statements.
    """
    wanted = Bed.objects.usable_by(user, now) if beds is None else beds
    days, takings = bed_days(wanted, since, until, now)
    return count(days, takings, since, until, group=group)


def numbers_on(user: User, now: datetime, day: date) -> dict[State, int]:
    """Return how many beds of the user's sites are what on one day."""
    counts = numbers_by_day(user, now, day, day + timedelta(days=1), group=lambda _bed: "all").get("all")
    return counts.on(day) if counts is not None else dict.fromkeys(State, 0)


def ending_soon(user: User, now: datetime, since: date, until: date) -> Any:
    """Return the placements of people whom the user may see that end on one of the days, the first first."""
    rows = Placement.objects.visible_to(user, now).filter(
        state__in=(Placement.State.BOOKED, Placement.State.CHECKED_IN), until__gte=since, until__lt=until
    )
    return rows.with_person().with_place().order_by("until", "id")


def overdue(user: User, now: datetime, today: date) -> Any:
    """Return the placements of people whom the user may see of which something was to have happened by today:
    somebody was to leave and has not been checked out, or to come and has not been checked in.
    """
    was_to_leave = Q(state=Placement.State.CHECKED_IN, until__lte=today)
    was_to_come = Q(state=Placement.State.BOOKED, since__lt=today)
    rows = Placement.objects.visible_to(user, now).filter(was_to_leave | was_to_come)
    return rows.with_person().with_place().order_by("since", "id")
