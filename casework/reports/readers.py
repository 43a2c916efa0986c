"""Whose figures somebody reads: those of their own teams exactly, those of all others without small numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.housing.models.site import SiteTeam
from casework.lib.dates import today_in


class Whose(StrEnum):
    """OWN: of the teams whose rows the reader sees; exact. OTHERS: of everybody else; what counts people passes `lib.suppression`."""

    OWN = "own"
    OTHERS = "others"


@dataclass(frozen=True)
class Reader:
    """Somebody who reads reports now.

    `teams`: the names of those teams of which they read exact figures, by id. `reads_others`: they also read figures of the whole
    organisation, which leave the teams that work with these people.
    """

    user: User
    now: datetime
    teams: dict[UUID, str]
    reads_others: bool
    zone: str = ""

    @cached_property
    def today(self) -> date:
        return today_in(self.zone, self.now) if self.zone else timezone.localtime(self.now).date()

    @property
    def may_choose(self) -> bool:
        return bool(self.teams) and self.reads_others

    @property
    def usual(self) -> Whose:
        return Whose.OWN if self.teams else Whose.OTHERS

    def of_teams(self, whose: Whose, prefix: str = "team") -> Q:
        """Return the condition under which a row that belongs to a team is among these figures; `prefix` leads to the team."""
        own = Q(**{f"{prefix}__in": list(self.teams)})
        return own if whose is Whose.OWN else ~own

    def of_sites(self, whose: Whose, prefix: str = "") -> Q:
        """Return the same for a site; one that the reader's teams share with others is their own. `prefix` such as `unit__site__`."""
        own = Q(**{f"{prefix}pk__in": SiteTeam.objects.filter(team__in=list(self.teams)).values("site")})
        return own if whose is Whose.OWN else ~own


def reader_of(user: User, now: datetime) -> Reader:
    """Return what somebody reads, from one query. Who holds no REPORTS_VIEW reads nothing."""
    held = list(
        memberships(user, Permission.REPORTS_VIEW, now)
        .order_by("team__name")
        .values_list("team", "team__name", "team__time_zone")
    )
    teams = {team: name for team, name, _zone in held if team}
    zone = next((zone for team, _name, zone in held if team), "")
    return Reader(user, now, teams, any(team is None for team, _name, _zone in held), zone)
