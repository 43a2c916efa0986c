"""What is kept longer than the organisation decided: found by class of data, listed, and erased where one act is enough.

A case goes only when two people say so: here it is listed, and somebody asks for it. Pictures of papers, referrals that
became no case, complaints and offers of hosts go by command, and the same ledger repeats it on a backup.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, OuterRef

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import locked, write
from casework.clients.models import Case, Complaint, IncomingReferral, LegalHold, RetentionPeriod
from casework.documents.models import Scan
from casework.housing.models import HostOffer
from casework.lib.ids import new_id

from . import ledger
from .reach import Reach, reach_of
from .removal import Removed, remove

Kind = RetentionPeriod.Kind


def _held(case: str) -> Exists:
    return Exists(LegalHold.objects.in_force().filter(case=OuterRef(case)))


def _cases(before: datetime) -> Any:
    return Case.objects.filter(closed_at__lte=before, joined_into__isnull=True).annotate(is_held=_held("pk"))


def _scans(before: datetime) -> Any:
    return Scan.objects.filter(client__case__closed_at__lte=before).annotate(is_held=_held("client__case"))


def _referrals_in(before: datetime) -> Any:
    declined = IncomingReferral.objects.filter(state=IncomingReferral.State.DECLINED, decided_at__lte=before)
    return declined.filter(case__isnull=True).annotate(is_held=_held("case"))


def _complaints(before: datetime) -> Any:
    return Complaint.objects.filter(closed_at__lte=before)


def _hosts(before: datetime) -> Any:
    """Offers that were declined or withdrawn. When is not on the row, so their months count from the offer itself."""
    ended = HostOffer.objects.filter(state__in=[HostOffer.State.DECLINED, HostOffer.State.WITHDRAWN])
    return ended.filter(made_at__lte=before, site__isnull=True)


# Of each class the rows that ended before a moment. A test compares the classes with those of the register.
OLDER: dict[str, Callable[[datetime], Any]] = {
    Kind.CASE: _cases,
    Kind.SCAN: _scans,
    Kind.REFERRAL_IN: _referrals_in,
    Kind.COMPLAINT: _complaints,
    Kind.HOST: _hosts,
}
ERASED = "lifecycle.rows_of_period_erased"
BY_COMMAND = (Kind.SCAN, Kind.REFERRAL_IN, Kind.COMPLAINT, Kind.HOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What of one class is kept too long. `held`: how many of it a legal hold keeps."""

    kind: Kind
    months: int
    ids: list[UUID]
    held: int


def periods() -> dict[str, RetentionPeriod]:
    """Return the period of every class; of those for which none is set, one without months."""
    known = RetentionPeriod.objects.in_bulk()
    return {kind: known.get(kind) or RetentionPeriod(kind=kind) for kind in Kind.values}


@transaction.atomic
def change_period(*, kind: str, months: int | None, version: int, by: User, now: datetime) -> RetentionPeriod:
    """Say how many months something is kept after its end, None for as long as nobody erases it. Raises ChangedMeanwhile."""
    RetentionPeriod.objects.get_or_create(kind=kind)
    period = locked(RetentionPeriod(kind=kind), version=version, mine={"months": months})
    if write(period, {"months": months}):
        record("lifecycle.period_changed", subject=period, by=by, now=now, kind=kind, months=months)
    return period


def older(kind: str, now: datetime) -> Any:
    """Return the rows of a class that are kept too long; none where no period is set."""
    months = periods()[kind].months
    rows = OLDER[kind](now - relativedelta(months=months or 0))
    return rows if months else rows.none()


def due(now: datetime, kinds: Iterable[str] = tuple(Kind)) -> list[Due]:
    """Return what is kept too long, by class: the list of what would go. Nothing is changed."""
    found = []
    for kind in kinds:
        months = periods()[kind].months
        if months:
            rows = older(kind, now).order_by("pk")
            kept = [row.pk for row in rows if getattr(row, "is_held", False)]
            ids = [row.pk for row in rows if row.pk not in set(kept)]
            found.append(Due(kind=Kind(kind), months=months, ids=ids, held=len(kept)))
    return found


@transaction.atomic
def erase_older(kind: str, *, now: datetime, by: User | None = None) -> Removed:
    """Erase what of one class is kept too long and no hold keeps. Raises OSError where the ledger cannot be written."""
    if kind not in BY_COMMAND:
        raise ValueError(f"{kind}: two people decide about each")
    rows = older(kind, now)
    ids = [row.pk for row in rows.select_for_update(of=("self",)) if not getattr(row, "is_held", False)]
    if not ids:
        return Removed()
    reach: Reach = reach_of({rows.model: ids})
    removed = remove(reach, about=[], by=by, now=now)
    erasure, gone = new_id(), {rows.model._meta.label: sorted(str(pk) for pk in ids)}
    told: dict[str, Any] = {"erasure": erasure, "at": now, "reason": "period", "decided_by": by.pk if by else None}
    # Named by themselves, too, where their key went: no case leads to them in a backup.
    ledger.write(ledger.Line(says=ledger.MEANT, keys=removed.keys, rows=removed.loose | gone, **told))
    record(ERASED, by=by, now=now, kind=kind, count=len(ids), erasure=str(erasure))
    transaction.on_commit(partial(ledger.write, ledger.Line(says=ledger.DONE, **told)))
    return removed
