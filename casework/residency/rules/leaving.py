"""What is known of the end of one stay, and when that is to be looked at again."""

from dataclasses import dataclass, field
from datetime import date

from .inquiry import Inquiry
from .kinds import Duty
from .outcome import Outcome
from .permits import covered_days
from .position import Deadline, Limit, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .stay_limits import places_of
from .versions import boundaries_after


@dataclass(slots=True, kw_only=True)
class Leaving:
    """What the rules say about the end of one stay.

    last: its last lawful day, None where it is not known or nothing limits it (`unlimited`).
    outcome: the arithmetic behind `limits`, in their order; None where no limit was looked at.
    """

    deadline: Deadline | None = None
    limits: tuple[Limit, ...] = ()
    warnings: list[Warning] = field(default_factory=list)
    last: int | None = None
    unlimited: bool = False
    outcome: Outcome | None = None


def recheck(inquiry: Inquiry, sojourn: Sojourn, due: int | None, mends_on: int | None = None) -> date | None:
    """Return the next day on which time alone may change the date: it passes, a rule changes, a plan begins."""
    today = inquiry.on.toordinal()
    days = [due + 1] if due is not None and due >= today else []
    days += [mends_on] if mends_on is not None else []
    days += [one.first for one in inquiry.cautious if one.first is not None and one.first > today]
    days += [one.last + 1 for one in inquiry.cautious if one.leaves and one.last >= today]
    for place, _ in places_of(inquiry, sojourn.stay.country, today):
        known = inquiry.rules(place, Duty.LEAVE)
        days += [day.toordinal() for day in boundaries_after(known, inquiry.on)]
    days += [first for first, _ in covered_days(inquiry, sojourn.stay.country) if first > today]
    return day_or_none(min(days, default=None))


def day_or_none(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)
