"""What people decide about a deadline: done, waived, a date imposed by an authority, and back again."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Client
from casework.lib.refusals import Refusal

from ..facts import load_facts
from ..models import Deadline, Decision
from ..standing import fingerprint
from .deadlines import apply_decisions, ensure_fresh

# A date further away than this is a slip of the pen.
LATEST = timedelta(days=3660)
EARLIEST = timedelta(days=366)


class UnableToAnswer(Refusal):
    pass


class DeadlineMoved(Exception):
    """The date that drives is not any more the one that the person saw. Carries the deadline as it is now."""

    def __init__(self, deadline: Deadline, seen_on: date | None) -> None:
        super().__init__(f"The deadline {deadline.pk} has moved meanwhile.")
        self.deadline = deadline
        self.seen_on = seen_on


@transaction.atomic
def mark_done(*, deadline: Deadline, seen_on: date | None, by: User, now: datetime) -> Deadline:
    """Say that what is due was done. `seen_on` is the date that the person saw; said twice, it counts once.

    Raises DeadlineMoved, UnableToAnswer.
    """
    deadline = _locked(deadline, by, now)
    if deadline.state == Deadline.State.DONE:
        return deadline
    _refuse_to_answer(deadline, seen_on)
    return _decide(deadline, Decision.Kind.DONE, by, now)


@transaction.atomic
def waive(*, deadline: Deadline, reason: str, seen_on: date | None, by: User, now: datetime) -> Deadline:
    """Say that it need not be done, and why. Raises DeadlineMoved, UnableToAnswer."""
    deadline = _locked(deadline, by, now)
    if deadline.state == Deadline.State.WAIVED:
        return deadline
    _refuse_to_answer(deadline, seen_on)
    return _decide(deadline, Decision.Kind.WAIVED, by, now, reason=_needed(reason))


@transaction.atomic
def impose(*, deadline: Deadline, imposed_on: date, reason: str, by: User, now: datetime) -> Deadline:
    """Record the date that an authority has set; it drives instead of the computed one, and asks anew.

    Raises UnableToAnswer.
    """
    deadline = _locked(deadline, by, now)
    if deadline.imposed_on == imposed_on and deadline.state == Deadline.State.OPEN:
        return deadline
    if not now.date() - EARLIEST <= imposed_on <= now.date() + LATEST:
        raise UnableToAnswer(
            _("The date lies more than a year back or ten years ahead. Look at the year again."), field="imposed_on"
        )
    return _decide(deadline, Decision.Kind.IMPOSED, by, now, reason=_needed(reason), imposed_on=imposed_on)


@transaction.atomic
def lift_imposed(*, deadline: Deadline, reason: str, by: User, now: datetime) -> Deadline:
    """Record that the date of the authority holds no more: the computed one drives again. Raises UnableToAnswer."""
    deadline = _locked(deadline, by, now)
    if deadline.imposed_on is None:
        raise UnableToAnswer(_("No date of an authority is recorded here."))
    return _decide(deadline, Decision.Kind.LIFTED, by, now, reason=_needed(reason))


@transaction.atomic
def reopen(*, deadline: Deadline, reason: str, by: User, now: datetime) -> Deadline:
    """Take an answer back. Raises UnableToAnswer."""
    deadline = _locked(deadline, by, now)
    latest = deadline.decisions.order_by("-number").first()
    if latest is None or latest.kind not in (Decision.Kind.DONE, Decision.Kind.WAIVED):
        raise UnableToAnswer(_("This deadline is open already."))
    return _decide(deadline, Decision.Kind.REOPENED, by, now, reason=_needed(reason))


@transaction.atomic
def note_move(*, deadline: Deadline, by: User, now: datetime) -> Deadline:
    """Say that the new date was seen, so that "was ..." need not be shown any more."""
    deadline = _locked(deadline, by, now)
    if deadline.moved_at is not None:
        deadline.moved_at = deadline.was_due_on = None
        deadline.save(update_fields=["moved_at", "was_due_on"])
        _record("residency.move_noted", deadline, by, now)
    return deadline


def _locked(deadline: Deadline, by: User, now: datetime) -> Deadline:
    """Return the deadline as computed from the facts of now, its person locked as a refresh locks them."""
    Client.objects.select_for_update(no_key=True).get(pk=deadline.client_id)
    ensure_fresh([deadline.client_id], now, by)
    return Deadline.objects.select_related("client__data_key").get(pk=deadline.pk)


def _refuse_to_answer(deadline: Deadline, seen_on: date | None) -> None:
    if deadline.gone_at is not None:
        raise UnableToAnswer(_("This deadline does not apply any more, so there is nothing to answer."))
    if deadline.drives_on != seen_on:
        raise DeadlineMoved(deadline, seen_on)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise UnableToAnswer(_("Say why, so that others understand it later."), field="reason")
    return reason.strip()


def _decide(
    deadline: Deadline,
    kind: Decision.Kind,
    by: User,
    now: datetime,
    *,
    reason: str = "",
    imposed_on: date | None = None,
) -> Deadline:
    """Add the decision, and bring the rows of the person up to what all decisions now mean."""
    facts = load_facts([deadline.client_id])[deadline.client_id]
    latest = deadline.decisions.order_by("-number").first()
    decision = Decision(
        data_key=deadline.client.data_key,
        deadline=deadline,
        number=latest.number + 1 if latest else 1,
        kind=kind,
        answered_on=deadline.drives_on,
        answered_country=deadline.country,
        answered_subject=fingerprint(facts, deadline.subject_kind, str(deadline.subject_id)),
        imposed_on=imposed_on,
        decided_by=by,
        decided_at=now,
    )
    decision.reason = reason
    decision.save(force_insert=True)
    deadline.moved_at = deadline.was_due_on = None
    deadline.save(update_fields=["moved_at", "was_due_on"])
    apply_decisions(client_ids=[deadline.client_id], now=now)
    _record(f"residency.deadline_{kind}", deadline, by, now, decision=str(decision.pk))
    deadline.refresh_from_db()
    return deadline


def _record(type: str, deadline: Deadline, by: User, now: datetime, **data: str) -> None:
    client = deadline.client
    record(type, subject=deadline, case_id=client.case_id, by=by, now=now, client=str(client.pk), **data)
