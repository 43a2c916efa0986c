"""When a message may go: not in the quiet hours of an office and, if so decided, not on its days off."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.lib.working_days import UnknownCalendar, WorkingDays

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours of one office. Quiet from `quiet_from` until `quiet_until`, over midnight if that is earlier; None: never.

    `calendar`: the country whose working days count; "": every day does.
    """

    zone: str
    quiet_from: time | None = None
    quiet_until: time | None = None
    calendar: str = ""

    def first_allowed(self, now: datetime, *, at_latest: datetime | None = None) -> datetime:
        """Return when a message may go that is ready `now`.

        What must be there before `at_latest` goes in time: on a day off if it must, and in quiet hours if nothing else is left.
        """
        found = self._next(now)
        if at_latest is None or found < at_latest:
            return found
        found = replace(self, calendar="")._next(now)
        return found if found < at_latest else now

    def next_at(self, wall_time: time, now: datetime, *, at_latest: datetime | None = None) -> datetime:
        """Return the next time that the clock of the office shows `wall_time` on a day of work; earlier where that is too late."""
        local = now.astimezone(ZoneInfo(self.zone))
        day = local.date() if local.time() <= wall_time else local.date() + timedelta(days=1)
        found = self._next(self._instant(_first_working_day(self.calendar, day), wall_time))
        if at_latest is None or found < at_latest:
            return found
        return self.first_allowed(now, at_latest=at_latest)

    def _next(self, now: datetime) -> datetime:
        local = now.astimezone(ZoneInfo(self.zone))
        day, is_later = local.date(), False
        if (ends := self._quiet_ends(local)) is not None:
            day, is_later = ends, True
        works = _first_working_day(self.calendar, day)
        if works == local.date() and not is_later:
            return now
        return self._instant(works, self.quiet_until or MIDNIGHT)

    def _quiet_ends(self, local: datetime) -> date | None:
        """Return the day on which the quiet hours end in which this lies, or None outside them."""
        begins, ends, clock = self.quiet_from, self.quiet_until, local.time()
        if begins is None or ends is None or begins == ends:
            return None
        if begins < ends:
            return local.date() if begins <= clock < ends else None
        if clock >= begins:
            return local.date() + timedelta(days=1)
        return local.date() if clock < ends else None

    def _instant(self, day: date, wall_time: time) -> datetime:
        return datetime.combine(day, wall_time, ZoneInfo(self.zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """Return the instant at which a day is over in a zone."""
    return datetime.combine(day + timedelta(days=1), MIDNIGHT, ZoneInfo(zone)).astimezone(UTC)


def _first_working_day(calendar: str, day: date) -> date:
    """Return `day` or the next working day. A country whose holidays nobody knows works on every day."""
    if not calendar:
        return day
    try:
        return WorkingDays(calendar).first_from(day)
    except UnknownCalendar:
        return day
