"""What the forecast is made of: the beds of some sites, who waits for one, leases that end. See `forecast.py` for the counting."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from casework.housing.loading import bed_days
from casework.housing.models import HousingRequest, Lease, Placement
from casework.housing.models.waiting import RequestPerson
from casework.housing.occupancy import BedDays, State

from .capacity import Place, beds_of, not_hidden
from .forecast import Forecast, forecast
from .readers import Reader, Whose


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingLease:
    """A lease that ends within the forecast, or of which notice can be given until a day in it; and how many beds hang on it."""

    place: Place
    unit: str
    until: date | None
    notice_on: date | None
    notice_given_on: date | None
    beds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`waiting`: how many people of open requests need a bed from which day on, and have none, neither booked nor held.

    `overdue`: people who were to have left and were not checked out; their beds count as free, as on the board.
    """

    forecast: Forecast
    waiting: list[tuple[date, int]]
    leases: list[EndingLease]
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookOfOthers:
    """`forecast`: of the beds, as if nobody were there; `people`: how many sleep or are to sleep there, a number a night."""

    forecast: Forecast
    people: list[int]
    waiting: list[tuple[date, int]]
    leases: list[EndingLease]


def outlook(
    reader: Reader, known: Mapping[UUID, Place], since: date, until: date, *, town: tuple[str, str] | None
) -> Outlook:
    """Return what is to come for sites of the reader's own teams, by seven statements."""
    days, takings = bed_days(beds_of(known), since, until, reader.now)
    made = forecast(days, takings, since, until, site_codes=_codes(known))
    requests = HousingRequest.objects.visible_to(reader.user, reader.now).filter(
        reader.of_teams(Whose.OWN, "case__team")
    )
    late = Placement.objects.filter(state=Placement.State.CHECKED_IN, until__lte=since, bed__unit__site__in=list(known))
    return Outlook(
        forecast=made,
        waiting=_waiting(requests, town),
        leases=_leases(known, days, since, until),
        overdue=late.count(),
    )


def outlook_of_others(
    reader: Reader, known: Mapping[UUID, Place], since: date, until: date, *, town: tuple[str, str] | None
) -> OutlookOfOthers:
    days, takings = bed_days(beds_of(known), since, until, reader.now)
    blocks = [taking for taking in takings if taking.state is State.BLOCKED]
    people = not_hidden(taking for taking in takings if taking.state is not State.BLOCKED)
    taken = forecast(days, people, since, until)
    requests = HousingRequest.objects.filter(reader.of_teams(Whose.OTHERS, "case__team"), case__restricted=False)
    return OutlookOfOthers(
        forecast=forecast(days, blocks, since, until, site_codes=_codes(known)),
        people=[sum(day.beds[state] for state in (State.OCCUPIED, State.BOOKED, State.HELD)) for day in taken.days],
        waiting=_waiting(requests, town),
        leases=_leases(known, days, since, until),
    )


def _codes(known: Mapping[UUID, Place]) -> dict[Hashable, str]:
    return {place.id: place.code for place in known.values()}


def _waiting(requests: Any, town: tuple[str, str] | None) -> list[tuple[date, int]]:
    """Return from which day on how many people of these open requests need a bed and have no bed of ours."""
    placed = Placement.objects.live().filter(Q(until__isnull=True) | Q(until__gt=OuterRef("request__needed_from")))
    people = RequestPerson.objects.filter(
        ~Exists(placed.filter(client=OuterRef("client"))), request__in=requests.open()
    )
    if town is not None:
        people = people.filter(request__country=town[0], request__city__iexact=town[1])
    return sorted(Counter(people.values_list("request__needed_from", flat=True)).items())


def _leases(known: Mapping[UUID, Place], days: Iterable[BedDays], since: date, until: date) -> list[EndingLease]:
    ends = Q(until__gte=since, until__lt=until)
    asks = Q(notice_on__gte=since, notice_on__lt=until, notice_given_on__isnull=True)
    rows = Lease.objects.filter(ends | asks, site__in=list(known)).soonest_ending_first()
    of_unit: Counter[Hashable] = Counter(bed.unit for bed in days)
    of_site: Counter[Hashable] = Counter(bed.site for bed in days)
    values = rows.annotate(label=F("unit__label")).values_list(
        "site_id", "unit_id", "label", "until", "notice_on", "notice_given_on"
    )
    return [
        EndingLease(
            place=known[site],
            unit=label or "",
            until=last,
            notice_on=notice_on,
            notice_given_on=given,
            beds=of_site[site] if unit is None else of_unit[unit],
        )
        for site, unit, label, last, notice_on, given in values
    ]
