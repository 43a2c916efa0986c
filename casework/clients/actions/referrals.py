"""What can happen to a referral out: drafted, sent, received, answered, done, withdrawn, taken back."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import (
    Case,
    Client,
    Partner,
    PartnerService,
    Referral,
    ReferralPerson,
    ReferralStep,
    Urgency,
)
from ..models.referral import ANSWER_WITHIN
from ..referring import hindrances
from .referral_to_dos import forget_to_dos, settle_to_dos


class ReferralFields(TypedDict, total=False):
    partner: Partner
    offer: PartnerService | None
    service: str
    reason: str
    urgency: str
    shared: list[str]
    consent_how: str
    consent_on: date | None


class UnableToRefer(Refusal):
    pass


@transaction.atomic
def draft_referral(
    *,
    case: Case,
    people: Collection[Client],
    by: User,
    now: datetime,
    referral_id: UUID | None = None,
    **fields: Unpack[ReferralFields],
) -> Referral:
    """Write down to whom these people of the case are to be sent. Sent twice with the same id, it is one."""
    values: dict[str, Any] = dict(fields)
    _refuse_strangers(case, people)
    _refuse_half_consent(values)
    referral = Referral(
        id=referral_id or new_id(), data_key=case.data_key, case=case, created_at=now, created_by=by, **values
    )
    referral, is_new = insert_once(referral, case_id=case.pk)
    if is_new:
        _set_people(referral, people)
        _say("clients.referral_drafted", referral, by, now, people=len(people))
    return referral


@transaction.atomic
def change_referral(
    *,
    referral: Referral,
    people: Collection[Client],
    version: int,
    by: User,
    now: datetime,
    **fields: Unpack[ReferralFields],
) -> Referral:
    """Change a draft. What was sent stays as it was sent. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    referral = locked(referral, version=version, mine=values | {"people": list(people)})
    if referral.state != Referral.State.DRAFT:
        raise UnableToRefer(_("This referral was sent already. Withdraw it, and make another one."))
    _refuse_strangers(referral.case, people)
    _refuse_half_consent(
        {"consent_how": referral.consent_how, "consent_on": referral.consent_on} | values,
    )
    changed = write(referral, values)
    if {each.pk for each in people} != set(referral.people.values_list("pk", flat=True)):
        _set_people(referral, people)
        changed.append("people")
    if changed:
        _say("clients.referral_changed", referral, by, now, fields=sorted(changed))
    return referral


@transaction.atomic
def send_referral(
    *, referral: Referral, how: str, version: int, by: User, now: datetime, answer_due_on: date | None = None
) -> Referral:
    """Say that it was sent, by a person: the software sends nothing. Raises ChangedMeanwhile.

    The answer is due after 3, 7 or 14 days, by urgency, unless another day is agreed. Sent twice, it was sent once.
    """
    current = Referral.objects.select_for_update().get(pk=referral.pk)
    if current.state == Referral.State.SENT and current.version == version + 1:
        return current
    referral = locked(referral, version=version, mine={"sent_how": how})
    _refuse_step(referral, Referral.State.SENT)
    today = today_in(referral.case.team.time_zone, now)
    people: Sequence[Client] = list(referral.people_here)
    if stands_in_the_way := hindrances(referral, people, today):
        raise UnableToRefer(stands_in_the_way[0])
    if answer_due_on is not None and answer_due_on < today:
        raise UnableToRefer(_("The day by which they are to answer has passed already."), field="answer_due_on")
    due_on = answer_due_on or today + timedelta(days=ANSWER_WITHIN[Urgency(referral.urgency)])
    values = {"state": Referral.State.SENT, "sent_how": how, "sent_at": now, "answer_due_on": due_on}
    _step(referral, values, "", "clients.referral_sent", by, now, how=how)
    return referral


@transaction.atomic
def note_received(*, referral: Referral, version: int, by: User, now: datetime, text: str = "") -> Referral:
    """The partner says that it has come. The answer stays due. Raises ChangedMeanwhile."""
    referral = locked(referral, version=version)
    _refuse_step(referral, Referral.State.RECEIVED)
    _step(referral, {"state": Referral.State.RECEIVED}, text, "clients.referral_received", by, now)
    return referral


@transaction.atomic
def note_accepted(*, referral: Referral, version: int, by: User, now: datetime, text: str = "") -> Referral:
    """The partner takes them. Raises ChangedMeanwhile."""
    referral = locked(referral, version=version)
    _refuse_step(referral, Referral.State.ACCEPTED)
    values = {"state": Referral.State.ACCEPTED, "answered_at": now}
    _step(referral, values, text, "clients.referral_accepted", by, now)
    return referral


@transaction.atomic
def note_declined(
    *, referral: Referral, reason: str, version: int, by: User, now: datetime, text: str = ""
) -> Referral:
    """The partner does not take them, for one of `DeclineReason`. Raises ChangedMeanwhile."""
    referral = locked(referral, version=version)
    _refuse_step(referral, Referral.State.DECLINED)
    values = {
        "state": Referral.State.DECLINED,
        "decline_reason": reason,
        "answered_at": referral.answered_at or now,
        "closed_at": now,
    }
    _step(referral, values, text, "clients.referral_declined", by, now, reason=reason)
    return referral


