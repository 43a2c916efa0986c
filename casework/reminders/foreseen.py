"""Which messages would go if dates were others: counted from the dates alone, and nothing is queued."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from .schedule import lead_reached, leads_of

DAYS = 30

Leads = Callable[[str], tuple[int, ...]]

# A duty, its date, the day that it is there, and how many deadlines are so.
Dated = tuple[str, date, date, int]


def that_would_go(dated: Iterable[Dated], *, leads_of: Leads = leads_of, days: int = DAYS) -> Counter[int]:
    """Return how many messages new dates would set off from today on, by lead: days before the date, below zero after it.

    The lead that is reached already speaks at once, because nothing was said of this date yet.
    """
    found: Counter[int] = Counter()
    for duty, due_on, today, count in dated:
        reached = lead_reached(due_on, today, leads_of(duty))
        leads = set(_coming(leads_of(duty), due_on, today, days)) | ({reached} if reached is not None else set())
        for lead in leads:
            found[lead] += count
    return found


def that_would_have_gone(dated: Iterable[Dated], *, leads_of: Leads = leads_of, days: int = DAYS) -> Counter[int]:
    """Return how many messages old dates would still have set off: those reached by now have gone."""
    found: Counter[int] = Counter()
    for duty, due_on, today, count in dated:
        for lead in _coming(leads_of(duty), due_on, today, days):
            found[lead] += count
    return found


def _coming(leads: tuple[int, ...], due_on: date, today: date, days: int) -> list[int]:
    return [lead for lead in leads if today < due_on - timedelta(days=lead) <= today + timedelta(days=days)]
