"""Wanting to hear on a day if no answer has come, and not any more."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import insert_once
from casework.clients.models import Case, Referral, ToDo
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..follow_up import FollowUp


class UnableToFollowUp(Refusal):
    pass


@transaction.atomic
def follow_up(
    *, about: Referral | ToDo, on: date, today: date, by: User, now: datetime, follow_up_id: UUID | None = None
) -> FollowUp:
    """Remind `by` on a day, unless there is an answer by then. Another day takes the place of the one before; sent twice, it is once.

    Raises UnableToFollowUp.
    """
    name = "referral" if isinstance(about, Referral) else "to_do"
    current: Any = type(about)._default_manager.select_for_update().get(pk=about.pk)
    token = follow_up_id or new_id()
    if (said := FollowUp.objects.filter(pk=token, asked_by=by, **{name: current}).first()) is not None:
        return said
    _refuse_answered(current)
    if on <= today:
        raise UnableToFollowUp(_("Choose a day after today."), field="on")
    FollowUp.objects.standing().of(by).filter(**{name: current}).update(ended_at=now)
    row = FollowUp(id=token, on=on, asked_by=by, asked_at=now, **{name: current})
    row, is_new = insert_once(row, asked_by_id=by.pk)
    if is_new:
        record("reminders.follow_up_asked", subject=row, case_id=current.case_id, by=by, now=now)
    return row


@transaction.atomic
def end_follow_up(*, row: FollowUp, by: User, now: datetime) -> bool:
    """Do not remind of it any more. Return whether there was anything to end."""
    if not FollowUp.objects.standing().filter(pk=row.pk).update(ended_at=now):
        return False
    case: Case | None = row.case
    record("reminders.follow_up_ended", subject=row, case_id=case.pk if case else None, by=by, now=now)
    return True


def _refuse_answered(about: Any) -> None:
    if about.case is not None and about.case.status != Case.Status.OPEN:
        raise UnableToFollowUp(_("The case is closed: nobody is reminded of it."))
    if isinstance(about, ToDo):
        if about.is_done:
            raise UnableToFollowUp(_("This to-do is done already."))
    elif about.state == Referral.State.DRAFT:
        raise UnableToFollowUp(_("This referral has not been sent yet."))
    elif about.state not in Referral.WAITING:
        raise UnableToFollowUp(_("There is an answer already, or none is waited for any more."))
