"""How many beds are what, on any day, by site, kind, team and town: each bed counted once, so that all of these add up alike.

Who reads the figures of others reads of beds what is true of beds alone (how many, out of lease, blocked), exactly; how many
people sleep in them passes `lib.suppression`. How many are free is not said there: beds less free ones are people.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg

from casework.housing.loading import bed_days
from casework.housing.models import Bed, Placement, Site
from casework.housing.occupancy import STRONGEST_FIRST, BedDays, DayCounts, State, Taking, count

from .readers import Reader, Whose

KeyT = TypeVar("KeyT", bound=Hashable)


class By(StrEnum):
    SITE = "site"
    KIND = "kind"
    TEAM = "team"
    TOWN = "town"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What reports know of a site: nothing that is sealed. `teams`: the names of all that may use it."""

    id: UUID
    code: str
    kind: str
    country: str
    region: str
    city: str
    teams: tuple[str, ...]

    def key(self, by: By) -> tuple[str, ...]:
        """Return what the site is counted under. One that several teams share is counted once, under all of their names."""
        match by:
            case By.SITE:
                return (self.code,)
            case By.KIND:
                return (self.kind,)
            case By.TEAM:
                return self.teams
            case By.TOWN:
                return (self.country, self.city)


def places(reader: Reader, whose: Whose) -> dict[UUID, Place]:
    """Return the sites whose figures these are, in the order of their codes; by one statement."""
    rows: Any = Site.objects.filter(reader.of_sites(whose)).by_code()
    rows = rows.annotate(names=ArrayAgg("of_teams__team__name", distinct=True, default=[]))
    return {
        pk: Place(id=pk, code=code, kind=kind, country=country, region=region, city=city, teams=tuple(sorted(names)))
        for pk, code, kind, country, region, city, names in rows.values_list(
            "pk", "code", "kind", "country", "region", "city", "names"
        )
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Beds:
    """Counts by day of every site, for whoever sees the rows."""

    places: Mapping[UUID, Place]
    of_site: Mapping[UUID, DayCounts]
    since: date
    until: date

    def by(self, by: By) -> dict[tuple[str, ...], DayCounts]:
        return merged(self.of_site, lambda site: self.places[site].key(by))

    @property
    def total(self) -> DayCounts:
        found = merged(self.of_site, lambda _site: "all")
        return found.get("all") or _nothing(self.since, self.until)


def beds(reader: Reader, since: date, until: date) -> Beds:
    """Return what the beds of the reader's own teams are on the days of `[since, until)`, by five statements; the board's numbers."""
    known = places(reader, Whose.OWN)
    days, takings = bed_days(beds_of(known), since, until, reader.now)
    counts = count(days, takings, since, until, group=_site)
    return Beds(places=known, of_site=counts, since=since, until=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsOfOthers:
    """`beds`: what is true of the beds alone, as if nobody were there; `people`: how many sleep there, by site and day.

    People of restricted cases are counted for nobody here.
    """

    beds: Beds
    people: Mapping[UUID, DayCounts]

    def people_by(self, by: By, day: date) -> dict[tuple[str, ...], int]:
        counts = merged(self.people, lambda site: self.beds.places[site].key(by))
        return {key: it.on(day)[State.OCCUPIED] for key, it in counts.items()}

    def people_on(self, day: date) -> int:
        return sum(it.on(day)[State.OCCUPIED] for it in self.people.values())


def beds_of_others(reader: Reader, since: date, until: date) -> BedsOfOthers:
    known = places(reader, Whose.OTHERS)
    days, takings = bed_days(beds_of(known), since, until, reader.now)
    blocks = [taking for taking in takings if taking.state is State.BLOCKED]
    living = not_hidden(taking for taking in takings if taking.state is State.OCCUPIED)
    alone = Beds(places=known, of_site=count(days, blocks, since, until, group=_site), since=since, until=until)
    return BedsOfOthers(beds=alone, people=count(days, living, since, until, group=_site))


def merged(of_site: Mapping[UUID, DayCounts], key: Callable[[UUID], KeyT]) -> dict[KeyT, DayCounts]:
    """Return the counts of sites added up under what `key` says of each."""
    groups: defaultdict[KeyT, list[DayCounts]] = defaultdict(list)
    for site, counts in of_site.items():
        groups[key(site)].append(counts)
    return {group: _added(of_group) for group, of_group in groups.items()}


def _added(counts: list[DayCounts]) -> DayCounts:
    if len(counts) == 1:
        return counts[0]
    by_state = {
        state: [sum(numbers) for numbers in zip(*(each.by_state[state] for each in counts), strict=True)]
        for state in STRONGEST_FIRST
    }
    return DayCounts(since=counts[0].since, by_state=by_state)


def _nothing(since: date, until: date) -> DayCounts:
    return DayCounts(since=since, by_state={state: [0] * (until - since).days for state in STRONGEST_FIRST})


def _site(bed: BedDays) -> UUID:
    site: Any = bed.site
    return site  # type: ignore[no-any-return]  # keys of beds are hashable to the pure module, and ids here


def beds_of(known: Iterable[UUID]) -> Any:
    """Return the beds of these sites."""
    return Bed.objects.filter(unit__site__in=list(known))


def not_hidden(takings: Iterable[Taking]) -> list[Taking]:
    """Return those placements whose cases are not restricted; by one statement."""
    found = list(takings)
    ids: list[Any] = [taking.key for taking in found]
    hidden = set(Placement.objects.filter(pk__in=ids, client__case__restricted=True).values_list("pk", flat=True))
    return [taking for taking in found if taking.key not in hidden]
