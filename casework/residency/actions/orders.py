"""Dates that are set in place of the computed one: by an authority, or by staff; and the second look at later ones.

A date later than the rules allow can cost somebody their lawful stay if it is wrong. So it drives only once another
person, who may change the case, has looked at it. Nobody confirms their own; the database refuses that too.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User

from ..models import Deadline, Decision
from .deciding import DeadlineMoved, UnableToAnswer, decide, locked, needed

# A date further away than this is a slip of the pen.
LATEST = timedelta(days=3660)
EARLIEST = timedelta(days=366)


@transaction.atomic
def impose(
    *, deadline: Deadline, imposed_on: date, authority: str, reason: str, paper: str = "", by: User, now: datetime
) -> Deadline:
    """Record the date that an authority has set, with which authority and in what paper.

    It drives in place of the computed one and asks anew; a later one once a second person has confirmed it.
    Raises UnableToAnswer.
    """
    if not authority.strip():
        raise UnableToAnswer(_("Say which authority set the date."), field="authority")
    return _set_date(
        deadline, Decision.Kind.IMPOSED, imposed_on, reason, by, now, authority=authority.strip(), paper=paper.strip()
    )


@transaction.atomic
def override(*, deadline: Deadline, imposed_on: date, reason: str, by: User, now: datetime) -> Deadline:
    """Set a date in place of the computed one, for instance on legal advice. Raises UnableToAnswer.

    An earlier one drives at once, a later one once a second person has confirmed it.
    """
    return _set_date(deadline, Decision.Kind.OVERRIDDEN, imposed_on, reason, by, now)


@transaction.atomic
def confirm_order(*, deadline: Deadline, order: UUID, seen_on: date | None, by: User, now: datetime) -> Deadline:
    """Say, as a second person who has looked at the order, that its later date holds. Raises as `_looked_at`."""
    deadline, about = _looked_at(deadline, order, seen_on, by, now)
    return decide(deadline, Decision.Kind.CONFIRMED, by, now, about=about)


@transaction.atomic
def refuse_order(
    *, deadline: Deadline, order: UUID, reason: str, seen_on: date | None, by: User, now: datetime
) -> Deadline:
    """Say, as a second person, that the later date does not hold, and why. Raises as `_looked_at`."""
    deadline, about = _looked_at(deadline, order, seen_on, by, now)
    return decide(deadline, Decision.Kind.REFUSED, by, now, reason=needed(reason), about=about)


@transaction.atomic
def lift_imposed(*, deadline: Deadline, reason: str, by: User, now: datetime) -> Deadline:
    """Record that the date which was set holds no more: the computed one drives again. Raises UnableToAnswer."""
    deadline = locked(deadline, by, now)
    if deadline.imposed_on is None and deadline.waiting_on is None:
        raise UnableToAnswer(_("No date of an authority is recorded here."))
    return decide(deadline, Decision.Kind.LIFTED, by, now, reason=needed(reason))


def waiting_order(deadline: Deadline) -> Decision | None:
    """Return the order that waits for a second person, None if there is none."""
    if deadline.waiting_on is None:
        return None
    orders = deadline.decisions.filter(kind__in=[Decision.Kind.IMPOSED, Decision.Kind.OVERRIDDEN])
    return orders.select_related("data_key", "decided_by__data_key").order_by("-number").first()


def _set_date(
    deadline: Deadline,
    kind: Decision.Kind,
    imposed_on: date,
    reason: str,
    by: User,
    now: datetime,
    *,
    authority: str = "",
    paper: str = "",
) -> Deadline:
    deadline = locked(deadline, by, now)
    if not now.date() - EARLIEST <= imposed_on <= now.date() + LATEST:
        raise UnableToAnswer(
            _("The date lies more than a year back or ten years ahead. Look at the year again."), field="imposed_on"
        )
    if deadline.waiting_on == imposed_on and deadline.waiting_by_id != by.pk:
        raise UnableToAnswer(
            _("Somebody else has recorded this date already. It waits for a second person, who may be you."),
            field="imposed_on",
        )
    is_set = deadline.imposed_on == imposed_on and deadline.waiting_on is None and deadline.state == Deadline.State.OPEN
    if is_set or deadline.waiting_on == imposed_on:
        return deadline  # sent twice
    return decide(
        deadline, kind, by, now, reason=needed(reason), imposed_on=imposed_on, authority=authority, paper=paper
    )


def _looked_at(
    deadline: Deadline, order: UUID, seen_on: date | None, by: User, now: datetime
) -> tuple[Deadline, Decision]:
    """Return the locked deadline and the order that waits, if `by` may answer it.

    Raises DeadlineMoved where facts or rules have moved the date since it was seen, UnableToAnswer.
    """
    deadline = locked(deadline, by, now)
    if not Deadline.objects.changeable_by(by, now).filter(pk=deadline.pk).exists():
        raise UnableToAnswer(_("Only those who may change this case can confirm or refuse a later date."))
    waiting = waiting_order(deadline)
    if waiting is None:
        raise UnableToAnswer(_("Nothing waits for a second person here any more. Look at what has changed."))
    if waiting.pk != order:
        raise UnableToAnswer(_("Another date has been recorded meanwhile. Look at that one."))
    if waiting.decided_by_id == by.pk:
        raise UnableToAnswer(_("You recorded this date yourself. Somebody else must look at it."))
    if deadline.drives_on != seen_on:
        raise DeadlineMoved(deadline, seen_on)
    return deadline, waiting
