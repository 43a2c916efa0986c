"""Somebody is away, and is back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..access import memberships
from ..models import Absence, User
from ..models.absence import LONGEST_ABSENCE
from ..roles import Permission


class UnableToRecordAbsence(Refusal):
    pass


@transaction.atomic
def record_absence(
    *,
    user: User,
    deputy: User | None,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    now: datetime,
    absence_id: UUID | None = None,
) -> tuple[Absence, bool]:
    """Note that somebody is away, and who stands in; and whether that is new. Sent twice with the same id, it is noted once.

    Raises UnableToRecordAbsence.
    """
    absence = Absence(
        id=absence_id or new_id(), user=user, deputy=deputy, starts_at=starts_at, ends_at=ends_at, recorded_by=by
    )
    absence.recorded_at = now
    # One at a time for each person: the second of two who note the same finds the first.
    User.objects.select_related(None).select_for_update().get(pk=user.pk)
    if (earlier := Absence.objects.filter(pk=absence.pk, user=user).first()) is not None:
        return earlier, False
    _refuse_times(absence, now)
    _refuse_who(absence, by, now)
    if deputy is not None:
        _refuse_deputy(user, deputy, absence, now)
    try:
        with transaction.atomic():
            absence.save(force_insert=True)
    except IntegrityError:
        raise UnableToRecordAbsence(_("An absence is noted already for a part of this time. End it first.")) from None
    told: dict[str, Any] = {"user": str(user.pk), "deputy": str(deputy.pk) if deputy else ""}
    record("accounts.absence_recorded", subject=absence, by=by, now=now, **told)
    return absence, True


@transaction.atomic
def end_absence(*, absence: Absence, by: User, now: datetime) -> Absence:
    """Somebody is back before the day, or did not go. Ended twice, it ended once."""
    absence = Absence.objects.select_for_update().get(pk=absence.pk)
    if absence.ended_at is None and absence.ends_at > now:
        absence.ended_at, absence.ended_by = now, by
        absence.save(update_fields=["ended_at", "ended_by"])
        record("accounts.absence_ended", subject=absence, by=by, now=now, user=str(absence.user_id))
    return absence


def drop_deputies(*, user: User, by: User | None, now: datetime) -> int:
    """Name nobody in place of somebody who stands in and may not any more: whoever gives out the cases is told again."""
    named = Absence.objects.not_over(now).filter(deputy=user).select_for_update(of=("self",)).order_by("pk")
    dropped = 0
    for absence in named:
        theirs = memberships(absence.user, Permission.CASE_VIEW, now).values("team")
        if user.is_active and memberships(user, Permission.CASE_CHANGE, now).filter(team__in=theirs).exists():
            continue
        absence.deputy = None
        absence.save(update_fields=["deputy"])
        record("accounts.absence_deputy_dropped", subject=absence, by=by, now=now, user=str(absence.user_id))
        dropped += 1
    return dropped


def _refuse_times(absence: Absence, now: datetime) -> None:
    if absence.ends_at <= max(absence.starts_at, now):
        raise UnableToRecordAbsence(_("The last day must not lie before the first, or in the past."), field="until")
    if absence.ends_at - absence.starts_at > LONGEST_ABSENCE:
        raise UnableToRecordAbsence(
            _("A year at most. Whoever is away for longer hands their cases over."), field="until"
        )


def _refuse_who(absence: Absence, by: User, now: datetime) -> None:
    """Asked of the database once more, under the lock: roles end while a page is open."""
    user = absence.user
    if user.pk == by.pk:
        return
    theirs = memberships(user, Permission.CASE_VIEW, now).values("team")
    if not memberships(by, Permission.CASE_ASSIGN, now).filter(team__in=theirs).exists():
        raise UnableToRecordAbsence(
            _("The absence of somebody else is noted by whoever gives out the cases of their team."), field="user"
        )


def _refuse_deputy(user: User, deputy: User, absence: Absence, now: datetime) -> None:
    if deputy.pk == user.pk:
        raise UnableToRecordAbsence(_("Somebody else has to stand in."), field="deputy")
    theirs = memberships(user, Permission.CASE_VIEW, now).values("team")
    if not memberships(deputy, Permission.CASE_CHANGE, now).filter(team__in=theirs).exists():
        raise UnableToRecordAbsence(
            _("Only somebody of the same team can stand in: they see the cases already."), field="deputy"
        )
    if Absence.objects.between(absence.starts_at, absence.ends_at).filter(user=deputy).exists():
        raise UnableToRecordAbsence(
            _("This colleague is away themselves during a part of this time. Choose somebody else."), field="deputy"
        )
