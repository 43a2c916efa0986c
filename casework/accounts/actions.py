"""Everything that can happen to users, teams and what they may do."""

import secrets
from datetime import datetime

from django.db import transaction

from casework.audit.record import record

from .models import Membership, Team, User
from .roles import Role


class UnableToCreateFirstAdministrator(Exception):
    """There are users already, so one of them is to invite the next."""


@transaction.atomic
def create_first_administrator(*, email: str, now: datetime) -> tuple[User, str]:
    """Create the user with whom an empty installation begins; return it and its password, shown once."""
    if User.objects.exists():
        raise UnableToCreateFirstAdministrator("There are users already; an administrator invites further ones.")
    password = "-".join(secrets.token_hex(3) for _ in range(4))
    user = User.objects.create_user(email, password, now=now)
    grant_role(user=user, role=Role.ADMINISTRATOR, team=None, by=None, now=now)
    record("accounts.first_administrator_created", subject=user, by=None, now=now)
    return user, password


class UnableToGrantRole(Exception):
    """The reason is the message."""


@transaction.atomic
def grant_role(*, user: User, role: Role, team: Team | None, by: User | None, now: datetime) -> Membership:
    """Let `user` hold `role`, in `team` where the role is of a team. Nobody grants a role to themselves."""
    if by is not None and by.pk == user.pk:
        raise UnableToGrantRole("Nobody grants a role to themselves.")
    held = Membership.objects.filter(user=user, role=role, team=team, ends_at__isnull=True).first()
    if held is not None:
        return held
    membership = Membership.objects.create(user=user, role=role, team=team, starts_at=now, granted_by=by)
    team_code = team.code if team else ""
    record("accounts.role_granted", subject=user, by=by, now=now, role=str(role), team=team_code)
    return membership


@transaction.atomic
def end_role(*, membership: Membership, by: User | None, now: datetime) -> Membership:
    """End a membership now; what it allowed stops with the next request."""
    if membership.ends_at is None:
        membership.ends_at = now
        membership.save(update_fields=["ends_at"])
        record("accounts.role_ended", subject=membership.user, by=by, now=now, role=membership.role)
    return membership


@transaction.atomic
def choose_language(*, user: User, language: str, by: User, now: datetime) -> User:
    """Speak `language` to `user` from now on, on pages and in messages."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
        record("accounts.language_chosen", subject=user, by=by, now=now, language=language)
    return user
