"""Granting and ending roles."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.refusals import Refusal

from ..models import Membership, Team, User
from ..roles import DEFINITIONS, Role
from .absences import drop_deputies


class UnableToGrantRole(Refusal):
    pass


class UnableToEndRole(Refusal):
    pass


@transaction.atomic
def grant_role(*, user: User, role: Role, team: Team | None, by: User | None, now: datetime) -> Membership:
    """Let `user` hold `role`, in `team` where the role is of a team. Granted twice, it is held once.

    `by` is None for the first administrator and for demo data. Raises UnableToGrantRole.
    """
    if by is not None and by.pk == user.pk:
        raise UnableToGrantRole(_("Nobody grants a role to themselves. Ask another administrator."))
    if not user.is_active:
        raise UnableToGrantRole(_("This account is disabled. Enable it first."))
    refuse_wrong_place(role, team, UnableToGrantRole)
    held = Membership.objects.filter(user=user, role=role, team=team, ends_at__isnull=True).first()
    if held is not None:
        return held
    membership = Membership.objects.create(user=user, role=role, team=team, starts_at=now, granted_by=by)
    team_code = team.code if team else ""
    record("accounts.role_granted", subject=user, by=by, now=now, role=str(role), team=team_code)
    return membership


@transaction.atomic
def end_role(*, membership: Membership, by: User | None, now: datetime) -> Membership:
    """End a membership now; what it allowed stops with the next request. Raises UnableToEndRole."""
    if by is not None and by.pk == membership.user_id:
        raise UnableToEndRole(_("Nobody ends a role of their own. Ask another administrator."))
    if membership.role == Role.ADMINISTRATOR and not administrators_besides(membership.user, now):
        raise UnableToEndRole(_("This is the last administrator. Give the role to somebody else first."))
    membership = Membership.objects.select_related("user__data_key", "team").get(pk=membership.pk)
    if membership.ends_at is None:
        membership.ends_at = now
        membership.save(update_fields=["ends_at"])
        team_code = membership.team.code if membership.team else ""
        record("accounts.role_ended", subject=membership.user, by=by, now=now, role=membership.role, team=team_code)
        drop_deputies(user=membership.user, by=by, now=now)
    return membership


def administrators_besides(user: User, now: datetime) -> bool:
    """Whether somebody else is administrator now. Locks the memberships, so that two do not end each other's."""
    administrators = Membership.objects.filter(role=Role.ADMINISTRATOR, ends_at__isnull=True)
    list(administrators.select_for_update().order_by("pk").values_list("pk", flat=True))
    return Membership.objects.active(now).filter(role=Role.ADMINISTRATOR).exclude(user=user).exists()


def refuse_wrong_place(role: Role, team: Team | None, refusal: type[Refusal]) -> None:
    """Refuse a role of a team without one, a role of the organisation with one, and a team that has closed."""
    if DEFINITIONS[role].of_a_team and team is None:
        raise refusal(_("This role is held in a team. Choose the team."), field="team")
    if not DEFINITIONS[role].of_a_team and team is not None:
        raise refusal(_("This role is held for the whole organisation. Leave the team blank."), field="team")
    if team is not None and not team.is_active:
        raise refusal(_("This team has been closed. Choose another."), field="team")
