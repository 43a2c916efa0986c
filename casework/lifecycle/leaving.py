"""Somebody leaves a team or the organisation: no restricted case is left with nobody who can see it.

Roles and accounts know nothing of cases, so both are asked here first. Whoever manages accounts learns no more than that
work of this person can be seen by nobody else; the one who stays named on a case is told, and can name another.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from casework.accounts import actions as accounts
from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import give_to_dos
from casework.clients.models import Case, CaseMember, ToDo
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.reminders.notices import queue_notices


class UnableToLetGo(Refusal):
    pass


@transaction.atomic
def end_role(*, membership: Membership, by: User | None, now: datetime) -> Membership:
    """End a role, unless somebody would be the last who could see a restricted case. Raises what accounts raise."""
    user, team = membership.user, membership.team_id
    if team is not None and membership.ends_at is None and not _stays(user, team, membership, now):
        _let_go(user, Case.objects.filter(team=team), now, by, at_once=False)
    return accounts.end_role(membership=membership, by=by, now=now)


@transaction.atomic
def disable_user(*, user: User, by: User, now: datetime, at_once: bool = False) -> User:
    """Disable an account, unless somebody would be the last who could see a restricted case.

    `at_once`: it cannot wait, because the account may be in wrong hands. Then auditors are told of which cases nobody is
    left, and those open in an emergency only.
    """
    _let_go(user, Case.objects.all(), now, by, at_once=at_once)
    return accounts.disable_user(user=user, by=by, now=now)


def _stays(user: User, team: UUID, ending: Membership, now: datetime) -> bool:
    """Whether they see the cases of the team by another role too."""
    held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).filter(user=user, team=team)
    return held.exclude(pk=ending.pk).exists()


def _let_go(user: User, among: QuerySet[Case], now: datetime, by: User | None, *, at_once: bool) -> None:
    # Locked in one order: of the last two who leave at once, the second finds the first gone.
    cases = among.filter(restricted=True, members__user=user)
    locked = list(cases.order_by("pk").select_for_update(of=("self",)))
    seeing = _seeing(locked, now)
    lonely = [case for case in locked if seeing[case.pk] == {user.pk}]
    if lonely and not at_once:
        raise UnableToLetGo(
            _(
                "Some of their work can be seen by nobody else. Ask them to name somebody first. If the account may be in "
                "wrong hands, disable it at once: the auditor is told then."
            )
        )
    for case in locked:
        rest = seeing[case.pk] - {user.pk}
        if len(rest) == 1 and user.pk in seeing[case.pk]:
            give_to_dos(owner_ids=rest, kind=ToDo.Kind.NAMED_ALONE, about=new_id(), case=case, now=now)
    for case in lonely:
        record("clients.case_left_alone", subject=case, case_id=case.pk, by=by, now=now)
    if lonely:
        auditors = Membership.objects.active(now).carrying(Permission.AUDIT_VIEW).values_list("user_id", flat=True)
        queue_notices(f"alone:{user.pk}", set(auditors), case=None, now=now)


def _seeing(cases: list[Case], now: datetime) -> dict[UUID, set[UUID]]:
    """Return who of those named on each restricted case can see it now."""
    working = Membership.objects.active(now).carrying(Permission.CASE_VIEW)
    working = working.filter(user=OuterRef("user"), team=OuterRef("case__team"))
    seeing: dict[UUID, set[UUID]] = {case.pk: set() for case in cases}
    for case_id, user_id in CaseMember.objects.filter(Exists(working), case__in=cases).values_list("case", "user"):
        seeing[case_id].add(user_id)
    return seeing
