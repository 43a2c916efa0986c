"""How far the limits of one stay reach under one reading of the facts, and which of them end it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .days import clipped, union
from .inquiry import Inquiry
from .planning import Reach, Track, last_lawful_day, lawful_again, stopping
from .presence import Sojourn
from .stay_limits import StayLimit, counts_earlier_days, limits_of_stay


@dataclass(slots=True, kw_only=True)
class Outcome:
    """One reading of the facts: the limits, how far they reach, and which of them end the stay.

    broken_since: the first day of presence that is not lawful, where today is not. mends_on: the day on
    which presence would become lawful again by itself. without_plans: how far one may stay if what is
    planned is given up, where that is longer. spoils_plans: no day spares what is planned any more.
    """

    limits: list[StayLimit]
    due: int | None = None
    unlimited: bool = False
    binding: list[int] = field(default_factory=list)
    broken_since: int | None = None
    mends_on: int | None = None
    without_plans: Reach | None = None
    spoils_plans: bool = False


def limits_for(
    inquiry: Inquiry,
    sojourn: Sojourn,
    reading: Sequence[Sojourn],
    until: int | None,
    *,
    count_before_commencement: bool = True,
) -> list[StayLimit]:
    """Return the limits of a stay of `reading`; of one reading and end they are worked out once."""
    assert sojourn.first is not None  # noqa: S101 - the callers turn unknown entries away
    asked = (sojourn, until, count_before_commencement)
    if reading is inquiry.cautious and asked in inquiry.limits:
        return inquiry.limits[asked]
    found = limits_of_stay(
        inquiry,
        inquiry.entrant(sojourn.stay),
        sojourn.stay.country,
        sojourn.first,
        until,
        reading,
        count_before_commencement=count_before_commencement,
    )
    if reading is inquiry.cautious:
        inquiry.limits[asked] = found
    return found


def outcome_of(
    inquiry: Inquiry, sojourn: Sojourn, reading: Sequence[Sojourn], asof: int, *, count_before_commencement: bool = True
) -> Outcome:
    limits = limits_for(inquiry, sojourn, reading, None, count_before_commencement=count_before_commencement)
    tracks = [limit.track for limit in limits]
    if not tracks:
        return Outcome(limits=[])
    reach = last_lawful_day(tracks, asof)
    if reach.unlimited:
        return Outcome(limits=limits, unlimited=True)
    if reach.last is None:
        return _overdue(limits, sojourn, asof)
    outcome = Outcome(limits=limits, due=reach.last, binding=stopping(tracks, asof, reach.last))
    if _has_plans(tracks, asof):
        freely = last_lawful_day(_without_plans(tracks, asof), asof)
        outcome.without_plans = freely if freely != reach else None
    return outcome


def _overdue(limits: list[StayLimit], sojourn: Sojourn, asof: int) -> Outcome:
    """Return the outcome of a stay on whose day `asof` one may no longer be there."""
    assert sojourn.first is not None  # noqa: S101 - the callers turn unknown entries away
    tracks = [limit.track for limit in limits]
    broken = [breaches_of(limit) for limit in limits]
    now = [span for span in union(span for spans in broken for span in spans) if span[0] <= asof <= span[1]]
    if now:
        since = max(now[0][0], sojourn.first)
        return Outcome(
            limits=limits,
            due=max(since - 1, sojourn.first),
            binding=[index for index, spans in enumerate(broken) if clipped(spans, since, since)],
            broken_since=since,
            mends_on=lawful_again(tracks, asof),
        )
    # Today is lawful, but every day of presence takes one from what is planned: the plan cannot be kept as it is.
    freely = _without_plans(tracks, asof)
    reach = last_lawful_day(freely, asof)
    binding = stopping(freely, asof, reach.last) if reach.last is not None else []
    return Outcome(limits=limits, due=reach.last, unlimited=reach.unlimited, binding=binding, spoils_plans=True)


def _has_plans(tracks: Sequence[Track], asof: int) -> bool:
    return any(stay.first > asof for track in tracks for stay in track.stays)


def _without_plans(tracks: Sequence[Track], asof: int) -> list[Track]:
    return [replace(track, stays=tuple(stay for stay in track.stays if stay.first <= asof)) for track in tracks]


def breaches_of(limit: StayLimit) -> list[tuple[int, int]]:
    return limit.breaches


def lenient_outcome(inquiry: Inquiry, sojourn: Sojourn, worst: Outcome, asof: int) -> Outcome | None:
    """Return the outcome under the reading that is better for the person; None where there is no other reading."""
    looks_back = counts_earlier_days(worst.limits)
    if inquiry.lenient is None and not looks_back:
        return None
    reading = inquiry.lenient or inquiry.cautious
    same = next(one for one in reading if one.stay is sojourn.stay)
    is_still_so = same.planned if sojourn.planned else same.here
    if same.first is None or not is_still_so:
        return None
    asof = max(asof, same.first) if sojourn.planned else asof
    return outcome_of(inquiry, same, reading, asof, count_before_commencement=not looks_back)
