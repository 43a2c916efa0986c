"""In which order things are locked, always: a site, units, clients, beds, offers, requests, each in the order of their ids.

Whoever locks in another order may wait in a circle with it. Whoever changes a placement holds its bed.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from casework.audit.record import record

from .models import Bed, BedOffer, Placement
from .models.placement import PlacementQuerySet


def lock_beds(ids: Iterable[UUID], *, also_of: PlacementQuerySet | None = None) -> dict[UUID, Bed]:
    """Lock beds, with `also_of` the beds of these placements too, and return them with their places, as they are now."""
    asked = Q(pk__in=set(ids))
    if also_of is not None:
        asked |= Q(pk__in=also_of.order_by().values("bed"))
    rows = Bed.objects.filter(asked).with_place().order_by("pk")
    return {bed.pk: bed for bed in rows.select_for_update(of=("self",), no_key=True)}


def release_lapsed(beds: Iterable[UUID], now: datetime) -> int:
    """Release the holds of these locked beds whose hour has passed. Return how many."""
    ids = list(Placement.objects.lapsed(now).filter(bed__in=set(beds)).values_list("pk", flat=True))
    rows = list(Placement.objects.filter(pk__in=ids).select_related("client").order_by("pk")) if ids else []
    for row in rows:
        row.ended_at = row.held_until or now
        row.state, row.held_until = Placement.State.LAPSED, None
        row.version += 1
        row.save(update_fields=["state", "held_until", "ended_at", "version"])
        record("housing.hold_lapsed", subject=row, case_id=row.client.case_id, by=None, now=now)
    offers = BedOffer.objects.filter(act__in={row.act for row in rows}, state=BedOffer.State.OFFERED)
    for offer in offers.select_related("request").order_by("pk").select_for_update():
        offer.state, offer.answered_at = BedOffer.State.LAPSED, offer.lapses_at
        offer.save(update_fields=["state", "answered_at"])
        record("housing.offer_lapsed", subject=offer, case_id=offer.request.case_id, by=None, now=now)
    return len(rows)
