"""People who live, or are to live, in beds for which no lease holds any more; and who they are, as far as a reader may know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.models import Client

from .access import sites_usable_by
from .loading import Leases, leases_of
from .models import Placement
from .occupancy import first_day_without

State = Placement.State


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutLease:
    """`since`: the first day from today on, on which they have a bed there and no lease holds."""

    placement: Placement
    since: date


def living_or_coming(now: datetime) -> Any:
    """Return the placements that take a bed today or later, with their places."""
    return Placement.objects.taking_beds(now).live().with_place().soonest_first()


def without_lease(rows: Iterable[Placement], leases: Leases, now: datetime) -> list[WithoutLease]:
    """Return those of the placements for which no lease holds on one of the days from today on."""
    found = []
    for row in rows:
        unit = row.bed.unit
        today, until = unit.site.today(now), row.until
        if row.state == State.CHECKED_IN and until is not None and until <= today:
            until = today + timedelta(days=1)  # they were to leave, and nobody has said that they did
        held = leases.get((unit.site_id, unit.pk), leases.get((unit.site_id, None)))
        since = first_day_without(held, max(row.since, today), until)
        if since is not None:
            found.append(WithoutLease(placement=row, since=since))
    return found


def without_lease_at_sites_of(user: User, now: datetime) -> list[WithoutLease]:
    """Return who lives or is to live without a lease in the places that a user keeps, the first to be so first."""
    kept = sites_usable_by(user, now, permission=Permission.HOUSING_MANAGE, prefix="bed__unit__site__")
    rows = list(living_or_coming(now).filter(kept, bed__unit__site__leases__isnull=False).distinct())
    leases = leases_of({row.bed.unit.site_id for row in rows})
    return sorted(without_lease(rows, leases, now), key=lambda each: (each.since, str(each.placement.pk)))


def known_to(user: User, now: datetime, clients: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return (reference, code of the case) of those of the people whom the user may see."""
    seen = Client.objects.visible_to(user, now).filter(pk__in=set(clients))
    return {pk: (reference, code) for pk, reference, code in seen.values_list("pk", "reference", "case__code")}
