"""How far sealing is, for the pages that say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .heads import Head, last_head
from .models import Event, Seal, Unsealed

LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`waiting_since` is when the oldest event without a seal happened, None where every event has one."""

    waiting_since: datetime | None
    sealed_until: datetime | None
    head: Head | None

    def waits_for(self, now: datetime) -> timedelta:
        return now - self.waiting_since if self.waiting_since else timedelta(0)

    def is_late(self, now: datetime) -> bool:
        return self.waits_for(now) > LATE


def state() -> State:
    """Return how far sealing is, in two queries."""
    oldest = Unsealed.objects.order_by("event_id").values("event_id")[:1]
    newest = Seal.objects.order_by("-pos").values("event_id")[:1]
    return State(
        waiting_since=Event.objects.filter(pk=oldest).values_list("at", flat=True).first(),
        sealed_until=Event.objects.filter(pk=newest).values_list("at", flat=True).first(),
        head=last_head(),
    )
