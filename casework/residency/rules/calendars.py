"""What a count of working days rested on, as steps: so that a date stays readable after the calendar has changed."""

from datetime import date, timedelta
from functools import lru_cache

from casework.lib.working_days import EDITION, WorkingDays

from .position import Step


def calendar_steps(working_days: WorkingDays, first: date, last: date) -> tuple[Step, ...]:
    """Return which days from `first` to `last` did not count or counted against the weekend, and by which calendar."""
    if working_days.overrides:
        return _steps(working_days, first, last)
    return _published(working_days.calendar, first, last)


@lru_cache(maxsize=4096)
def _published(calendar: str, first: date, last: date) -> tuple[Step, ...]:
    """Return the steps by the published calendar alone: many people have the same days."""
    return _steps(WorkingDays(calendar), first, last)


def _steps(working_days: WorkingDays, first: date, last: date) -> tuple[Step, ...]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    calendar = working_days.calendar
    off = [day for day in days if not working_days.is_working_day(day)]
    lists = {
        "days_off": off,
        "holidays_skipped": [day for day in off if not working_days.is_weekend(day)],
        "weekends_worked": [day for day in days if working_days.is_weekend(day) and working_days.is_working_day(day)],
        "days_set_here": working_days.set_here_between(first, last),
        "days_off_estimated": working_days.estimated_between(first, last),
    }
    found = [
        Step(code=code, values={"calendar": calendar, "days_on": [day.isoformat() for day in listed]})
        for code, listed in lists.items()
        if listed
    ]
    years = range(first.year, last.year + 1)
    found += [
        Step(code="calendar_may_change", values={"calendar": calendar, "year": str(year)})
        for year in years
        if working_days.may_move_days_in(year)
    ]
    return (*found, Step(code="calendar_used", values={"calendar": calendar, "edition": EDITION}))
