"""Leases as rows of lists: their days, what comes next, what they cost now and what that comes to for a bed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.housing.models import Bed, Lease, LeaseRent, Site
from casework.housing.wording import day
from casework.lib.money import money

# What ends, or must be given notice, within these days stands first.
SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class RentRow:
    """A rent, and what it comes to for a bed. `change`: against the one before, such as "+133 %"."""

    rent: LeaseRent
    amount: str
    a_bed: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRow:
    """`due`: the next day that counts, for sorting; `is_late`: notice was to be given, and nobody says that it was."""

    lease: Any
    days: str
    due: date | None
    next_step: str
    is_late: bool
    is_over: bool
    deposit: str
    rents: Sequence[RentRow]
    now: RentRow | None


def leases_of_sites(user: User, now: datetime, **of: Any) -> list[LeaseRow]:
    """Return the leases of the places that a user keeps, those that end first first; by three statements."""
    leases: Any = Lease.objects
    found = _with_rents(leases.usable_by(user, now).filter(**of))
    return _rows(found, _beds_of({lease.site_id for lease in found}), now)


def leases_of_site(site: Site, beds: Mapping[UUID, int], now: datetime) -> list[LeaseRow]:
    """Return the same of one site, for whoever keeps it; `beds`: how many are in use, by the unit and by the site."""
    return _rows(_with_rents(Lease.objects.filter(site=site)), beds, now)


def _with_rents(leases: Any) -> list[Any]:
    rents = Prefetch("rents", LeaseRent.objects.order_by("since", "pk"))
    return list(leases.select_related("site__data_key", "unit").prefetch_related(rents).soonest_ending_first())


def _rows(leases: Sequence[Any], beds: Mapping[UUID, int], now: datetime) -> list[LeaseRow]:
    return [_row(lease, beds.get(lease.unit_id or lease.site_id, 0), now) for lease in leases]


def rents_of(lease: Any, beds: int, today: date) -> tuple[list[RentRow], RentRow | None]:
    """Return the rents of a lease, the first first, and the one that holds today (or is the first to)."""
    rows, before = [], None
    for rent in lease.rents.all():
        rows.append(_rent_row(rent, lease.currency, beds, before))
        before = rent
    begun = [row for row in rows if row.rent.since <= today]
    return rows, begun[-1] if begun else rows[0] if rows else None


def _row(lease: Any, beds: int, now: datetime) -> LeaseRow:
    today = lease.site.today(now)
    rents, current = rents_of(lease, beds, today)
    is_over = lease.until is not None and lease.until <= today
    awaits_notice = lease.notice_on is not None and lease.notice_given_on is None and not is_over
    return LeaseRow(
        lease=lease,
        days=days_of(lease),
        due=lease.notice_on if awaits_notice else lease.until,
        next_step=_next_step(lease, awaits_notice=awaits_notice, is_over=is_over),
        is_late=awaits_notice and lease.notice_on < today,
        is_over=is_over,
        deposit=money(lease.deposit, lease.currency, _language()) if lease.deposit is not None else "",
        rents=rents,
        now=current,
    )


def days_of(lease: Lease) -> str:
    """Return the days of a lease as contracts say them: with its last day."""
    if lease.last_day is None:
        return _("from %(since)s, without an end") % {"since": day(lease.since)}
    return f"{day(lease.since)} – {day(lease.last_day)}"


def _next_step(lease: Lease, *, awaits_notice: bool, is_over: bool) -> str:
    if is_over and lease.last_day is not None:
        return _("ended: the last day was %(day)s") % {"day": day(lease.last_day)}
    if awaits_notice and lease.notice_on is not None:
        return _("tell the landlord by %(day)s") % {"day": day(lease.notice_on)}
    if lease.last_day is not None:
        return _("the last day is %(day)s") % {"day": day(lease.last_day)}
    return _("nothing to do")


def _rent_row(rent: LeaseRent, currency: str, beds: int, before: LeaseRent | None) -> RentRow:
    each = rent.a_bed_a_month(beds)
    return RentRow(
        rent=rent,
        amount=f"{money(rent.amount, currency, _language())} {rent.get_per_display()}",
        a_bed=money(each.quantize(Decimal(1)), currency, _language()) if each is not None else "",
        change=_change(before, rent),
    )


def _change(before: LeaseRent | None, rent: LeaseRent) -> str:
    if before is None or not before.a_night:
        return ""
    return f"{(rent.a_night / before.a_night - 1) * 100:+.0f} %"


def _beds_of(sites: set[UUID]) -> Counter[UUID]:
    """Return how many beds are in use, by the unit and by the site: both are ids that nothing else has."""
    beds: Any = Bed.objects
    found: Counter[UUID] = Counter()
    for unit, site in beds.in_use().filter(unit__site__in=sites).values_list("unit_id", "unit__site_id"):
        found.update((unit, site))
    return found


def _language() -> str:
    return get_language() or "en"
