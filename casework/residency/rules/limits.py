"""What each kind of limit says about a list of visits: the days used, and the days that break it.

All arithmetic is on spans of ordinals (`days`), so its cost grows with the number of stays. A limit is
broken on a day of presence on which more days are used, up to and including that day, than allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.lib.periods import Period

from .days import EVER, Span, Spans, Tally, clipped, intersection, size
from .kinds import Kind
from .visits import Visit, visit_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One limit as arithmetic sees it: a kind with its numbers, and to which days and visits it speaks.

    days: how many days are allowed, for the kinds that count days.
    entered: the limit speaks to visits that began in this span; in_force: to days in this span.
    counts_from: days before this one are not counted (a law that does not look back).
    exempt: days that are neither counted nor judged.
    """

    kind: Kind
    days: int = 0
    window_days: int = 0
    period: Period | None = None
    until: int = 0
    cohort_entered_before: int = 0
    cohort_until: int = 0
    count_entry_day: bool = True
    count_exit_day: bool = True
    entered: Span = EVER
    in_force: Span = EVER
    counts_from: int = 0


def counted_days(visits: Sequence[Visit], terms: Terms) -> list[Span]:
    """Return the days that count towards the limit, as spans."""
    counted = []
    for visit in visits:
        first, last = visit.first, visit.last
        if not terms.count_entry_day:
            first += 1
        if not terms.count_exit_day and visit.exit_day is not None:
            last -= 1
        first = max(first, terms.counts_from)
        if first <= last:
            counted.append((first, last))
    return counted


def days_used(visits: Sequence[Visit], terms: Terms, on: int) -> int:
    """Return the days counted up to and including `on` of the stretch that the limit looks at on that day."""
    return size(days_counted_on(visits, terms, on))


def days_counted_on(visits: Sequence[Visit], terms: Terms, on: int) -> list[Span]:
    """Return which days those of `days_used` are."""
    stretch = stretch_on(visits, terms, on)
    if stretch is None:
        return []
    return clipped(counted_days(visits, terms), stretch, on)


def breaches(visits: Sequence[Visit], terms: Terms) -> list[Span]:
    """Return the days of presence that break the limit."""
    broken = _BREACHES[terms.kind](visits, terms)
    if broken and terms.entered != EVER:
        spoken_to = [visit.span for visit in visits if terms.entered[0] <= visit.first <= terms.entered[1]]
        broken = intersection(broken, spoken_to)
    if broken and terms.in_force != EVER:
        broken = clipped(broken, *terms.in_force)
    return broken


def is_never_reached(terms: Terms) -> bool:
    """Say whether no presence can break the limit: 180 days in any 180."""
    if terms.kind in (Kind.ROLLING_WINDOW, Kind.ANCHORED_WINDOW):
        return terms.days >= terms.window_days
    return terms.kind == Kind.CALENDAR_YEAR and terms.days >= 366


def last_day_of_visit(visit: Visit, terms: Terms) -> int:
    """Return the last day that a limit per visit allows to a visit that goes on."""
    if terms.kind == Kind.CONSECUTIVE_DAYS:
        return visit.first + terms.days - (1 if terms.count_entry_day else 0)
    if terms.kind == Kind.UNTIL_DATE:
        return terms.until
    if visit.first < terms.cohort_entered_before:
        return terms.cohort_until
    return end_of_period(visit.first, terms)


def end_of_period(entry: int, terms: Terms) -> int:
    """Return the last day of a stay of so many months: the day before the corresponding one if day one counts."""
    assert terms.period is not None  # noqa: S101 - terms of this kind are made with one
    try:
        landed = terms.period.after(date.fromordinal(entry)).day.toordinal()
    except OverflowError:
        return EVER[1]
    return landed - 1 if terms.count_entry_day else landed


def rolling_excess(counted: Spans, window_days: int, allowed: int) -> list[Span]:
    """Return the days, of presence or not, in whose window more than `allowed` days are counted.

    The number of counted days in the window that ends on a day rises by one a day where a counted
    day enters and none leaves, and falls by one where it is the other way round; between such turns
    it is a straight line.
    """
    if _fullest_window(counted, window_days) <= allowed:
        return []
    enter = [turn for first, last in counted for turn in ((first, 1), (last + 1, -1))]
    leave = [(day + window_days, -change) for day, change in enter]
    turns = sorted(enter + leave)
    excess: list[Span] = []
    used = slope = 0  # `used` is the number on the day before `day`
    day = 0
    for turn, change in turns:
        if turn > day:
            at_last = used + slope * (turn - day)
            if at_last > allowed or used + slope > allowed:
                stretch = _part_above(used + slope, at_last, day, turn - 1, allowed)
                if excess and excess[-1][1] + 1 == stretch[0]:
                    stretch = (excess.pop()[0], stretch[1])
                excess.append(stretch)
            used, day = at_last, turn
        slope += change
    return excess


