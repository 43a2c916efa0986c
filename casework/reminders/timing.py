"""When a message goes to one recipient: the quiet hours and days of their office, and once a day if they want that."""

from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID

from casework.accounts.models import Membership, Team

from .hours import Hours
from .policies import OwnSettings, Policies, policies


class Timing:
    """Asked again and again within one run; what it has read of somebody it keeps."""

    def __init__(self, now: datetime, decided: Policies | None = None) -> None:
        self.now = now
        self.policies = decided or policies()
        self._offices: dict[UUID, list[Team]] = {}
        self._digests: dict[UUID, time | None] = {}

    def read(self, users: Collection[UUID | None]) -> None:
        """Read what is not known yet of these, in two queries."""
        missing = {user for user in users if user is not None} - self._offices.keys()
        if not missing:
            return
        self._offices |= {user: [] for user in missing}
        held = Membership.objects.active(self.now).filter(user__in=missing, team__isnull=False)
        for membership in held.select_related("team").order_by("starts_at", "pk"):
            if membership.team is not None:
                self._offices[membership.user_id].append(membership.team)
        self._digests |= dict(OwnSettings.objects.filter(user__in=missing).values_list("user", "digest_at"))

    def digest_of(self, user: UUID | None) -> time | None:
        """Return when somebody is told once a day, or None."""
        self.read([user])
        return self._digests.get(user) if user is not None else None

    def hours_of(self, user: UUID | None, team: UUID | None) -> Hours:
        """Return the hours of the office in which somebody works: that of the case, if they work there, else their first.

        None: somebody who does not work here, and has hours of their own.
        """
        self.read([user])
        offices = self._offices[user] if user is not None else []
        here = [office for office in offices if office.pk == team]
        return self.policies.hours_of(next(iter(here or offices), None))

    def sends_at(self, user: UUID | None, team: UUID | None, now: datetime, at_latest: datetime | None) -> datetime:
        """Return when a message goes that is ready `now` and must be there before `at_latest`."""
        hours, digest_at = self.hours_of(user, team), self.digest_of(user)
        if digest_at is not None:
            return hours.next_at(digest_at, now, at_latest=at_latest)
        return hours.first_allowed(now, at_latest=at_latest)
