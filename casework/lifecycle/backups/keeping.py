"""Which backups stay: the last of each day, week and month, for as many of them as the plan says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from .plan import Keep

# What was made by hand before an upgrade is there the day after, too.
ALL_OF_THE_LAST = timedelta(days=2)


def kept(made: Mapping[str, datetime], keep: Keep, *, now: datetime) -> set[str]:
    """Return the names that stay. The newest always does."""
    newest_first = sorted(made, key=lambda name: (made[name], name), reverse=True)
    stay = {name for name in newest_first if now - made[name] <= ALL_OF_THE_LAST} | set(newest_first[:1])
    stay |= _last_of_each(newest_first, keep.daily, lambda name: made[name].date())
    stay |= _last_of_each(newest_first, keep.weekly, lambda name: made[name].isocalendar()[:2])
    return stay | _last_of_each(newest_first, keep.monthly, lambda name: (made[name].year, made[name].month))


def keys_kept(made: Mapping[str, datetime], keep: Keep, *, now: datetime) -> set[str]:
    """Return the names of the copies of keys that stay: those of the last days, and the newest whatever its age.

    A data key is in every copy from the day it is made to the day it is destroyed, so the newest opens each older backup,
    but for what has been erased since.
    """
    newest = max(made, key=lambda name: (made[name], name), default=None)
    return {name for name, at in made.items() if now - at < timedelta(days=keep.keys_days) or name == newest}


def _last_of_each(newest_first: Iterable[str], periods: int, period_of: Callable[[str], object]) -> set[str]:
    seen: dict[object, str] = {}
    for name in newest_first:
        seen.setdefault(period_of(name), name)
    return set(list(seen.values())[:periods])
