"""When to speak of a due date: so many days before it, on it, and after it."""

from datetime import date, datetime, time, timedelta

# Days before the due date; below zero: days after it. Every duty has reminders unless somebody decides otherwise.
DEFAULT_LEADS: tuple[int, ...] = (30, 14, 7, 3, 1, 0, -1, -7)
LEADS_BY_DUTY: dict[str, tuple[int, ...]] = {
    # The law gives a few days only: thirty days ahead there is nothing to say yet.
    "register": (14, 7, 3, 2, 1, 0, -1, -7),
    "notify_arrival": (3, 2, 1, 0, -1, -7),
    "register_address": (7, 3, 2, 1, 0, -1, -7),
    # Papers take months to renew.
    "keep_document": (180, 90, 30, 14, 7, 0, -1),
    "renew_permit": (60, 30, 14, 7, 3, 1, 0, -1, -7),
}

# What an organisation may decide instead lies within these.
FURTHEST_LEAD, LATEST_LEAD = 365, -60

# Where nobody answered: who is asked, and how many days before the date, unless an organisation decides otherwise.
DEPUTIES, COORDINATORS = 1, 2
DEPUTIES_LEAD, COORDINATORS_LEAD, FURTHEST_RUNG = 3, 1, 60

# Housing. A place takes weeks to find, a bed days.
LEADS_OF_NOTICE: tuple[int, ...] = (30, 14, 7, 3, 1, 0, -1)
LEADS_OF_LEASE_END: tuple[int, ...] = (30, 14, 7, 1)
LEADS_OF_STAY: tuple[int, ...] = (7, 1, 0, -2)
# If no answer has come: on the day that was asked for, and once more.
LEADS_OF_NO_ANSWER: tuple[int, ...] = (0, -7)
LEADS_OF_SILENCE: tuple[int, ...] = (0, -7, -21)
# Offers and holds are spoken of hours before they lapse, and an offer that nobody answered on the day after.
LAPSES, HAS_LAPSED = 0, -1
MOST_HOURS_AHEAD = timedelta(hours=6)


# People whom we support: at which hours of theirs a message comes if they named none.
FIRST_HOUR, LAST_HOUR = time(9), time(20)


def leads_of(duty: str) -> tuple[int, ...]:
    """Return the leads of a duty, longest first."""
    return LEADS_BY_DUTY.get(duty, DEFAULT_LEADS)


LONGEST_LEAD = max(max(leads) for leads in (DEFAULT_LEADS, *LEADS_BY_DUTY.values()))


def lead_reached(due_on: date, today: date, leads: tuple[int, ...]) -> int | None:
    """Return the lead that speaks today: the shortest whose day has come, or None before the first.

    Only one: after an outage, or for a deadline that is found late, one message catches up, not a burst.
    """
    days_left = (due_on - today).days
    reached = [lead for lead in leads if lead >= days_left]
    return min(reached) if reached else None


def speaks_at(made_at: datetime, lapses_at: datetime) -> datetime:
    """Return when to speak of what lapses: six hours before, or half of the time that there is."""
    return lapses_at - min(MOST_HOURS_AHEAD, (lapses_at - made_at) / 2)
