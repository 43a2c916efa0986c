"""What every decision about a deadline shares: the locked row, the decision as a row, and what it then means."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Client
from casework.lib.refusals import Refusal

from ..facts import load_facts
from ..models import Deadline, Decision
from ..standing import fingerprint
from .deadlines import apply_decisions, ensure_fresh


class UnableToAnswer(Refusal):
    pass


class DeadlineMoved(Exception):
    """The date that drives is not any more the one that the person saw. Carries the deadline as it is now."""

    def __init__(self, deadline: Deadline, seen_on: date | None) -> None:
        super().__init__(f"The deadline {deadline.pk} has moved meanwhile.")
        self.deadline = deadline
        self.seen_on = seen_on


def locked(deadline: Deadline, by: User, now: datetime) -> Deadline:
    """Return the deadline as computed from the facts of now, its person locked as a refresh locks them."""
    Client.objects.select_for_update(no_key=True).get(pk=deadline.client_id)
    ensure_fresh([deadline.client_id], now, by)
    return Deadline.objects.select_related("client__data_key").get(pk=deadline.pk)


def refuse_to_answer(deadline: Deadline, seen_on: date | None) -> None:
    if deadline.gone_at is not None:
        raise UnableToAnswer(_("This deadline does not apply any more, so there is nothing to answer."))
    if deadline.drives_on != seen_on:
        raise DeadlineMoved(deadline, seen_on)


def needed(reason: str) -> str:
    if not reason.strip():
        raise UnableToAnswer(_("Say why, so that others understand it later."), field="reason")
    return reason.strip()


def decide(
    deadline: Deadline,
    kind: Decision.Kind,
    by: User,
    now: datetime,
    *,
    reason: str = "",
    imposed_on: date | None = None,
    authority: str = "",
    paper: str = "",
    about: Decision | None = None,
) -> Deadline:
    """Add the decision, and bring the rows of the person up to what all decisions now mean."""
    facts = load_facts([deadline.client_id])[deadline.client_id]
    latest = deadline.decisions.order_by("-number").first()
    decision = Decision(
        data_key=deadline.client.data_key,
        deadline=deadline,
        number=latest.number + 1 if latest else 1,
        kind=kind,
        # A second look is at the computed date: that is what the order is later than.
        answered_on=deadline.due_on if about else deadline.drives_on,
        answered_country=deadline.country,
        answered_subject=fingerprint(facts, deadline.subject_kind, str(deadline.subject_id)),
        imposed_on=imposed_on,
        about=about,
        decided_by=by,
        decided_at=now,
    )
    decision.reason, decision.authority, decision.paper = reason, authority or None, paper or None
    decision.save(force_insert=True)
    deadline.moved_at = deadline.was_due_on = None
    deadline.save(update_fields=["moved_at", "was_due_on"])
    apply_decisions(client_ids=[deadline.client_id], now=now)
    record_event(f"residency.deadline_{kind}", deadline, by, now, decision=str(decision.pk))
    deadline.refresh_from_db()
    return deadline


def record_event(type: str, deadline: Deadline, by: User, now: datetime, **data: str) -> None:
    client = deadline.client
    record(type, subject=deadline, case_id=client.case_id, by=by, now=now, client=str(client.pk), **data)
