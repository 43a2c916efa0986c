"""What can happen to partners and to what they offer: recorded, changed, verified, archived."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.vault.models import DataKey

from ..changes import insert_once, locked, write
from ..models import Partner, PartnerService


class PartnerFields(TypedDict, total=False):
    name: str
    kind: str
    country: str
    towns: list[str]
    languages: list[str]
    letter_language: str
    email: str
    phone: str
    hours: str
    focal_point: str
    remark: str
    agreement: str
    agreement_until: date | None
    may_receive: list[str]


class OfferFields(TypedDict, total=False):
    kind: str
    country: str
    town: str
    for_whom: str
    cost: str
    capacity: str
    capacity_note: str
    waiting_days: int | None


class UnableToKeepPartner(Refusal):
    pass


@transaction.atomic
def record_partner(
    *, by: User, now: datetime, partner_id: UUID | None = None, **fields: Unpack[PartnerFields]
) -> Partner:
    """Add a partner to the directory. Sent twice with the same `partner_id`, it is added once."""
    earlier = Partner.objects.filter(pk=partner_id).first() if partner_id else None
    if earlier is not None:
        return earlier
    values: dict[str, Any] = dict(fields)
    _refuse_contradictions(values)
    _refuse_twins(values["name"], values["country"])
    key = DataKey.objects.make(DataKey.OwnerKind.ORGANISATION, now=now)
    partner = Partner(id=partner_id or new_id(), data_key=key, recorded_at=now, **values)
    try:
        partner, is_new = insert_once(partner)
    except IntegrityError:  # somebody added one of this name in the same moment
        raise _twin() from None
    if is_new:
        record("clients.partner_recorded", subject=partner, by=by, now=now, kind=partner.kind)
    return partner


@transaction.atomic
def change_partner(
    *, partner: Partner, version: int, by: User, now: datetime, **fields: Unpack[PartnerFields]
) -> Partner:
    """Change what is known of a partner. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    partner = locked(partner, version=version, mine=values)
    _refuse_contradictions({"agreement": partner.agreement, "agreement_until": partner.agreement_until} | values)
    _refuse_twins(values.get("name", partner.name), values.get("country", partner.country), but=partner)
    changed = write(partner, values)
    if changed:
        record("clients.partner_changed", subject=partner, by=by, now=now, fields=sorted(changed))
    return partner


@transaction.atomic
def verify_partner(*, partner: Partner, today: date, by: User, now: datetime) -> Partner:
    """Say that somebody asked, and that what stands in the directory is true today."""
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if write(partner, {"verified_on": today, "verified_by": by}):
        record("clients.partner_verified", subject=partner, by=by, now=now)
    return partner


@transaction.atomic
def archive_partner(*, partner: Partner, version: int, by: User, now: datetime) -> Partner:
    """Take a partner out of the directory; what was sent there stays. Raises ChangedMeanwhile."""
    partner = locked(partner, version=version)
    if partner.archived_at is None:
        write(partner, {"archived_at": now})
        record("clients.partner_archived", subject=partner, by=by, now=now)
    return partner


@transaction.atomic
def restore_partner(*, partner: Partner, version: int, by: User, now: datetime) -> Partner:
    """Put an archived partner back. Raises ChangedMeanwhile."""
    partner = locked(partner, version=version)
    if partner.archived_at is not None:
        _refuse_twins(partner.name, partner.country, but=partner)
        write(partner, {"archived_at": None})
        record("clients.partner_restored", subject=partner, by=by, now=now)
    return partner


@transaction.atomic
def record_offer(
    *, partner: Partner, by: User, now: datetime, offer_id: UUID | None = None, **fields: Unpack[OfferFields]
) -> PartnerService:
    """Say what a partner offers where. Sent twice with the same `offer_id`, it is recorded once."""
    offer = PartnerService(id=offer_id or new_id(), partner=partner, **fields)
    if not PartnerService.objects.filter(pk=offer.pk).exists():
        _refuse_second_offer(offer)
    offer, is_new = insert_once(offer, partner_id=partner.pk)
    if is_new:
        record("clients.partner_service_recorded", subject=offer, by=by, now=now, kind=offer.kind)
    return offer


@transaction.atomic
def change_offer(
    *, offer: PartnerService, version: int, by: User, now: datetime, **fields: Unpack[OfferFields]
) -> PartnerService:
    """Change what is known of an offer. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    offer = locked(offer, version=version, mine=values)
    _refuse_second_offer(_with(offer, values))
    changed = write(offer, values)
    if changed:
        record("clients.partner_service_changed", subject=offer, by=by, now=now, fields=sorted(changed))
    return offer


@transaction.atomic
def end_offer(*, offer: PartnerService, version: int, by: User, now: datetime) -> PartnerService:
    """Note that this is not offered any more. Raises ChangedMeanwhile."""
    offer = locked(offer, version=version)
    if offer.ended_at is None:
        write(offer, {"ended_at": now})
        record("clients.partner_service_ended", subject=offer, by=by, now=now)
    return offer


def _with(offer: PartnerService, values: dict[str, Any]) -> PartnerService:
    known = {name: getattr(offer, name) for name in ("kind", "country", "town", "for_whom")}
    chosen = known | {name: value for name, value in values.items() if name in known}
    return PartnerService(id=offer.pk, partner=offer.partner, **chosen)


def _refuse_contradictions(values: dict[str, Any]) -> None:
    if values.get("agreement_until") and values.get("agreement") != Partner.Agreement.YES:
        raise UnableToKeepPartner(
            _("There is a day until which the agreement holds, but no agreement. Say that there is one."),
            field="agreement",
        )


def _refuse_twins(name: str, country: str, *, but: Partner | None = None) -> None:
    twins = Partner.objects.in_use().filter(country=country).annotate(folded=Lower("name")).filter(folded=name.lower())
    if any(twin != but for twin in twins):
        raise _twin()


def _twin() -> UnableToKeepPartner:
    return UnableToKeepPartner(_("A partner of this name is in the directory of this country already."), field="name")


def _refuse_second_offer(offer: PartnerService) -> None:
    same = PartnerService.objects.filter(
        partner=offer.partner,
        kind=offer.kind,
        country=offer.country,
        town__iexact=offer.town,
        for_whom=offer.for_whom,
        ended_at__isnull=True,
    )
    if same.exclude(pk=offer.pk).exists():
        raise UnableToKeepPartner(_("This is recorded already: the same service, place and people."), field="kind")
