"""When somebody may be called: days of the week and wall times where they are, read as they read a clock.

Pure. An instant is safe if the wall clock there shows a time within the hours. So an hour that a change of clocks repeats is
safe twice, or as often as the clock shows it, and one that it skips is safe never.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

# As ISO 8601 counts them, from Monday on.
EVERY_DAY = frozenset(range(1, 8))
_DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)
# A week has every span once; the days around it, because spans run past midnight and zones differ by a day.
_DAYS_AHEAD = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeHours:
    """Hours on days. No `days` are every day; no times are the whole day; `until` before `since` runs past midnight.

    A night that begins on a Friday is a Friday's, also after midnight.
    """

    zone: str
    days: frozenset[int] = frozenset()
    since: dt.time | None = None
    until: dt.time | None = None

    @property
    def are_always(self) -> bool:
        return self.since is None and (not self.days or self.days == EVERY_DAY)

    @property
    def run_past_midnight(self) -> bool:
        return self.since is not None and self.until is not None and self.until <= self.since


def is_safe_now(hours: SafeHours, instant: dt.datetime) -> bool:
    """Return whether it is safe to call at `instant`, which carries its zone."""
    local = instant.astimezone(ZoneInfo(hours.zone))
    today, clock = local.isoweekday(), local.time()
    yesterday = (local - _DAY).isoweekday()
    if hours.since is None or hours.until is None:
        return _is_day(hours, today)
    if not hours.run_past_midnight:
        return _is_day(hours, today) and hours.since <= clock < hours.until
    return (_is_day(hours, today) and clock >= hours.since) or (_is_day(hours, yesterday) and clock < hours.until)


def next_safe_time(hours: SafeHours, instant: dt.datetime) -> dt.datetime:
    """Return the first instant from `instant` on at which it is safe, on the wall clock of the person."""
    zone = ZoneInfo(hours.zone)
    if is_safe_now(hours, instant):
        return instant.astimezone(zone)
    begins = sorted(_begins(hours, zone, instant))
    return next(begin.astimezone(zone) for begin in begins if begin > instant and is_safe_now(hours, begin))


def safe_until(hours: SafeHours, instant: dt.datetime) -> dt.datetime | None:
    """Return when the hours that hold at `instant` end; None if they never do, or do not hold."""
    if hours.are_always or not is_safe_now(hours, instant):
        return None
    zone = ZoneInfo(hours.zone)
    clock = hours.until or dt.time()
    ends = sorted(each for day in _days(zone, instant) for each in _instants(day, clock, zone))
    return next((end.astimezone(zone) for end in ends if end > instant and not is_safe_now(hours, end)), None)


def _is_day(hours: SafeHours, weekday: int) -> bool:
    return not hours.days or weekday in hours.days


def _days(zone: ZoneInfo, instant: dt.datetime) -> list[dt.date]:
    today = instant.astimezone(zone).date()
    return [today + _DAY * number for number in range(-1, _DAYS_AHEAD)]


def _begins(hours: SafeHours, zone: ZoneInfo, instant: dt.datetime) -> list[dt.datetime]:
    """Return every instant at which safe hours may begin: their first minute, and midnight where the night began earlier.

    Where clocks go back from within the hours to before them, they begin a second time.
    """
    clocks = {hours.since or dt.time(), dt.time()}
    return [each for day in _days(zone, instant) for clock in clocks for each in _instants(day, clock, zone)]


def _instants(day: dt.date, clock: dt.time, zone: ZoneInfo) -> list[dt.datetime]:
    """Return the instants at which the wall clock comes to a time: one, two where it is set back, or where it jumps over it."""
    first, second = (dt.datetime.combine(day, clock, zone).replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if first == second:
        return [first]
    if first < second:
        return [first, second]
    # Skipped: `second` lies before the jump and `first` after it.
    before, after = second, first
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < dt.datetime.combine(day, clock):
            before = middle
        else:
            after = middle
    return [after.replace(microsecond=0)]
