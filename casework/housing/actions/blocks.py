"""What can happen to a bed in which nobody can be placed for a while: blocked, changed, free again."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..locking import lock_beds, release_lapsed
from ..models import Bed, BedBlock, Placement
from ..wording import span


class BlockFields(TypedDict, total=False):
    since: date
    until: date | None
    reason: str
    note: str


class UnableToBlockBed(Refusal):
    pass


@transaction.atomic
def block_bed(
    *,
    bed: Bed,
    since: date,
    until: date | None,
    reason: str,
    by: User,
    now: datetime,
    note: str = "",
    block_id: UUID | None = None,
) -> BedBlock:
    """Let nobody be placed in a bed on these days. Sent twice with the same id, it is blocked once."""
    bed = lock_beds([bed.pk])[bed.pk]
    key = bed.unit.site.data_key
    block = BedBlock(
        id=block_id or new_id(), data_key=key, bed=bed, since=since, until=until, reason=reason, made_at=now, made_by=by
    )
    block.note = note
    if BedBlock.objects.filter(pk=block.pk).exists():
        return insert_once(block, bed_id=bed.pk)[0]
    _refuse(bed, since, until, now, without=None)
    _saving(block, lambda: block.save(force_insert=True))
    record("housing.bed_blocked", subject=block, by=by, now=now, bed=str(bed.pk), reason=reason)
    return block


@transaction.atomic
def change_block(*, block: BedBlock, version: int, by: User, now: datetime, **fields: Unpack[BlockFields]) -> BedBlock:
    """Change the days, the reason or the note of a block. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    bed = lock_beds([block.bed_id])[block.bed_id]
    block = locked(block, version=version, mine=values)
    days = {name: values.get(name, getattr(block, name)) for name in ("since", "until")}
    _refuse(bed, days["since"], days["until"], now, without=block)
    changed = _saving(block, lambda: write(block, values))
    if changed:
        record("housing.block_changed", subject=block, by=by, now=now, fields=sorted(changed))
    return block


@transaction.atomic
def end_block(*, block: BedBlock, on: date, version: int, by: User, now: datetime) -> BedBlock:
    """Let the bed be free again from the day `on`; before it began, it never blocks. Raises ChangedMeanwhile."""
    lock_beds([block.bed_id])
    block = locked(block, version=version, mine={"until": on})
    until = max(block.since, on)
    if block.until is not None and block.until < until:
        raise UnableToBlockBed(_("It ends before this day by itself."), field="until")
    if write(block, {"until": until}):
        record("housing.block_ended", subject=block, by=by, now=now)
    return block


def _refuse(bed: Bed, since: date, until: date | None, now: datetime, *, without: BedBlock | None) -> None:
    """Raise UnableToBlockBed for what stands in the way of blocking a locked bed."""
    if until is not None and until <= since:
        raise UnableToBlockBed(_("The bed cannot be free again before it is blocked."), field="until")
    release_lapsed([bed.pk], now)
    placed = bed.placements.taking_beds(now).sharing_days(since, until).soonest_first().first()
    if placed is not None:
        sentence = (
            _("%(bed)s is held %(days)s.") if placed.state == Placement.State.HELD else _("%(bed)s is taken %(days)s.")
        )
        raise UnableToBlockBed(sentence % {"bed": bed.place, "days": span(placed.since, placed.until)}, field="since")
    other = (
        bed.blocks.sharing_days(since, until).exclude(pk__in=[without.pk] if without else []).soonest_first().first()
    )
    if other is not None:
        raise UnableToBlockBed(
            _("%(bed)s is blocked %(days)s already.") % {"bed": bed.place, "days": span(other.since, other.until)},
            field="since",
        )


def _saving(block: BedBlock, act: Any) -> Any:
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as error:
        if "block_of_a_bed" in str(error):
            raise UnableToBlockBed(_("Somebody has just taken this bed. Look again."), field="since") from None
        raise
