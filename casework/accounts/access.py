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
    """Return whether `user` holds `permission` anywhere. Deny by default: an unknown user holds none."""
    return user.is_active and memberships(user, permission, now).exists()


def permissions_of(user: User, now: datetime) -> frozenset[Permission]:
    """Return everything `user` may do somewhere, in one query."""
    held = Membership.objects.active(now).filter(user=user).values_list("role", flat=True)
    return frozenset().union(*(DEFINITIONS[Role(role)].permissions for role in held))


def teams_with(user: User, permission: Permission, now: datetime) -> QuerySet[Team]:
    """Return the teams for which `user` holds `permission`."""
    return Team.objects.filter(pk__in=memberships(user, permission, now).filter(team__isnull=False).values("team"))


def people_with(permission: Permission, teams: Iterable[Team] | QuerySet[Team], now: datetime) -> QuerySet[User]:
    """Return the users who hold `permission` for one of `teams`."""
    held = Membership.objects.active(now).carrying(permission).filter(team__in=teams)
    return User.objects.filter(pk__in=held.values("user"))
