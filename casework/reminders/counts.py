"""How many items are due to whom: what a message to staff says, and all that it says."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from casework.accounts.models import User
from casework.housing.due import due_of_user
from casework.residency.models import Deadline

# A morning tells one person of dozens of things: what is due to them is asked once for all of these.
KEPT = timedelta(seconds=30)


class Counts:
    """Asked again and again within one run of delivery; what it has read of somebody it keeps for half a minute."""

    def __init__(self) -> None:
        self._days: dict[UUID, tuple[datetime, Collection[date]]] = {}
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
        read_at, days = self._days.get(user.pk, (None, ()))
        if read_at is None or now - read_at > KEPT:
            days = _days_of(user, now)
            self._days[user.pk] = now, days
        return max(sum(day <= until for day in days), 1)


def _days_of(user: User, now: datetime) -> list[date]:
    deadlines = Deadline.objects.visible_to(user, now).open().looked_after_by(user, now).filter(drives_on__isnull=False)
    return [*deadlines.values_list("drives_on", flat=True), *(it.on for it in due_of_user(user, now))]
