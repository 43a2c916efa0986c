"""How many items are due to whom: what a message to staff says, and all that it says."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.accounts.prepared import Prepared
from casework.housing.due import due_columns, due_in
from casework.lib.ids import new_id
from casework.residency.models import Deadline

from .follow_up import unanswered_of_user

# A morning tells one person of dozens of things: what is due to them is asked once for all of these.
KEPT = timedelta(seconds=30)


class Counts:
    """Asked again and again within one run of delivery; what it has read of somebody it keeps for half a minute."""

    def __init__(self) -> None:
        self._questions: Questions | None = None
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
        if self._questions is None or now - self._questions.at > KEPT:
            self._questions, self._days = Questions(now), {}
        if (days := self._days.get(user.pk)) is None:
            days = self._days[user.pk] = self._questions.days_of(user.pk)
        return max(sum(day <= until for day in days), 1)


class Questions:
    """What is due to each of many people at one time, put into words once for all of them."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._deadlines, self._housing = (
            Prepared(self._of_deadlines, user=new_id()),
            Prepared(self._of_housing, user=new_id()),
        )
        self._columns = list(due_columns(User(pk=new_id()), "me", at))

    def days_of(self, user: UUID) -> list[date]:
        deadlines = [day for (day,) in self._deadlines.ask(user=user)]
        housing = self._housing.ask(user=user)
        found = due_in(dict(zip(self._columns, housing[0], strict=True)), self.at) if housing else []
        return [*deadlines, *(it.on for it in found)]

    def _of_deadlines(self, user: UUID) -> Any:
        person = User(pk=user)
        rows = Deadline.objects.visible_to(person, self.at).open().looked_after_by(person, self.at)
        unanswered = unanswered_of_user(person, self.at).order_by().values_list("on")
        return rows.filter(drives_on__isnull=False).order_by().values_list("drives_on").union(unanswered, all=True)

    def _of_housing(self, user: UUID) -> Any:
        columns = due_columns(User(pk=user), "me", self.at)
        return User.objects.filter(pk=user).annotate(**columns).order_by().values_list(*columns)
