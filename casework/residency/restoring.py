"""Holding again what a withdrawn version had replaced: as new rows, on the days on which it was law before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.lib.refusals import Refusal

from . import wording
from .models import Rule
from .publishing import Version, close, common_days, copy_of, insert, rest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """`replaced` is to be held again on `days`; what survived of it, `rest`, becomes part of that again."""

    withdrawn: Rule
    replaced: Rule
    rest: Sequence[Rule]
    days: Sequence[DateRange]


def restoration_of(rule: Rule) -> Restoration | None:
    """Return what can be held again once this published version is not; None where it replaced nothing.

    What survived of the replaced version was published with this one. It is joined to what comes back, so that every
    date is computed as before. Of a survivor that somebody has changed since, the change stays.
    """
    replaced = rule.supersedes
    if replaced is None or hasattr(replaced, "withdrawal") or _is_a_survivor(rule):
        return None
    survivors = Rule.objects.filter(supersedes=replaced, published_at=rule.published_at, pk__gt=rule.pk)
    rest = [row for row in survivors.order_by("pk") if row.known is not None and row.known.upper_inf]
    days = [replaced.valid]
    for changed in survivors.exclude(pk__in=[row.pk for row in rest]):
        days = [left for valid in days for left in rest_of(valid, changed.valid)]
    return Restoration(withdrawn=rule, replaced=replaced, rest=rest, days=days) if days else None


def why_not_restore(again: Restoration, now: datetime) -> list[Refusal]:
    """Return which rules, published meanwhile, speak on the days on which the replaced one would be held again."""
    own = [again.withdrawn.pk, *(row.pk for row in again.rest)]
    held = Rule.objects.held_after(now).about_the_same_as(again.replaced).exclude(pk__in=own)
    return [
        Refusal(
            _(
                "What it replaced cannot be held again: %(key)s (no. %(number)s), published meanwhile, speaks to the same "
                "people on these days: %(days)s. Withdraw that one first, or withdraw this one without holding again what "
                "it replaced."
            )
            % {"key": other.key, "number": other.pk, "days": wording.days_of(common_days(other.valid, valid))},
            field="restore",
        )
        for valid in again.days
        for other in held.filter(valid__overlap=valid).order_by("pk")
    ]


def restore_versions(again: Restoration, *, by: User, now: datetime) -> list[Rule]:
    """Close what survived and insert the whole again. The withdrawn version is closed already."""
    close([row.pk for row in again.rest], now)
    return insert([_again(again, valid, now) for valid in again.days], by=by, now=now)


def _again(again: Restoration, valid: DateRange, now: datetime) -> Version:
    row, citations = copy_of(again.replaced)
    row.valid, row.supersedes = valid, again.withdrawn
    row.created_by, row.authors = again.replaced.created_by, again.replaced.authors
    return Version(row, citations, DateTimeTZRange(now, None))


def _is_a_survivor(rule: Rule) -> bool:
    """Whether it is what was left of the version that another one, published with it, replaced."""
    with_it = Rule.objects.filter(supersedes=rule.supersedes_id, published_at=rule.published_at, pk__lt=rule.pk)
    return with_it.exists()
