"""How many items are due to whom: what a message to staff says, and all that it says."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from casework.accounts.models import User
from casework.accounts.prepared import Prepared
from casework.housing.due import COLUMNS, due_columns, due_in
from casework.residency.models import Deadline
from casework.residency.models.position import today_of

from .follow_up import unanswered_of_user

# A morning tells one person of dozens of things: what is due to them is asked once for all of these.
KEPT = timedelta(seconds=30)


class Counts:
    """Asked again and again within one run of delivery; what it has read of somebody it keeps for half a minute."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._days: dict[UUID, list[date]] = {}
        self._people: dict[UUID, tuple[datetime, User]] = {}

    def person(self, pk: UUID, now: datetime) -> User:
        """Return a member of staff."""
        read_at, user = self._people.get(pk, (None, None))
        if read_at is None or user is None or now - read_at > KEPT:
            user = User.objects.get(pk=pk)
            self._people[pk] = now, user
        return user

    def of(self, user: User, until: date, now: datetime) -> int:
        """Return how many items My day shows this user that are due by a day. At least one: what the message is about."""
        if self._since is None or now - self._since > KEPT:
            self._since, self._days = now, {}
        if (days := self._days.get(user.pk)) is None:
            days = self._days[user.pk] = _days_of(user.pk, self._since)
        return max(sum(day <= until for day in days), 1)


def _days_of(user: UUID, now: datetime) -> list[date]:
    """Return the day of each item that is due to somebody."""
    deadlines = [day for (day,) in DEADLINES.ask(user=user, now=now)]
    housing = HOUSING.ask(user=user, now=now)
    found = due_in(dict(zip(COLUMNS, housing[0], strict=True)), now) if housing else []
    return [*deadlines, *(it.on for it in found)]


def _deadlines_of(user: UUID, now: datetime) -> Any:
    person = User(pk=user)
    rows = Deadline.objects.visible_to(person, now).open().looked_after_by(person, now)
    # As My day: a choice that has passed asks for nothing.
    rows = rows.annotate(today=today_of("client__", now)).exclude(optional=True, drives_on__lt=F("today"))
    unanswered = unanswered_of_user(person, now).order_by().values_list("on")
    return rows.filter(drives_on__isnull=False).order_by().values_list("drives_on").union(unanswered, all=True)


def _housing_of(user: UUID, now: datetime) -> Any:
    columns = due_columns(User(pk=user), "me", now)
    return User.objects.filter(pk=user).annotate(**columns).order_by().values_list(*columns)


DEADLINES = Prepared(_deadlines_of, user=UUID, now=datetime)
HOUSING = Prepared(_housing_of, user=UUID, now=datetime)
