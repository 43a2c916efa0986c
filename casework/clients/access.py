"""Who may see which case: the one predicate behind every list, search, page, report and admin."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission


def cases_visible_to(
    user: User,
    now: datetime,
    *,
    permission: Permission = Permission.CASE_VIEW,
    prefix: str = "",
    archived: bool = False,
) -> Q:
    """Return the condition under which `user` may see a case (or, by `permission`, change it).

    1. The case belongs to a team for which the user's role carries the permission, and
    2. it is not restricted, or the user is named on it; and
    3. it is not archived, unless it is only looked at (or `archived`: taken out of the archive).

    `prefix` leads from the queried model to the case, such as `client__case__`.
    """
    from .models.case import CaseMember

    teams = memberships(user, permission, now).filter(team__isnull=False).values("team")
    named = CaseMember.objects.filter(case=OuterRef(f"{prefix}pk"), user=user)
    seen = Q(**{f"{prefix}team__in": teams}) & (Q(**{f"{prefix}restricted": False}) | Q(Exists(named)))
    if archived or permission == Permission.CASE_VIEW:
        return seen
    return seen & Q(**{f"{prefix}archived_at__isnull": True})


def needs_visible_to(user: User, now: datetime, *, prefix: str = "") -> Q:
    """Return the condition under which `user` may read what people of a case need, and why a case scores as it does.

    1. The user may see the case, and
    2. looks after it, or assigns the cases of its team, or is named on it.

    Others of the team learn that somebody was asked, when, and whom to ask. `prefix` as above.
    """
    from .models.case import CaseMember

    assigns = memberships(user, Permission.CASE_ASSIGN, now).filter(team__isnull=False).values("team")
    named = CaseMember.objects.filter(case=OuterRef(f"{prefix}pk"), user=user)
    is_close = Q(**{f"{prefix}caseworker": user}) | Q(**{f"{prefix}team__in": assigns}) | Q(Exists(named))
    return cases_visible_to(user, now, prefix=prefix) & is_close
