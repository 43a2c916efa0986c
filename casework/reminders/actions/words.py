"""Answering a reminder without answering the deadline."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import insert_once
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.residency.models import Deadline

from ..words import Word


class UnableToSnooze(Refusal):
    pass


@transaction.atomic
def say_on_it(*, deadline: Deadline, by: User, now: datetime) -> Word | None:
    """Say that somebody is on it: reminders go on, and nobody else is asked before the date is over. None: it is answered."""
    deadline = _locked(deadline)
    if not deadline.is_open or deadline.drives_on is None:
        return None
    there = Word.objects.standing().filter(deadline=deadline, due_on=deadline.drives_on, kind=Word.Kind.ON_IT, by=by)
    if (said := there.first()) is not None:
        return said
    return _say(deadline, Word.Kind.ON_IT, new_id(), by, now)


@transaction.atomic
def snooze(
    *, deadline: Deadline, until: date, reason: str, today: date, word_id: UUID, by: User, now: datetime
) -> Word:
    """Say nothing of a deadline before a day, which is the day before it is due at the latest. Sent twice, it is said once."""
    deadline = _locked(deadline)
    if (said := Word.objects.filter(pk=word_id, deadline=deadline).first()) is not None:
        return said
    if not deadline.is_open or deadline.drives_on is None:
        raise UnableToSnooze(_("This deadline is answered, or has no date: nobody is reminded of it."))
    if until <= today:
        raise UnableToSnooze(_("Choose a day after today."), field="until")
    if until >= deadline.drives_on:
        raise UnableToSnooze(_("Choose a day before the deadline: somebody must hear of it in time."), field="until")
    return _say(deadline, Word.Kind.SNOOZE, word_id, by, now, until=until, reason=reason)


@transaction.atomic
def take_back(*, deadline: Deadline, by: User, now: datetime) -> bool:
    """Take back what was said; reminders speak again as if nobody had said it. Return whether there was a word."""
    deadline = _locked(deadline)
    if not Word.objects.standing().filter(deadline=deadline).update(ended_at=now):
        return False
    record("reminders.word_taken_back", subject=deadline, case_id=deadline.client.case_id, by=by, now=now)
    return True


def _locked(deadline: Deadline) -> Deadline:
    rows = Deadline.objects.select_related("client__data_key").select_for_update(of=("self",))
    return rows.get(pk=deadline.pk)


def _say(
    deadline: Deadline, kind: str, pk: UUID, by: User, now: datetime, *, until: date | None = None, reason: str = ""
) -> Word:
    Word.objects.standing().filter(deadline=deadline).update(ended_at=now)
    word = Word(
        id=pk, data_key=deadline.client.data_key, deadline=deadline, due_on=deadline.drives_on, kind=kind, by=by
    )
    word.until, word.reason, word.at = until, reason, now
    word, is_new = insert_once(word)
    if is_new:
        told = "reminders.snoozed" if kind == Word.Kind.SNOOZE else "reminders.acknowledged"
        record(told, subject=deadline, case_id=deadline.client.case_id, by=by, now=now)
    return word
