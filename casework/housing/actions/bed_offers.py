"""Beds are offered to those who wait: held until they answer, then booked, declined, lapsed or withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Client
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..models import Bed, BedOffer, HousingRequest, Placement
from .placing import hold
from .staying import book_held, cancel, locked_placements


class UnableToOfferBeds(Refusal):
    pass


@transaction.atomic
def offer_beds(
    *,
    request: HousingRequest,
    people_in_beds: Mapping[Client, Bed],
    since: date,
    until: date | None,
    lapses_at: datetime,
    by: User,
    now: datetime,
    reason: str = "",
    offer_id: UUID | None = None,
) -> BedOffer:
    """Hold beds for those who wait until they answer. Sent twice with the same id, they are offered once.

    Raises UnableToOfferBeds, and UnableToPlace for what stands in the way of the beds.
    """
    if offer_id is not None and (earlier := BedOffer.objects.filter(pk=offer_id, request=request).first()) is not None:
        return earlier
    act = offer_id or new_id()
    hold(
        people_in_beds=people_in_beds,
        since=since,
        until=until,
        held_until=lapses_at,
        by=by,
        now=now,
        reason=reason,
        act=act,
    )
    request = HousingRequest.objects.select_for_update().get(pk=request.pk)
    if not request.is_open:
        raise UnableToOfferBeds(_("They do not wait any more. Open the request again first."))
    named = set(request.people.values_list("client_id", flat=True))
    if {client.pk for client in people_in_beds} - named:
        raise UnableToOfferBeds(_("Somebody of these does not wait for a bed."), field="people")
    if (earlier := BedOffer.objects.filter(act=act).first()) is not None:
        return earlier
    if BedOffer.objects.filter(request=request, state=BedOffer.State.OFFERED).exists():
        raise UnableToOfferBeds(_("Beds are offered to them already. Wait for the answer, or withdraw that offer."))
    offer = BedOffer(
        id=act, data_key=request.data_key, request=request, act=act, made_at=now, made_by=by, lapses_at=lapses_at
    )
    offer.save(force_insert=True)
    record("housing.beds_offered", subject=offer, case_id=request.case_id, by=by, now=now, beds=len(people_in_beds))
    return offer


@transaction.atomic
def accept_offer(*, offer: BedOffer, by: User, now: datetime, may_move: bool = False) -> BedOffer:
    """Book the beds that were offered. Raises UnableToOfferBeds and UnableToPlace."""
    if BedOffer.objects.filter(pk=offer.pk, state=BedOffer.State.ACCEPTED).exists():
        offer.refresh_from_db()
        return offer
    placements = _held_for(offer, now)
    book_held(placements=placements, by=by, now=now, may_move=may_move)
    offer.refresh_from_db()
    return offer


@transaction.atomic
def decline_offer(*, offer: BedOffer, why: str, by: User, now: datetime, note: str = "") -> BedOffer:
    """Note that they do not want these beds, and why; they go on waiting. Raises UnableToOfferBeds."""
    if why not in BedOffer.Why.values:
        raise UnableToOfferBeds(_("Choose why they do not want it."), field="why")
    offer, placements = _locked(offer, now)
    offer.state, offer.why, offer.answered_at, offer.answered_by = BedOffer.State.DECLINED, why, now, by
    offer.note = note.strip()
    offer.save(update_fields=["state", "why", "note", "answered_at", "answered_by"])
    cancel(placements=placements, ending=Placement.Ending.NOT_NEEDED, by=by, now=now)
    record("housing.offer_declined", subject=offer, case_id=offer.request.case_id, by=by, now=now, why=why)
    return offer


@transaction.atomic
def withdraw_offer(*, offer: BedOffer, by: User, now: datetime) -> BedOffer:
    """Take back what was offered; the beds are free again. Raises UnableToOfferBeds."""
    offer, placements = _locked(offer, now)
    cancel(placements=placements, ending=Placement.Ending.OTHER, by=by, now=now)
    offer.refresh_from_db()
    return offer


def _locked(offer: BedOffer, now: datetime) -> tuple[BedOffer, list[Placement]]:
    """Lock an offer and its holds; raise UnableToOfferBeds where somebody has answered it meanwhile: what is booked stays booked."""
    placements = locked_placements(_held_for(offer, now), now)
    offer = BedOffer.objects.select_for_update().select_related("request").get(pk=offer.pk)
    if offer.state != BedOffer.State.OFFERED:
        raise _over(offer)
    return offer, placements


def _held_for(offer: BedOffer, now: datetime) -> list[Placement]:
    """Return the holds of an offer that is not answered yet; the bed of whoever has left the case is held for them there."""
    current = BedOffer.objects.select_related("request").get(pk=offer.pk)
    of_case = Placement.objects.filter(act=current.act, client__case=current.request.case_id)
    held = list(of_case.filter(state=Placement.State.HELD).order_by("pk"))
    if not current.is_open(now) or not held:
        raise _over(current)
    return held


def _over(offer: BedOffer) -> UnableToOfferBeds:
    if offer.state in (BedOffer.State.OFFERED, BedOffer.State.LAPSED):
        return UnableToOfferBeds(_("The time to answer has passed, and the beds are free for others. Offer beds anew."))
    return UnableToOfferBeds(_("This offer has been answered already."))
