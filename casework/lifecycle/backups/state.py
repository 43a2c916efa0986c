"""When the last backup was made, for whoever watches the server."""

import dataclasses
from datetime import datetime, timedelta

from django.conf import settings

from casework.reminders.watch import BACKUP, Health, health

HEARTBEAT = BACKUP
# A night, and some hours in which somebody can look before it is called late.
LATE_AFTER = timedelta(hours=30)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """`is_set`: whether this installation says where its backups go. `last`: when one was last made."""

    is_set: bool
    last: datetime | None
    at: datetime

    @property
    def is_late(self) -> bool:
        return self.is_set and (self.last is None or self.at - self.last > LATE_AFTER)

    def in_words(self) -> str:
        """Return a line for machines: `backups: ok, last 3600 s ago`."""
        ago = f"last {(self.at - self.last).total_seconds():.0f} s ago" if self.last else "none"
        return f"backups: {'late' if self.is_late else 'ok' if self.is_set else 'not set'}, {ago}"


def last_backup(now: datetime) -> Backups:
    """Return how it stands."""
    return backups_in(health(now))


def backups_in(state: Health) -> Backups:
    """Return how it stands, without a query, for whoever has asked for the health of the server already."""
    return Backups(is_set=settings.BACKUPS is not None, last=state.backed_up_at, at=state.at)
