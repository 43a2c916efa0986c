"""Who saw this case: from the audit, one line a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Case

SEEN = "clients.case_seen"
SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody who opened the case, and when they last did."""

    name: str
    at: datetime


def seen_by(case: Case) -> list[Seen]:
    """Return the people who opened the case, the latest first, in one query."""
    views = Event.objects.about_case(case.pk).filter(type=SEEN)
    latest = views.filter(actor_id=OuterRef("pk")).newest_first().values("at")[:1]
    people: Any = User.objects.filter(pk__in=views.values("actor_id")).annotate(seen_at=Subquery(latest))
    return [
        Seen(name=str(user.display_name or user.email), at=user.seen_at)
        for user in people.order_by("-seen_at", "pk")[:SHOWN]
    ]