def _fullest_window(counted: Spans, window_days: int) -> int:
    """Return the largest number of counted days that any window holds: one that ends with a counted span does."""
    fullest = held = oldest = 0  # `held`: the days of the spans from `oldest` on
    for first, last in counted:
        held += last - first + 1
        begins = last - window_days + 1
        while counted[oldest][1] < begins:
            held -= counted[oldest][1] - counted[oldest][0] + 1
            oldest += 1
        fullest = max(fullest, held - max(0, begins - counted[oldest][0]))
    return fullest


def _part_above(at_first: int, at_last: int, first: int, last: int, allowed: int) -> Span:
    """Return the days of first..last on which a line, above `allowed` at one end at least, is above it."""
    if at_first <= allowed:
        return (first + allowed + 1 - at_first, last)
    if at_last <= allowed:
        return (first, first + at_first - allowed - 1)
    return (first, last)


def calendar_years(spans: Spans) -> list[Span]:
    """Return the calendar years in which `spans` have days."""
    years = sorted(
        {year for first, last in spans for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1)}
    )
    return [(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()) for year in years]


def anchored_periods(present: Spans, window_days: int) -> list[Span]:
    """Return the periods that begin with the first day of presence, and again with the first one after each."""
    periods: list[Span] = []
    ends = 0
    for first, last in present:
        begins = max(first, ends + 1)
        while begins <= last:
            ends = begins + window_days - 1
            periods.append((begins, ends))
            begins = ends + 1
    return periods


def excess_in_periods(counted: Spans, periods: Spans, allowed: int) -> list[Span]:
    """Return, of each period, the days from the one on which more than `allowed` are counted."""
    tally = Tally(counted)
    excess = []
    for first, last in periods:
        crossing = tally.nth(allowed + 1, first)
        if crossing is not None and crossing <= last:
            excess.append((crossing, last))
    return excess


def spans_of(visits: Sequence[Visit]) -> list[Span]:
    return [visit.span for visit in visits]


def stretch_on(visits: Sequence[Visit], terms: Terms, on: int) -> int | None:
    """Return the first day of the stretch that the limit looks at on that day, None if there is none."""
    if terms.kind == Kind.ROLLING_WINDOW:
        return on - terms.window_days + 1
    if terms.kind == Kind.CALENDAR_YEAR:
        return date(date.fromordinal(on).year, 1, 1).toordinal()
    if terms.kind == Kind.ANCHORED_WINDOW:
        periods = anchored_periods(spans_of(visits), terms.window_days)
        return next((first for first, last in periods if first <= on <= last), None)
    visit = visit_on(visits, on)
    return None if visit is None else visit.first


def _breaches_of_rolling_window(visits: Sequence[Visit], terms: Terms) -> list[Span]:
    if is_never_reached(terms):
        return []
    counted = counted_days(visits, terms)
    return intersection(rolling_excess(counted, terms.window_days, terms.days), spans_of(visits))


def _breaches_of_anchored_window(visits: Sequence[Visit], terms: Terms) -> list[Span]:
    if is_never_reached(terms):
        return []
    present = spans_of(visits)
    periods = anchored_periods(present, terms.window_days)
    return intersection(excess_in_periods(counted_days(visits, terms), periods, terms.days), present)


def _breaches_of_calendar_year(visits: Sequence[Visit], terms: Terms) -> list[Span]:
    if is_never_reached(terms):
        return []
    present = spans_of(visits)
    excess = excess_in_periods(counted_days(visits, terms), calendar_years(present), terms.days)
    return intersection(excess, present)


def _breaches_per_visit(visits: Sequence[Visit], terms: Terms) -> list[Span]:
    broken = []
    for visit in visits:
        first = max(visit.first, last_day_of_visit(visit, terms) + 1)
        # A day of exit that does not count does not break what was kept on the day before.
        leaves_uncounted = visit.exit_day is not None and not terms.count_exit_day
        if leaves_uncounted and not _ends_on_a_date(visit, terms) and first == visit.last:
            continue
        if first <= visit.last:
            broken.append((first, visit.last))
    return broken


def _ends_on_a_date(visit: Visit, terms: Terms) -> bool:
    return terms.kind == Kind.UNTIL_DATE or visit.first < terms.cohort_entered_before


_BREACHES = {
    Kind.ROLLING_WINDOW: _breaches_of_rolling_window,
    Kind.ANCHORED_WINDOW: _breaches_of_anchored_window,
    Kind.CALENDAR_YEAR: _breaches_of_calendar_year,
    Kind.CONSECUTIVE_DAYS: _breaches_per_visit,
    Kind.PERIOD_FROM_ENTRY: _breaches_per_visit,
    Kind.UNTIL_DATE: _breaches_per_visit,
}
