"""Who may see which complaint: the one predicate behind list, page, counts and audit."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from casework.accounts.access import memberships
from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission


def complaints_visible_to(user: User, now: datetime) -> Q:
    """Return the condition under which `user` may see and handle a complaint.

    1. They are not complained about, and
    2. they handle complaints
       a. for the team concerned, unless it is to be handled outside this team, or
       b. for any team, where no team was named, or
       c. for another team, where it is to be handled outside this one, or where this one has nobody who handles
          complaints and is not complained about.

    Whoever recorded it sees nothing of it unless this lets them. If it lets nobody, it waits.
    """
    from .models.complaint import ComplaintPerson

    handles = memberships(user, Permission.COMPLAINTS_HANDLE, now)
    teams = handles.values("team")
    accused = ComplaintPerson.objects.filter(complaint=OuterRef("pk"), user=user)
    of_the_team = (
        Membership.objects.active(now)
        .carrying(Permission.COMPLAINTS_HANDLE)
        .filter(team=OuterRef("team"))
        .exclude(Exists(ComplaintPerson.objects.filter(complaint=OuterRef(OuterRef("pk")), user=OuterRef("user"))))
    )
    nobody_there = Q(away_from_team=True) | ~Q(Exists(of_the_team))
    return ~Q(Exists(accused)) & (
        Q(team__in=teams, away_from_team=False)
        | Q(team__isnull=True) & Q(Exists(handles))
        | ~Q(team__in=teams) & Q(Exists(handles)) & nobody_there
    )
