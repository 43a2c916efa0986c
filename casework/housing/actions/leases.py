"""What can happen to a lease: recorded, changed, notice given, another rent from a day on."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.lib.ids import new_id
from casework.lib.money import is_currency
from casework.lib.refusals import Refusal

from ..models import Lease, LeaseRent, Site, Unit
from ..wording import span


class LeaseFields(TypedDict, total=False):
    since: date
    until: date | None  # the first day on which it does not hold any more
    landlord_name: str
    landlord_phone: str
    notice_on: date | None
    deposit: Decimal | None
    currency: str
    note: str


class UnableToKeepLease(Refusal):
    pass


@transaction.atomic
def record_lease(
    *,
    site: Site,
    unit: Unit | None,
    by: User,
    now: datetime,
    rent: Decimal | None = None,
    per: str = LeaseRent.Per.MONTH,
    lease_id: UUID | None = None,
    **fields: Unpack[LeaseFields],
) -> Lease:
    """Record a lease of a unit, or without `unit` of the whole site, with its first rent. Sent twice with the same id, once."""
    site = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    if unit is not None and unit.site_id != site.pk:
        raise UnableToKeepLease(_("This unit belongs to another site."), field="unit")
    lease = Lease(
        id=lease_id or new_id(),
        data_key=site.data_key,
        site=site,
        unit=unit,
        recorded_at=now,
        recorded_by=by,
        **fields,
    )
    earlier = Lease.objects.filter(pk=lease.pk).exists()
    if not earlier:
        _refuse_impossible(lease)
    lease, is_new = insert_once(lease, site_id=site.pk)
    if is_new:
        if rent is not None:
            _refuse_below_zero(rent)
            LeaseRent.objects.create(lease=lease, since=lease.since, amount=rent, per=per)
        record("housing.lease_recorded", subject=lease, by=by, now=now, site=str(site.pk))
    return lease


@transaction.atomic
def change_lease(*, lease: Lease, version: int, by: User, now: datetime, **fields: Unpack[LeaseFields]) -> Lease:
    """Change a lease: prolonged, ended earlier, another landlord. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    Site.objects.select_for_update(no_key=True).get(pk=lease.site_id)
    lease = locked(lease, version=version, mine=values)
    wanted = {name: values.get(name, getattr(lease, name)) for name in _CHECKED}
    _refuse_impossible(Lease(pk=lease.pk, site=lease.site, unit=lease.unit, **wanted))
    changed = write(lease, values)
    if changed:
        record("housing.lease_changed", subject=lease, by=by, now=now, fields=sorted(changed))
    return lease


@transaction.atomic
def give_notice(*, lease: Lease, on: date, version: int, by: User, now: datetime, until: date | None = None) -> Lease:
    """Note that notice was given on a day, and when the lease ends because of it. Raises ChangedMeanwhile."""
    values: dict[str, Any] = {"notice_given_on": on} | ({} if until is None else {"until": until})
    lease = locked(lease, version=version, mine=values)
    if until is not None and until <= lease.since:
        raise UnableToKeepLease(_("The lease must hold one day at least."), field="until")
    if until is not None and lease.notice_on is not None and lease.notice_on >= until:
        values["notice_on"] = None
    if write(lease, values):
        record("housing.lease_notice_given", subject=lease, by=by, now=now)
    return lease


@transaction.atomic
def change_rent(
    *, lease: Lease, since: date, amount: Decimal, by: User, now: datetime, per: str = LeaseRent.Per.MONTH
) -> LeaseRent:
    """Let the rent be another one from a day on; what it was before stays on record. The same day again corrects it."""
    lease = Lease.objects.select_for_update(no_key=True).get(pk=lease.pk)
    _refuse_below_zero(amount)
    if per not in LeaseRent.Per.values:
        raise UnableToKeepLease(_("Say for how long the rent is."), field="per")
    if since < lease.since or (lease.until is not None and since >= lease.until):
        raise UnableToKeepLease(_("The lease does not hold on this day."), field="since")
    rent, _is_new = LeaseRent.objects.update_or_create(
        lease=lease, since=since, defaults={"amount": amount, "per": per}
    )
    record("housing.rent_changed", subject=lease, by=by, now=now)
    return rent


@transaction.atomic
def remove_rent(*, rent: LeaseRent, by: User, now: datetime) -> None:
    """Remove a rent recorded by mistake; the one before it goes on."""
    record("housing.rent_removed", subject=rent.lease, by=by, now=now)
    rent.delete()


_CHECKED = ("since", "until", "notice_on", "deposit", "currency")


def _refuse_impossible(lease: Lease) -> None:
    """Raise UnableToKeepLease for what stands in the way. The site is locked, so the answer holds until it is written."""
    if not is_currency(lease.currency):
        raise UnableToKeepLease(_("Choose a currency of the list."), field="currency")
    if lease.until is not None and lease.until <= lease.since:
        raise UnableToKeepLease(_("The lease must hold one day at least."), field="until")
    if lease.notice_on is not None and lease.until is not None and lease.notice_on >= lease.until:
        raise UnableToKeepLease(_("Notice must be given before the lease ends."), field="notice_on")
    if lease.deposit is not None:
        _refuse_below_zero(lease.deposit, field="deposit")
    same = Lease.objects.filter(site=lease.site_id, unit=lease.unit_id).exclude(pk=lease.pk)
    other = same.sharing_days(lease.since, lease.until).order_by("since").first()
    if other is not None:
        raise UnableToKeepLease(
            _("Another lease of this place holds %(days)s.") % {"days": span(other.since, other.until)},
            field="since",
        )


def _refuse_below_zero(amount: Decimal, *, field: str = "amount") -> None:
    if amount < 0:
        raise UnableToKeepLease(_("Enter an amount of zero or more."), field=field)
