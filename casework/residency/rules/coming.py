"""When somebody may come, or come back: under the limits that hold for an entry on that very day."""

from datetime import date
from typing import NamedTuple

from .entering import earliest_entry
from .inquiry import Inquiry
from .selection import Entrant
from .stay_limits import StayLimit, limits_of_stay, places_of
from .versions import boundaries_after


class Entry(NamedTuple):
    """The first day on which one may enter, None if none is in sight, and the limits that were looked at for it."""

    day: int | None
    limits: tuple[StayLimit, ...]


def first_entry(inquiry: Inquiry, entrant: Entrant, country: str, day: int) -> Entry:
    """Return the first day from `day` on which one may enter. Where the law changes meanwhile, by the law of then.

    Nothing is promised for days of which no limit is recorded.
    """
    looked_at: dict[str, StayLimit] = {}
    while limits := limits_of_stay(inquiry, entrant, country, day, None, inquiry.cautious):
        looked_at |= {limit.rule.id: limit for limit in limits}
        found = earliest_entry([limit.track for limit in limits], day)
        change = _next_change(inquiry, entrant, country, day) if found != day else None
        if change is None or (found is not None and found < change):
            return Entry(found, tuple(looked_at.values()))
        day = change
    return Entry(None, tuple(looked_at.values()))


def _next_change(inquiry: Inquiry, entrant: Entrant, country: str, day: int) -> int | None:
    """Return the first day after `day` on which a limit begins, or is no longer law."""
    changes = [
        change.toordinal()
        for place, _ in places_of(inquiry, country, day)
        for change in boundaries_after(inquiry.limits_about(place, entrant), date.fromordinal(day))
    ]
    return min(changes, default=None)
