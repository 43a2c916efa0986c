"""What a bed costs a month, by town and currency, and what prices did. Currencies are never added to each other."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from casework.housing.models import Bed, Lease, LeaseRent

from .capacity import Place
from .prices import index

Group = tuple[str, str, str]  # country, town, currency
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The first day of a month in one town and currency: leases that hold and have a rent, their beds, and what they cost a month."""

    first: date
    leases: int
    beds: int
    rent: Decimal
    index: Decimal | None

    @property
    def a_bed(self) -> Decimal | None:
        return (self.rent / self.beds).quantize(CENT) if self.beds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rents:
    """`without`: leases that hold on the last of the days and have no rent on record."""

    groups: Mapping[Group, Sequence[Month]]
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lease:
    key: UUID
    site: UUID
    unit: UUID | None
    group: Group
    since: date
    until: date | None
    days: Sequence[date]
    amounts: Sequence[Decimal]  # a month, from each of the days on

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def rent_on(self, day: date) -> Decimal | None:
        place = bisect_right(self.days, day)
        return self.amounts[place - 1] if place else None


def rents(known: Mapping[UUID, Place], months: Sequence[date]) -> Rents:
    """Return what beds cost on the first days of these months; by three statements."""
    leases = _leases(known)
    beds = list(
        Bed.objects.filter(unit__site__in=list(known)).values_list("unit__site", "unit", "opened_on", "closed_on")
    )
    of_group: defaultdict[Group, list[dict[Hashable, Decimal]]] = defaultdict(lambda: [{} for _month in months])
    covered: list[Counter[UUID]] = []
    for number, first in enumerate(months):
        here = [lease for lease in leases if lease.holds_on(first)]
        covered.append(_covered(here, beds, first))
        for lease in here:
            if (rent := lease.rent_on(first)) is not None:
                of_group[lease.group][number][lease.key] = rent
    groups = {
        group: [
            Month(
                first=first,
                leases=len(paid),
                beds=sum(covered[number][lease] for lease in covered[number] if lease in paid),
                rent=sum(paid.values(), Decimal(0)).quantize(CENT),
                index=None if level is None else level.quantize(Decimal("0.1")),
            )
            for number, (first, paid, level) in enumerate(zip(months, by_month, index(by_month), strict=True))
        ]
        for group, by_month in of_group.items()
    }
    last = months[-1]
    return Rents(groups=groups, without=sum(it.holds_on(last) and it.rent_on(last) is None for it in leases))


def _leases(known: Mapping[UUID, Place]) -> list[_Lease]:
    history: defaultdict[UUID, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = LeaseRent.objects.filter(lease__site__in=list(known)).order_by("since")
    for lease, since, amount, per in rows.values_list("lease_id", "since", "amount", "per"):
        history[lease].append((since, amount / LeaseRent.DAYS[per] * LeaseRent.DAYS[LeaseRent.Per.MONTH]))
    found = []
    values = ("pk", "site_id", "unit_id", "currency", "since", "until")
    for pk, site, unit, currency, since, until in Lease.objects.filter(site__in=list(known)).values_list(*values):
        place = known[site]
        days, amounts = zip(*history[pk], strict=True) if history[pk] else ((), ())
        found.append(
            _Lease(
                key=pk,
                site=site,
                unit=unit,
                group=(place.country, place.city, currency),
                since=since,
                until=until,
                days=days,
                amounts=amounts,
            )
        )
    return found


def _covered(
    leases: Sequence[_Lease], beds: Sequence[tuple[UUID, UUID, date, date | None]], day: date
) -> Counter[UUID]:
    """Return how many beds each lease is for: those of its unit, or of the site without units that have a lease of their own."""
    of_unit = {lease.unit: lease.key for lease in leases if lease.unit is not None}
    of_site = {lease.site: lease.key for lease in leases if lease.unit is None}
    found: Counter[UUID] = Counter()
    for site, unit, opened, closed in beds:
        lease = of_unit.get(unit) or of_site.get(site)
        if lease is not None and opened <= day and (closed is None or day < closed):
            found[lease] += 1
    return found
