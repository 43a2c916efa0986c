"""What people answer to a deadline: done, waived, and back again. Dates that are set are in `orders`."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User

from ..models import Deadline, Decision
from .deciding import UnableToAnswer, decide, locked, needed, record_event, refuse_to_answer


@transaction.atomic
def mark_done(*, deadline: Deadline, seen_on: date | None, by: User, now: datetime) -> Deadline:
    """Say that what is due was done. `seen_on` is the date that the person saw; said twice, it counts once.

    Raises DeadlineMoved, UnableToAnswer.
    """
    deadline = locked(deadline, by, now)
    if deadline.state == Deadline.State.DONE:
        return deadline
    refuse_to_answer(deadline, seen_on)
    return decide(deadline, Decision.Kind.DONE, by, now)


@transaction.atomic
def waive(*, deadline: Deadline, reason: str, seen_on: date | None, by: User, now: datetime) -> Deadline:
    """Say that it need not be done, and why. Raises DeadlineMoved, UnableToAnswer."""
    deadline = locked(deadline, by, now)
    if deadline.state == Deadline.State.WAIVED:
        return deadline
    refuse_to_answer(deadline, seen_on)
    return decide(deadline, Decision.Kind.WAIVED, by, now, reason=needed(reason))


@transaction.atomic
def reopen(*, deadline: Deadline, reason: str, by: User, now: datetime, decision: UUID | None = None) -> Deadline:
    """Take an answer back; with `decision`, that one and none that was given since. Raises UnableToAnswer."""
    deadline = locked(deadline, by, now)
    latest = deadline.decisions.order_by("-number").first()
    if latest is None or latest.kind not in (Decision.Kind.DONE, Decision.Kind.WAIVED):
        raise UnableToAnswer(_("This deadline is open already."))
    if decision is not None and latest.pk != decision:
        raise UnableToAnswer(_("It was answered again meanwhile. Look at that answer first."))
    return decide(deadline, Decision.Kind.REOPENED, by, now, reason=needed(reason))


@transaction.atomic
def note_move(*, deadline: Deadline, by: User, now: datetime) -> Deadline:
    """Say that the new date was seen, so that "was ..." need not be shown any more."""
    deadline = locked(deadline, by, now)
    if deadline.moved_at is not None:
        deadline.moved_at = deadline.was_due_on = None
        deadline.save(update_fields=["moved_at", "was_due_on"])
        record_event("residency.move_noted", deadline, by, now)
    return deadline
