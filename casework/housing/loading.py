"""Rows of the database as what the pure modules count with. Reads no name and opens no seal."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from .models import Bed, BedBlock, Lease, Placement
from .models.days import sharing_days
from .occupancy import BedDays, Days, State, Taking

AS_STATE = {
    "checked_in": State.OCCUPIED,
    "checked_out": State.OCCUPIED,
    "booked": State.BOOKED,
    "held": State.HELD,
    "no_show": State.HELD,
}
Leases = dict[tuple[UUID, UUID | None], tuple[Days, ...]]


def bed_days(
    beds: Any, since: date, until: date, now: datetime, *, no_shows: bool = True
) -> tuple[list[BedDays], list[Taking]]:
    """Return the beds of a queryset that are there on one of the days, and what takes them; by four statements.

    A bed of a site that takes nobody new is blocked from that day on, where nobody has it; no block of its own says so.

    `no_shows`: also what was kept in vain, which counts as held; such a bed can be given to somebody all the same.
    """
    rows = list(
        beds.standing_at_all(since, until)
        .order_by("pk")
        .values_list("pk", "unit_id", "unit__site_id", "opened_on", "closed_on", "unit__site__no_new_since")
    )
    leases = leases_of({site for _pk, _unit, site, *_days in rows})
    days = [
        BedDays(
            key=pk,
            unit=unit,
            site=site,
            there=Days(opened, closed),
            leases=leases.get((site, unit), leases.get((site, None))),
        )
        for pk, unit, site, opened, closed, _no_new in rows
    ]
    takings = takings_of(Bed.objects.filter(pk__in=[row[0] for row in rows]), since, until, now, no_shows=no_shows)
    takings += [
        Taking(bed=pk, days=Days(no_new, None), state=State.BLOCKED)
        for pk, *_rest, no_new in rows
        if no_new is not None
    ]
    return days, takings


def takings_of(beds: Any, since: date, until: date | None, now: datetime, *, no_shows: bool = True) -> list[Taking]:
    """Return what takes these beds on one of the days: placements, what was kept in vain, blocks."""
    of_beds = {"bed__in": beds.values("pk")}
    placed = Placement.objects.taking_beds(now)
    if no_shows:
        placed = placed | Placement.objects.filter(state=Placement.State.NO_SHOW)
    values = ("pk", "bed_id", "since", "until", "state")
    rows = placed.filter(sharing_days(since, until), **of_beds).order_by("pk").values_list(*values)
    takings = [
        Taking(bed=bed, days=Days(first, last), state=AS_STATE[state], key=pk) for pk, bed, first, last, state in rows
    ]
    blocks = BedBlock.objects.filter(sharing_days(since, until), **of_beds).order_by("pk").values_list(*values[:4])
    return takings + [
        Taking(bed=bed, days=Days(first, last), state=State.BLOCKED, key=pk) for pk, bed, first, last in blocks
    ]


def leases_of(sites: Collection[UUID]) -> Leases:
    """Return on which days leases hold, by site and unit; by site alone for units that have none of their own.

    A lease of the whole site holds for each of its units. What has no lease at all needs none, and is not there.
    """
    rows = Lease.objects.filter(site__in=set(sites)).order_by("since", "pk")
    own: defaultdict[tuple[UUID, UUID], list[Days]] = defaultdict(list)
    whole: defaultdict[UUID, list[Days]] = defaultdict(list)
    for site, unit, since, until in rows.values_list("site_id", "unit_id", "since", "until"):
        if unit is None:
            whole[site].append(Days(since, until))
        else:
            own[site, unit].append(Days(since, until))
    found: Leases = {(site, None): tuple(days) for site, days in whole.items()}
    return found | {(site, unit): (*days, *whole.get(site, ())) for (site, unit), days in own.items()}
