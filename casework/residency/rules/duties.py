"""Dates of duties that run from one day: register within, renew every, the window before an end, documents to keep.

Each answer is the earlier reading, with the later one as `alternative` where the law allows both. What a rule says
about the reading (day one, the end of a month, the last day of a period) leaves one of them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from casework.lib.periods import Landing, Period
from casework.lib.working_days import WorkingDays

DayOne = Literal["entry_day", "day_after_entry", "unclear"]
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
    from_event = day_one != "day_after_entry"
    if unit == "hours":
        return _within_hours(event, n, from_event=from_event)
    if unit == "calendar_days":
        earlier, later = event + timedelta(days=n - 1), event + timedelta(days=n)
    else:
        assert working_days is not None  # noqa: S101 - the parameters are checked before
        earlier, later = working_days.nth_after(event, n - 1), working_days.nth_after(event, n)
    if not from_event:
        return Due(later)
    if day_one == "unclear":
        return Due(earlier, later)
    if working_days is None or unit == "calendar_days" or working_days.is_working_day(event):
        return Due(earlier)
    # The event was on a day off: day one is that day, or the first working day.
    return Due(earlier, later)


def _within_hours(event: date, hours: int, *, from_event: bool) -> Due:
    """Hours run from a moment that is not recorded: the earlier reading takes the first of the day, the later the last."""
    if not from_event:
        return Due(event + timedelta(days=1 + (hours - 1) // HOURS_A_DAY))
    return Due(
        event + timedelta(days=(hours - 1) // HOURS_A_DAY),
        event + timedelta(days=(hours + HOURS_A_DAY - 1) // HOURS_A_DAY),
    )


def read(landing: Landing, month_end: str | None = None) -> Due:
    """Return the day on which a period lands, as the law reads a month that has no such day.

    month_end: `last_day` of the shorter month, or `next_day`, the one after it; None if the law does not say.
    """
    if month_end == "next_day":
        return Due(landing.other or landing.day)
    return Due(landing.day, None if month_end == "last_day" else landing.other)


def renew_every(start: date, period: Period, *, month_end: str | None = None, ends_on: str | None = None) -> Due:
    """Return when something done on `start` must be renewed, once.

    ends_on: `day_before` where the day of the start is day one of the period; else it ends on the day that corresponds.
    """
    due = read(period.after(start), month_end)
    if ends_on != "day_before":
        return due
    one = timedelta(days=1)
    return Due(due.on - one, due.alternative - one if due.alternative else None)


@dataclass(frozen=True, slots=True)
class Window:
    """From when something may be done, and when it must be done at the latest."""

    opens_on: date | None
    due: Due


def window_before(end: date, *, opens: Period | None, closes: Period, month_end: str | None = None) -> Window:
    """Return the window that opens and closes so long before `end`."""
    opening = read(opens.before(end), month_end).on if opens else None
    return Window(opening, read(closes.before(end), month_end))


def document_serves_until(valid_until: date, period: Period, *, month_end: str | None = None) -> Due:
    """Return the last day of a stay, an entry or an application that a document outlasts by `period`."""
    return read(period.before(valid_until), month_end)


def document_needed_until(day: date, period: Period, *, month_end: str | None = None) -> date:
    """Return until when a document must be valid for a stay, an entry or an application of `day`.

    Of two readings the one that asks for more: it is the one by which nobody is turned away.
    """
    due = read(period.after(day), month_end)
    return due.alternative or due.on
