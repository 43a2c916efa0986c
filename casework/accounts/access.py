"""May this user do this? Asked of memberships in the database, so that a change counts at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from .models import Membership, Team, User
from .roles import DEFINITIONS, Permission, Role


def memberships(user: User, permission: Permission, now: datetime) -> QuerySet[Membership]:
    """Return the active memberships of `user` that carry `permission`."""
    return Membership.objects.active(now).carrying(permission).filter(user=user)


def may(user: User, permission: Permission, now: datetime) -> bool:
    """Return whether `user` holds `permission` anywhere. Deny by default: who holds no role now holds none."""
    return memberships(user, permission, now).exists()


def permissions_of(user: User, now: datetime) -> frozenset[Permission]:
    """Return everything `user` may do somewhere, in one query."""
    return permissions_and_teams_of(user, now)[0]


def permissions_and_teams_of(user: User, now: datetime) -> tuple[frozenset[Permission], list[str]]:
    """Return everything `user` may do somewhere, and the names of the teams in which they may; in one query."""
    held = list(Membership.objects.active(now).filter(user=user).values_list("role", "team__name"))
    permissions = frozenset().union(*(DEFINITIONS[Role(role)].permissions for role, _team in held))
    return permissions, sorted({team for _role, team in held if team})


def teams_with(user: User, permission: Permission, now: datetime) -> QuerySet[Team]:
    """Return the teams for which `user` holds `permission`."""
    return Team.objects.filter(pk__in=memberships(user, permission, now).values("team"))


def people_with(permission: Permission, teams: Iterable[Team] | QuerySet[Team], now: datetime) -> QuerySet[User]:
    """Return the users who hold `permission` for one of `teams`."""
    held = Membership.objects.active(now).carrying(permission).filter(team__in=teams)
    return User.objects.filter(pk__in=held.values("user"))
