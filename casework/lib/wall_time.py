"""Which instant a wall clock means: a day, an hour and a zone. What it does not say clearly is asked, never guessed."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Zones = Callable[[str], dt.tzinfo]


@dataclass(frozen=True, slots=True)
class TwoSuchTimes(Exception):
    """Clocks are set back over this hour, so it comes twice: first at `first`, then at `second`."""

    first: dt.datetime
    second: dt.datetime


@dataclass(frozen=True, slots=True)
class NoSuchTime(Exception):
    """Clocks are set forward over this hour. The last time before the gap is not later than `before`; `after` is as
    long behind the gap as was meant in it."""

    before: dt.datetime
    after: dt.datetime


def is_zone(name: str) -> bool:
    """Return whether `name` is a zone such as "Asia/Almaty". Never raises."""
    try:
        return bool(name) and ZoneInfo(name) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def instant_of(
    day: dt.date, time: dt.time, zone: str, *, fold: int | None = None, zones: Zones = ZoneInfo
) -> dt.datetime:
    """Return the instant, in UTC, at which clocks in `zone` show `time` on `day`.

    `fold` answers for an hour that comes twice: 0 the first, 1 the second. Raises TwoSuchTimes where it is None and the
    hour comes twice, and NoSuchTime.
    """
    clock = zones(zone)
    first, second = (dt.datetime.combine(day, time).replace(tzinfo=clock, fold=it).astimezone(dt.UTC) for it in (0, 1))
    if first == second:
        return first
    if first > second:  # read by the clock before the gap it lies behind the gap, and the other way round
        raise NoSuchTime(before=second.astimezone(clock), after=first.astimezone(clock))
    if fold is None:
        raise TwoSuchTimes(first=first.astimezone(clock), second=second.astimezone(clock))
    return second if fold else first


def likeliest_instant(
    day: dt.date, time: dt.time, zone: str, *, fold: int, zones: Zones = ZoneInfo
) -> tuple[dt.datetime, bool]:
    """Return the instant, and whether a person must be asked: the zone has changed and the hour is not there any more."""
    try:
        return instant_of(day, time, zone, fold=fold, zones=zones), False
    except NoSuchTime as gap:
        return gap.after.astimezone(dt.UTC), True
