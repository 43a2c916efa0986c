"""What can happen to a lease: recorded, changed, notice given, another rent from a day on; taken back if it was a mistake.

A lease that comes to hold on fewer days than people have beds there asks for a reason, which is kept with it; the case of each
of them is told.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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

from ..loading import leases_of
from ..locking import lock_beds
from ..models import Bed, Lease, LeaseRent, Site, Unit
from ..without_lease import WithoutLease, living_or_coming, without_lease
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


class PeopleLeftWithoutLease(UnableToKeepLease):
    """People have beds there on days on which no lease would hold any more: it can be, for a reason."""

    def __init__(self, left: Sequence[WithoutLease]) -> None:
        super().__init__(
            _(
                "People live there, or are booked, on days on which the lease would not hold any more. Say why all the same."
            ),
            field="reason",
        )
        self.left = list(left)


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
    reason: str = "",
    **fields: Unpack[LeaseFields],
) -> Lease:
    """Record a lease of a unit, or without `unit` of the whole site, with its first rent. Sent twice with the same id, once.

    Raises PeopleLeftWithoutLease unless there is a `reason`: from then on the place needs a lease.
    """
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
    if (earlier := Lease.objects.filter(pk=lease.pk, site=site).first()) is not None:
        return earlier
    _refuse_impossible(lease)
    with _asking_about_people(lease, reason, by, now):
        lease, is_new = insert_once(lease, site_id=site.pk)
        if is_new and rent is not None:
            _refuse_below_zero(rent, field="rent")
            LeaseRent.objects.create(lease=lease, since=lease.since, amount=rent, per=per)
        if is_new:
            record("housing.lease_recorded", subject=lease, by=by, now=now, site=str(site.pk))
    return lease


@transaction.atomic
def change_lease(
    *, lease: Lease, version: int, by: User, now: datetime, reason: str = "", **fields: Unpack[LeaseFields]
) -> Lease:
    """Change a lease: prolonged, ended earlier, another landlord. Raises ChangedMeanwhile and PeopleLeftWithoutLease."""
    values: dict[str, Any] = dict(fields)
    Site.objects.select_for_update(no_key=True).get(pk=lease.site_id)
    lease = locked(lease, version=version, mine=values)
    wanted = {name: values.get(name, getattr(lease, name)) for name in _CHECKED}
    _refuse_impossible(Lease(pk=lease.pk, site=lease.site, unit=lease.unit, **wanted))
    _refuse_other_money(lease, wanted)
    with _asking_about_people(lease, reason, by, now):
        changed = write(lease, values)
        if changed:
            record("housing.lease_changed", subject=lease, by=by, now=now, fields=sorted(changed))
    return lease


@transaction.atomic
def give_notice(
    *,
    lease: Lease,
    on: date,
    version: int,
    by: User,
    now: datetime,
    until: date | None = None,
    reason: str = "",
) -> Lease:
    """Note that notice was given on a day, and when the lease ends because of it.

    Raises ChangedMeanwhile and PeopleLeftWithoutLease.
    """
    values: dict[str, Any] = {"notice_given_on": on} | ({} if until is None else {"until": until})
    site = Site.objects.select_for_update(no_key=True).get(pk=lease.site_id)
    lease = locked(lease, version=version, mine=values)
    if on > site.today(now):
        raise UnableToKeepLease(_("This day has not come yet."), field="on")
    if until is not None and lease.notice_on is not None and lease.notice_on >= until:
        values["notice_on"] = None
    wanted = {name: values.get(name, getattr(lease, name)) for name in _CHECKED}
    _refuse_impossible(Lease(pk=lease.pk, site=lease.site, unit=lease.unit, **wanted))
    with _asking_about_people(lease, reason, by, now):
        if write(lease, values):
            record("housing.lease_notice_given", subject=lease, by=by, now=now)
    return lease


@transaction.atomic
def remove_lease(*, lease: Lease, version: int, by: User, now: datetime, reason: str = "") -> None:
    """Remove a lease that was recorded by mistake, with its rents. Raises ChangedMeanwhile and PeopleLeftWithoutLease."""
    Site.objects.select_for_update(no_key=True).get(pk=lease.site_id)
    lease = locked(lease, version=version)
    with _asking_about_people(lease, reason, by, now, keeps_reason=False):
        record("housing.lease_removed", subject=lease, by=by, now=now, site=str(lease.site_id))
        lease.delete()


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


@contextmanager
def _asking_about_people(
    lease: Lease, reason: str, by: User, now: datetime, *, keeps_reason: bool = True
) -> Iterator[None]:
    """Change a lease within; whoever is left without one by it is asked about, and their cases are told.

    The site is locked, and its beds are from here on: whoever books one meanwhile waits, and asks for the lease anew.
    """
    lock_beds(Bed.objects.filter(unit__site=lease.site_id).values_list("pk", flat=True))
    rows = list(living_or_coming(now).filter(bed__unit__site=lease.site_id).select_related("client"))
    had_none = {each.placement.pk for each in without_lease(rows, leases_of({lease.site_id}), now)}
    with transaction.atomic():
        yield
        left = without_lease(rows, leases_of({lease.site_id}), now)
        new = [each for each in left if each.placement.pk not in had_none]
        if new and not reason.strip():
            raise PeopleLeftWithoutLease(new)
    if new and keeps_reason:
        lease.exception = reason.strip()
        lease.save(update_fields=["exception"])
    for case_id in dict.fromkeys(each.placement.client.case_id for each in new):
        of_case = [each.placement for each in new if each.placement.client.case_id == case_id]
        ids = {"placements": [str(row.pk) for row in of_case], "clients": [str(row.client_id) for row in of_case]}
        record("housing.left_without_lease", subject=of_case[0], case_id=case_id, by=by, now=now, **ids)


def _refuse_other_money(lease: Lease, wanted: dict[str, Any]) -> None:
    """Refuse to say in another currency what was paid: a rent is a number, and its currency stands with the lease."""
    if wanted["currency"] != lease.currency and lease.rents.count() > 1:
        raise UnableToKeepLease(
            _("The rents so far are in %(currency)s. End this lease, and record another one for the time after.")
            % {"currency": lease.currency},
            field="currency",
        )


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
