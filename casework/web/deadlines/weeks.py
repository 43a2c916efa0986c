"""What the pictures of the weeks ahead are made of: the weeks, and the deadlines of one's own cases or of all of the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict

from casework.accounts.models import User
from casework.clients.access import team_ids_in_sight
from casework.clients.looked_after import does_look_after_some
from casework.residency.actions import ensure_fresh
from casework.residency.models import Deadline

from .day import people_of, whose_of

WEEKS = 13


def first_day(today: date) -> date:
    """Return the Monday of this week, with which the pictures begin."""
    return today - timedelta(days=today.weekday())


def days_shown(today: date) -> tuple[date, date]:
    """Return the first and the last day of the pictures."""
    first = first_day(today)
    return first, first + timedelta(days=7 * WEEKS - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`whose`: "me" or "team"; `teams`: the ids of those in sight. `deadlines`: those that are open, whenever they are due. `left`: of so many people they are computed anew."""

    whose: str
    teams: Sequence[UUID]
    deadlines: Any
    left: int


def asked_of(by: User, query: QueryDict, now: datetime) -> Asked:
    """Return whose deadlines an address asks for and what of them this user sees, computed anew where they were stale."""
    teams = team_ids_in_sight(by, now)
    whose = whose_of(query, has_cases=does_look_after_some(by, now))
    left = ensure_fresh(people_of(by, whose, now, teams).values("pk"), now, by)
    return Asked(whose=whose, teams=teams, deadlines=_deadlines(by, whose, now, teams), left=left)


def _deadlines(by: User, whose: str, now: datetime, teams: Sequence[UUID]) -> Any:
    deadlines: Any = Deadline.objects
    rows = deadlines.visible_to(by, now).open().filter(client__case__team__in=teams)
    return rows.looked_after_by(by, now) if whose == "me" else rows
