"""Which places a user may use: those of the teams in which their role says so."""

from datetime import datetime

from django.db.models import Q

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission


def sites_usable_by(
    user: User, now: datetime, *, permission: Permission = Permission.HOUSING_VIEW, prefix: str = ""
) -> Q:
    """Return the condition under which `user` may see a site (or, by `permission`, place people there, or manage it).

    The site belongs to a team for which the user's role carries the permission. Who lives there is another question:
    that is asked of `clients.access`, for each person. `prefix` leads from the queried model to the site, such as
    `unit__site__`.
    """
    from .models.site import SiteTeam

    teams = memberships(user, permission, now).values("team")
    return Q(**{f"{prefix}pk__in": SiteTeam.objects.filter(team__in=teams).values("site")})
