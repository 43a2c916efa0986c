"""What follows when people are placed: the offer that held their beds is answered, and nobody waits any more."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import write

from ..models import BedOffer, HousingRequest, Placement, RequestPerson

HOUSED_IN = (Placement.State.BOOKED, Placement.State.CHECKED_IN)
EVENTS = {
    BedOffer.State.ACCEPTED: "housing.offer_accepted",
    BedOffer.State.WITHDRAWN: "housing.offer_withdrawn",
}


def offers_follow(rows: Sequence[Placement], state: BedOffer.State, *, by: User, now: datetime) -> None:
    """Say of the offers that held these beds, if nobody has answered yet, what has become of them."""
    open_ones = BedOffer.objects.filter(act__in={row.act for row in rows}, state=BedOffer.State.OFFERED)
    for offer in open_ones.select_related("request").order_by("pk").select_for_update():
        offer.state, offer.answered_at, offer.answered_by = state, now, by
        offer.save(update_fields=["state", "answered_at", "answered_by"])
        record(EVENTS[state], subject=offer, case_id=offer.request.case_id, by=by, now=now)


def requests_follow(rows: Sequence[Placement], *, by: User, now: datetime) -> None:
    """Close the requests of these cases whose people all were given a bed since they asked."""
    cases = {row.client.case_id for row in rows}
    since_then = {"client": OuterRef("client"), "booked_at__gte": OuterRef("request__opened_at")}
    placed = Placement.objects.filter(state__in=HOUSED_IN, **since_then)
    without_bed = RequestPerson.objects.filter(~Exists(placed), client__case=F("request__case"))
    for request in HousingRequest.objects.open().filter(case__in=cases).order_by("pk").select_for_update():
        # Asked once it is locked: somebody may have named one more of them meanwhile.
        if without_bed.filter(request=request).exists():
            continue
        housed = {"state": HousingRequest.State.HOUSED, "closing": HousingRequest.Closing.HOUSED_BY_US}
        write(request, housed | {"closed_at": now, "closed_by": by})
        record("housing.request_housed", subject=request, case_id=request.case_id, by=by, now=now)
