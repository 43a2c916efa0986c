"""Access for a time: given by whoever assigns the case, ended at once or by itself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.access import may, memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..access import cases_visible_to
from ..changes import insert_once
from ..models import Case, TimedAccess
from ..models.timed_access import LONGEST_ACCESS


class UnableToGiveAccess(Refusal):
    pass


@transaction.atomic
def give_access(
    *,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    now: datetime,
    case: Case | None = None,
    team: Team | None = None,
    may_change: bool = False,
    access_id: UUID | None = None,
) -> TimedAccess:
    """Let `user` see one case, or the cases of one team, for a time. Sent twice with the same id, it is given once.

    Raises UnableToGiveAccess.
    """
    if case is not None:
        case = Case.objects.select_for_update().get(pk=case.pk)
    place = case.team if case is not None else team
    if place is None or (case is not None and team is not None):
        raise ValueError("access is given to one case or to one team")
    _refuse_giver(case, place, user, by, now)
    _refuse_receiver(user, place, now, may_change=may_change)
    _refuse_times(starts_at, ends_at, now)
    if not reason.strip():
        raise UnableToGiveAccess(_("Say why, so that others understand it later."), field="reason")
    access = TimedAccess(
        id=access_id or new_id(),
        data_key=case.data_key if case is not None else user.data_key,
        case=case,
        team=team,
        user=user,
        may_change=may_change,
        starts_at=starts_at,
        ends_at=ends_at,
        given_by=by,
        given_at=now,
    )
    access.reason = reason
    access, is_new = insert_once(access, given_by_id=by.pk)
    if is_new:
        told = {"user": str(user.pk), "may_change": may_change, "team": place.code}
        record("clients.access_given", subject=access, case_id=access.case_id, by=by, now=now, **told)
    return access


@transaction.atomic
def end_access(*, access: TimedAccess, by: User, now: datetime) -> TimedAccess:
    """End it at once; ended twice, it ended once."""
    access = TimedAccess.objects.select_for_update().get(pk=access.pk)
    if access.ended_at is None and access.ends_at > now:
        access.ended_at, access.ended_by = now, by
        access.save(update_fields=["ended_at", "ended_by"])
        record("clients.access_ended", subject=access, case_id=access.case_id, by=by, now=now, user=str(access.user_id))
    return access


def end_all_access(case: Case, *, by: User, now: datetime) -> None:
    """End what was given to this case: it is restricted now, and who may see it is named; or another team has it."""
    for access in TimedAccess.objects.not_over(now).filter(case=case).order_by("pk"):
        end_access(access=access, by=by, now=now)


def _refuse_giver(case: Case | None, place: Team, user: User, by: User, now: datetime) -> None:
    """Asked of the database once more, under the lock: roles end while a page is open."""
    if user.pk == by.pk:
        raise UnableToGiveAccess(_("Nobody gives access to themselves. Ask another coordinator."), field="user")
    if case is not None and case.restricted:
        raise UnableToGiveAccess(_("This case is restricted: whoever is to see it is named on it."))
    may_give = (
        Case.objects.filter(cases_visible_to(by, now, permission=Permission.CASE_ASSIGN), pk=case.pk).exists()
        if case is not None
        else memberships(by, Permission.CASE_ASSIGN, now).filter(team=place).exists()
    )
    if not may_give:
        raise UnableToGiveAccess(_("Access is given by whoever assigns the cases of the team. Ask a coordinator."))


def _refuse_receiver(user: User, place: Team, now: datetime, *, may_change: bool) -> None:
    if not may(user, Permission.CASE_CHANGE if may_change else Permission.CASE_VIEW, now):
        raise UnableToGiveAccess(
            _("Only colleagues who work with cases in a team of their own can be given access."), field="user"
        )
    if memberships(user, Permission.CASE_VIEW, now).filter(team=place).exists():
        raise UnableToGiveAccess(_("This colleague works in the team and sees its cases already."), field="user")


def _refuse_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= max(starts_at, now):
        raise UnableToGiveAccess(_("The last day must not lie before the first, or in the past."), field="until")
    if ends_at - starts_at > LONGEST_ACCESS:
        raise UnableToGiveAccess(
            _("Access is given for three months at most. Whoever is needed for longer belongs into the team."),
            field="until",
        )
