"""Dates of duties that run from one day: register within, renew every, the window before an end.

Each answer is the earlier reading, with the later one as `alternative` where the law allows both.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from casework.lib.periods import Period
from casework.lib.working_days import WorkingDays

DayOne = Literal["entry_day", "day_after_entry"]
CountingUnit = Literal["calendar_days", "working_days", "hours"]

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Due:
    """The last day on which a duty can be done, by the earlier reading, and by the other if there is one."""

    on: date
    alternative: date | None = None


def register_within(
    event: date, *, n: int, unit: CountingUnit, day_one: DayOne, working_days: WorkingDays | None = None
) -> Due:
    """Return when something must be done that is due `n` days or hours after `event`.

    A due date on a holiday does not move. Working days need their calendar.
    """
    from_event = day_one == "entry_day"
    if unit == "calendar_days":
        return Due(event + timedelta(days=n - 1 if from_event else n))
    if unit == "hours":
        return _within_hours(event, n, from_event=from_event)
    assert working_days is not None  # noqa: S101 - the parameters are checked before
    if not from_event:
        return Due(working_days.nth_after(event, n))
    due = working_days.nth_after(event, n - 1)
    first = working_days.first_from(event)
    return Due(due, None if first == event else working_days.nth_after(first, n - 1))


def _within_hours(event: date, hours: int, *, from_event: bool) -> Due:
    """Hours run from a moment that is not recorded: the earlier reading takes the first of the day, the later the last."""
    if not from_event:
        return Due(event + timedelta(days=1 + (hours - 1) // HOURS_A_DAY))
    return Due(
        event + timedelta(days=(hours - 1) // HOURS_A_DAY),
        event + timedelta(days=(hours + HOURS_A_DAY - 1) // HOURS_A_DAY),
    )


def renew_every(start: date, period: Period) -> Due:
    """Return when something done on `start` must be renewed, once."""
    landed = period.after(start)
    return Due(landed.day, landed.other)


@dataclass(frozen=True, slots=True)
class Window:
    """From when something may be done, and when it must be done at the latest."""

    opens_on: date | None
    due: Due


def window_before(end: date, *, opens: Period | None, closes: Period) -> Window:
    """Return the window that opens and closes so long before `end`."""
    landed = closes.before(end)
    return Window(opens.before(end).day if opens else None, Due(landed.day, landed.other))