@transaction.atomic
def note_done(*, referral: Referral, outcome: str, version: int, by: User, now: datetime, text: str = "") -> Referral:
    """It came to its end with one of `Referral.Outcome`. Raises ChangedMeanwhile."""
    referral = locked(referral, version=version)
    _refuse_step(referral, Referral.State.DONE)
    values = {"state": Referral.State.DONE, "outcome": outcome, "closed_at": now}
    _step(referral, values, text, "clients.referral_done", by, now, outcome=outcome)
    return referral


@transaction.atomic
def withdraw_referral(
    *, referral: Referral, why: str, version: int, by: User, now: datetime, text: str = ""
) -> Referral:
    """Nothing more is asked of the partner. Raises ChangedMeanwhile."""
    referral = locked(referral, version=version)
    _refuse_step(referral, Referral.State.WITHDRAWN)
    values = {"state": Referral.State.WITHDRAWN, "withdrawn_why": why, "closed_at": now}
    _step(referral, values, text, "clients.referral_withdrawn", by, now, why=why)
    return referral


@transaction.atomic
def take_back_answer(*, referral: Referral, version: int, by: User, now: datetime, text: str = "") -> Referral:
    """What was recorded last was a mistake: it waits for the answer again. Raises ChangedMeanwhile."""
    referral = locked(referral, version=version)
    if referral.state not in Referral.TAKEN_BACK:
        raise UnableToRefer(_("There is no answer to take back."))
    back = Referral.TAKEN_BACK[referral.state]
    values: dict[str, Any] = {"state": back, "decline_reason": "", "outcome": "", "closed_at": None}
    if back == Referral.State.SENT:
        values["answered_at"] = None
    kind = ReferralStep.Kind.TAKEN_BACK
    _step(referral, values, text, "clients.referral_answer_taken_back", by, now, kind=kind)
    forget_to_dos(referral.pk)
    return referral


@transaction.atomic
def record_feedback(
    *, referral: Referral, text: str, by: User, now: datetime, step_id: UUID | None = None
) -> ReferralStep:
    """Write down what the partner said. Sent twice with the same `step_id`, it is written once."""
    if not text.strip():
        raise UnableToRefer(_("Write down what they said."), field="text")
    step = _new_step(referral, ReferralStep.Kind.FEEDBACK, text, by, now)
    step.pk = step_id or step.pk
    step, is_new = insert_once(step, referral_id=referral.pk)
    if is_new:
        _say("clients.referral_feedback_recorded", referral, by, now)
    return step


def _step(
    referral: Referral,
    values: dict[str, Any],
    text: str,
    event: str,
    by: User,
    now: datetime,
    *,
    kind: str = ReferralStep.Kind.STATE,
    **data: Any,
) -> None:
    """Write the new state, what was said with it, and that it happened; to-dos about the answer follow."""
    write(referral, values)
    _new_step(referral, kind, text, by, now).save(force_insert=True)
    if not referral.is_waiting:
        settle_to_dos(referral.pk, by=by, now=now)
    _say(event, referral, by, now, **data)


def _new_step(referral: Referral, kind: str, text: str, by: User, now: datetime) -> ReferralStep:
    step = ReferralStep(
        id=new_id(), data_key=referral.data_key, referral=referral, kind=kind, state=referral.state, at=now, by=by
    )
    step.text = text
    return step


def _set_people(referral: Referral, people: Collection[Client]) -> None:
    ReferralPerson.objects.filter(referral=referral).exclude(client__in=people).delete()
    ReferralPerson.objects.bulk_create(
        [ReferralPerson(referral=referral, client=each) for each in people], ignore_conflicts=True
    )


def _refuse_step(referral: Referral, state: str) -> None:
    if not referral.may_become(state):
        raise UnableToRefer(
            _("This referral is “%(state)s”. That does not go with what you want to record.")
            % {"state": referral.get_state_display()}
        )


def _refuse_strangers(case: Case, people: Collection[Client]) -> None:
    if not people:
        raise UnableToRefer(_("Tick whom this is about."), field="people")
    if any(each.case_id != case.pk for each in people):
        raise UnableToRefer(_("Only people of this case can be sent from here."), field="people")


def _refuse_half_consent(values: dict[str, Any]) -> None:
    if values.get("consent_how") and not values.get("consent_on"):
        raise UnableToRefer(_("Say on which day they agreed."), field="consent_on")
    if values.get("consent_on") and not values.get("consent_how"):
        raise UnableToRefer(_("Say how they agreed."), field="consent_how")


def _say(event: str, referral: Referral, by: User, now: datetime, **data: Any) -> None:
    record(event, subject=referral, case_id=referral.case_id, by=by, now=now, **data)
