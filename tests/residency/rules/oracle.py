"""A second answer to every worked example, counted day by day.

This will answer a case in the format of the worked examples (rules, stays, permit, from, on) by writing
every day down and looking at it: plain, slow and meant to be obviously right. It shares no code and no idea
with `casework.residency.rules`, so that agreement of the two means something. The sentences of the design
stand as comments (with a bar `|`) beside the lines that realise them.

Days are ordinals (`date.toordinal()`) inside and ISO strings outside.

OPEN QUESTIONS: where the definitions leave something open, this is how they are read here, and why.

 1. "A one-day stay inside another is part of it": inside means strictly between its entry and its exit. A one-day
    stay on the exit day of another "begins on the day on which another ends" and is a new visit; one on the entry day
    of a longer stay is a visit of its own whose only day belongs to the longer one. (The words "of two begun on one day
    the longer" would have no use otherwise.)
 2. A day on which one visit ends and another begins belongs to the new one alone: it is an entry day, not an exit day.
    It counts under `count_exit_day: false` and does not under `count_entry_day: false`.
 3. A one-day visit is entry day and exit day: either flag is enough for it not to count.
 4. Who has not left has no exit day: the last day of an open stay, of a presence that is only supposed
    (`last_lawful_day`, `earliest_entry`), and of a stay cut at `on` counts under `count_exit_day: false`. Counting
    gives the earlier leave-by date and the later entry date. Of two visits on one and the same day, one
    left and one open, the open one is the longer.
 5. A day on which somebody is present but which does not count is unlawful nevertheless if the counted days
    up to it are too many: it is a day of presence with the limit exceeded.
 6. `period_from_entry`: the entry day counts, so it is day one, and the last lawful day is the day before
    the corresponding date (one year from 10 March 2024: 9 March 2025). With `count_entry_day: false` it is the
    corresponding date itself. The month arithmetic comes first and lands on the last day of a shorter month
    (one month from 31 January 2023: 28 February, so the last lawful day is the 27th). Each is the earlier reading.
    Who entered before the day of a `cohort` may stay until its date instead, a limit by date as in 7.
 7. `until_date` is a limit by date: neither flag moves it, and its date is the last lawful day. A period is broken by
    the first counted day after it, so that who leaves on the day after its last under `count_exit_day: false` has kept
    it, as with `consecutive_days`. `days_used` of both is that of the visit.
 8. "Within ten years": a first unlawful day up to and including the same day of the tenth year after `on` limits the
    stay, a later one does not. `earliest_entry` has no such bound: it is looked for until every stay has left every
    window, and is `null` if no day will do even then.
 9. "The last day up to which": the first day that fails ends the search, even if a longer presence would do again
    (possible where it moves the beginning of an anchored period).
10. "Without this presence (`on` included)": without any presence on `on` or after it that is not planned. The days
    before `on` stay as they were counted; the day before `on` does not become an exit day.
11. A planned day is judged under all limits together: one that breaks any limit anyway binds nothing.
12. `earliest_entry` on a day strictly inside a planned stay: the definition says "as a new visit", so the limits of a
    visit see that day alone, not the planned visit it lies in; the others see all presence, and planned days are
    judged by the rule on one-day stays. (Tells apart only where a planned stay is unlawful in part.)
13. Several rules with a due date in one case: the earliest drives, and the alternative is its own; of two equal due
    dates the one with the earlier alternative. The alternative belongs to `due_on` alone, never to `opens_on`.
    `opens_on` is that of the renewal window that closes first, whatever else is due before it.
14. `renew_every` and `renewal_window` in days have no alternative; nor has `register_within` in calendar days.
"""

import calendar as months_of_the_year
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeAlias

import holidays

Case: TypeAlias = dict[str, Any]
Rule: TypeAlias = dict[str, Any]
Day: TypeAlias = int

LIMITS = {
    "consecutive_days",
    "period_from_entry",
    "rolling_window",
    "anchored_window",
    "calendar_year",
    "until_date",
}
PER_VISIT = {"consecutive_days", "period_from_entry", "until_date"}
DEADLINES = {"register_within", "renew_every", "renewal_window"}


def answer(case: Case, *, thorough: bool = False) -> dict[str, Any]:
    """Return every key that the kinds of the case define, `None` where the answer is none.

    `thorough` judges all days again for every length of presence, where the plain run does so only as
    long as a planned stay lies ahead. Raises `ValueError` for a stay that cannot be.
    """
    on = day_of(case["on"])
    stays = stays_of(case, on)
    limits = [rule for rule in case["rules"] if rule["kind"] in LIMITS]
    deadlines = [rule for rule in case["rules"] if rule["kind"] in DEADLINES]
    answers: dict[str, Any] = {}
    if limits:
        answers |= {
            "days_used": days_used_on(on, stays, limits),
            **last_lawful_day_and_max_stay(on, stays, limits, thorough=thorough),
            **overstay(on, stays, limits),
            "earliest_entry": earliest_entry(on, stays, limits),
        }
    if deadlines:
        answers |= due(case, on, stays, deadlines)
    return answers


# --- days and months ------------------------------------------------------------------------------------------------


def day_of(iso: str) -> Day:
    return date.fromisoformat(iso).toordinal()


def iso(day: Day | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()


def months_after(day: Day, months: int) -> tuple[Day, bool]:
    """Return the day so many months later (or earlier) and whether the month was too short for it."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    length = months_of_the_year.monthrange(year, month + 1)[1]
    # | Month arithmetic lands on the last day of a shorter month
    return date(year, month + 1, min(start.day, length)).toordinal(), start.day > length


def months_in(period: dict[str, int]) -> int:
    return 12 * period.get("years", 0) + period.get("months", 0)


def ten_years_after(day: Day) -> Day:
    return months_after(day, 120)[0]


# --- stays and visits -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stay:
    """Presence from `first` to `last`; `left` is false where the last day is no exit day."""

    first: Day
    last: Day
    left: bool

    def has(self, day: Day) -> bool:
        return self.first <= day <= self.last

    def days(self) -> range:
        return range(self.first, self.last + 1)


def stays_of(case: Case, on: Day) -> list[Stay]:
    stays = []
    for given in case.get("stays", []):
        entry = day_of(given["entry"])
        if given.get("exit") is None:
            # | An open stay lasts to `on`, and may not begin after it.
            if entry > on:
                raise ValueError("an open stay begins after the day asked about")
            stays.append(Stay(entry, on, left=False))
        else:
            exit_ = day_of(given["exit"])
            if exit_ < entry:
                raise ValueError("a stay ends before it begins")
            stays.append(Stay(entry, exit_, left=True))
    return stays


def are_one_visit(one: Stay, other: Stay) -> bool:
    # | stays that share more than one day are one visit
    shared = min(one.last, other.last) - max(one.first, other.first) + 1
    # | and a one-day stay inside another is part of it
    inside = any(
        inner.first == inner.last and outer.first < inner.first < outer.last
        for inner, outer in ((one, other), (other, one))
    )
    return shared > 1 or inside


def visits_of(stays: Iterable[Stay]) -> list[Stay]:
    # | A visit is one stay
    visits = list(stays)
    while pair := next(((a, b) for i, a in enumerate(visits) for b in visits[i + 1 :] if are_one_visit(a, b)), None):
        for part in pair:
            visits.remove(part)
        visits.append(joined(*pair))
    return visits


def joined(one: Stay, other: Stay) -> Stay:
    last = max(one.last, other.last)
    left = all(stay.left for stay in (one, other) if stay.last == last)
    return Stay(min(one.first, other.first), last, left)


def latest_begun_then_longest(visits: Iterable[Stay]) -> Stay | None:
    return max(visits, key=begun_and_length, default=None)


def begun_and_length(visit: Stay) -> tuple[Day, Day, bool]:
    """Order visits by beginning, then length; of two alike the one that was not left is the longer."""
    return visit.first, visit.last, not visit.left


def cut(visits: Iterable[Stay], at: Day) -> list[Stay]:
    """Return what lies on `at` and before; a visit that is cut short was not left."""
    return [visit if visit.last <= at else Stay(visit.first, at, left=False) for visit in visits if visit.first <= at]


class Presence:
    """All days of some visits, each with the one visit it belongs to, and what each limit says of them."""

    def __init__(self, visits: Sequence[Stay]) -> None:
        # | A day counts once.
        # | where a stay begins on the day on which another ends, that day belongs to the new visit, as its day one
        self.visit_of: dict[Day, Stay] = {}
        for visit in sorted(visits, key=begun_and_length):
            for day in visit.days():
                self.visit_of[day] = visit
        self._periods: dict[int, list[Day]] = {}

    def counts(self, day: Day, rule: Rule) -> bool:
        visit = self.visit_of.get(day)
        if visit is None:
            return False
        # | Entry and exit days count unless the rule says `"count_entry_day": false` or `"count_exit_day": false`.
        if day == visit.first and not rule.get("count_entry_day", True):
            return False
        return not (day == visit.last and visit.left and not rule.get("count_exit_day", True))

    def days_used(self, day: Day, rule: Rule) -> int:
        # | counted days, up to and including `on`, of
        return len([each for each in range(self.counting_from(day, rule), day + 1) if self.counts(each, rule)])

    def counting_from(self, day: Day, rule: Rule) -> Day:
        if rule["kind"] == "rolling_window":
            # | the M days that end on `on`
            return day - int(rule["window_days"]) + 1
        if rule["kind"] == "calendar_year":
            # | its calendar year
            return date.fromordinal(day).replace(month=1, day=1).toordinal()
        if rule["kind"] == "anchored_window":
            # | its anchored period
            window = rule["window_days"]
            begun = [start for start in self.periods(window) if start <= day < start + window]
            return begun[0] if begun else day + 1
        # | or of the visit that contains it (0 if none does)
        visit = self.visit_of.get(day)
        return visit.first if visit else day + 1

    def periods(self, window: int) -> list[Day]:
        if window not in self._periods:
            # | An anchored period begins with the first day of presence and lasts `window_days`;
            # | the next begins with the first day of presence after it.
            starts: list[Day] = []
            for day in sorted(self.visit_of):
                if not starts or day >= starts[-1] + window:
                    starts.append(day)
            self._periods[window] = starts
        return self._periods[window]

    def is_lawful(self, day: Day, limits: Sequence[Rule]) -> bool:
        # | is lawful under **every** limit
        return all(self.keeps(day, rule) for rule in limits)

    def keeps(self, day: Day, rule: Rule) -> bool:
        if rule["kind"] == "until_date":
            return day <= day_of(rule["until"])
        if rule["kind"] == "period_from_entry":
            return self.keeps_period(day, self.visit_of[day].first, rule)
        return self.days_used(day, rule) <= int(rule["days"])

    def keeps_period(self, day: Day, entry: Day, rule: Rule) -> bool:
        cohort = rule.get("cohort")
        if cohort and entry < day_of(cohort["entered_before"]):
            return day <= day_of(cohort["until"])
        corresponding = moved(entry, rule, 1)[0]
        after = corresponding if rule.get("count_entry_day", True) else corresponding + 1
        return not any(self.counts(each, rule) for each in range(after, day + 1))


# --- limits ---------------------------------------------------------------------------------------------------------


def days_used_on(on: Day, stays: Sequence[Stay], limits: Sequence[Rule]) -> int:
    # | under the first limit of the case
    return Presence(cut(visits_of(stays), on)).days_used(on, limits[0])


def overstay(on: Day, stays: Sequence[Stay], limits: Sequence[Rule]) -> dict[str, Any]:
    # | over recorded presence up to and including `on`: was there ever a day that breaks a limit; the first; how many
    recorded = Presence(cut(visits_of(stays), on))
    broken = [day for day in sorted(recorded.visit_of) if not recorded.is_lawful(day, limits)]
    return {
        "overstay": bool(broken),
        "first_overstay_day": iso(broken[0]) if broken else None,
        "days_over_limit": len(broken),
    }


class Plans:
    """The planned stays, and those of their days that must stay lawful whatever else is supposed."""

    def __init__(self, on: Day, stays: Sequence[Stay], limits: Sequence[Rule]) -> None:
        # | A stay that begins after `on` is planned: it counts in full
        self.stays = [stay for stay in stays if stay.first > on]
        self.limits = limits
        # | a planned day that is lawful without this presence (`on` included) must stay so
        before = cut(visits_of(stay for stay in stays if stay.first <= on), on - 1)
        without = Presence(before + visits_of(self.stays))
        planned = {day for stay in self.stays for day in stay.days()}
        self.bound = sorted(day for day in planned if without.is_lawful(day, limits))
        self.end = max(planned, default=on)

    def are_kept(self, supposed: Presence) -> bool:
        return all(supposed.is_lawful(day, self.limits) for day in self.bound)


def last_lawful_day_and_max_stay(
    on: Day, stays: Sequence[Stay], limits: Sequence[Rule], *, thorough: bool
) -> dict[str, Any]:
    last = last_lawful_day(on, stays, limits, thorough=thorough)
    # | `null` if `on` itself fails this, and where nothing limits the stay within ten years.
    # | `max_stay`: the number of days from `on` to it; 0 if `on` fails; `null` if unlimited.
    if last is None:
        return {"last_lawful_day": None, "max_stay": None}
    if last < on:
        return {"last_lawful_day": None, "max_stay": 0}
    return {"last_lawful_day": iso(last), "max_stay": last - on + 1}


def last_lawful_day(on: Day, stays: Sequence[Stay], limits: Sequence[Rule], *, thorough: bool) -> Day | None:
    """Return the last lawful day, the day before `on` if `on` fails, `None` if nothing limits the stay."""
    plans = Plans(on, stays, limits)
    begun = visits_of(stay for stay in stays if stay.first <= on)
    # | going on with the visit that contains `on`, the latest begun if several do, of two begun on one day the longer
    current = latest_begun_then_longest(visit for visit in begun if visit.has(on))
    # | whatever its recorded exit; else a new visit entered on `on`
    entered = current.first if current else on
    others = [visit for visit in begun if visit is not current]
    # | where nothing limits the stay within ten years
    horizon = ten_years_after(on)

    def supposing_presence_to(day: Day) -> Presence:
        return Presence(visits_of([*others, Stay(entered, day, left=False), *plans.stays]))

    # | the last day up to which every day from `on` is lawful
    day = on
    while day <= horizon and (thorough or day <= plans.end + 1):
        supposed = supposing_presence_to(day)
        if not all(supposed.is_lawful(each, limits) for each in range(on, day + 1)):
            return day - 1
        if not plans.are_kept(supposed):
            return day - 1
        day += 1
    # No planned stay lies ahead any more, and every limit looks back only: what was judged stays as it is,
    # and each further day can be judged once, with all the presence to the horizon written down.
    supposed = supposing_presence_to(max(day, horizon))
    while day <= horizon:
        if not supposed.is_lawful(day, limits):
            return day - 1
        day += 1
    return None


def earliest_entry(on: Day, stays: Sequence[Stay], limits: Sequence[Rule]) -> str | None:
    # | where `on` lies in no stay ...; `null` inside a stay
    if any(stay.has(on) for stay in stays):
        return None
    plans = Plans(on, stays, limits)
    # | the first day from `on`
    for day in range(on, all_is_forgotten_by(on, stays, limits) + 1):
        # | on which one day of presence, as a new visit, is lawful and leaves planned days lawful
        entered = Stay(day, day, left=False)
        supposed, alone = Presence(visits_of([*stays, entered])), Presence([entered])
        if plans.are_kept(supposed) and all(
            (alone if rule["kind"] in PER_VISIT else supposed).keeps(day, rule) for rule in limits
        ):
            return iso(day)
    return None


def all_is_forgotten_by(on: Day, stays: Sequence[Stay], limits: Sequence[Rule]) -> Day:
    """Return a day from which on every stay has left every window, year and period, and every cohort is closed."""
    last = max([on, *(stay.last for stay in stays)])
    closed = [day_of(rule["cohort"]["entered_before"]) for rule in limits if "cohort" in rule]
    return max([last + 366, *(last + int(rule.get("window_days", 0)) for rule in limits), *closed])


# --- deadlines ------------------------------------------------------------------------------------------------------


def due(case: Case, on: Day, stays: Sequence[Stay], rules: Sequence[Rule]) -> dict[str, Any]:
    found: list[tuple[Day, Day | None]] = []
    windows: list[tuple[Day, Day | None]] = []
    for rule in rules:
        if rule["kind"] == "register_within":
            visit = visit_to_register(on, stays)
            if visit:
                found.append(register_by(visit.first, rule))
        elif rule["kind"] == "renew_every":
            # | `from` plus the period, once
            found.append(moved(day_of(case["from"]), rule, 1))
        else:
            # | `closes` before `valid_until`, and `opens_on`
            valid_until = day_of(case["permit"]["valid_until"])
            found.append(moved(valid_until, rule["closes"], -1))
            windows.append((found[-1][0], moved(valid_until, rule["opens"], -1)[0] if "opens" in rule else None))
    due_on, alternative = min(found, key=earlier, default=(None, None))
    # | `alternative` is `null` where there is none.
    answers = {"due_on": iso(due_on), "alternative": iso(alternative)}
    return answers | {"opens_on": iso(min(windows, key=earlier)[1])} if windows else answers


def earlier(pair: tuple[Day, Day | None]) -> tuple[Day, Day]:
    """Order by the first day, then by the second, none last."""
    return pair[0], pair[1] or date.max.toordinal()


def moved(day: Day, period: dict[str, int], sign: int) -> tuple[Day, Day | None]:
    landed, short = months_after(day, sign * months_in(period))
    landed += sign * period.get("days", 0)
    # | where the other reading (the day after) differs for `due_on`, it is the `alternative`
    return landed, landed + 1 if short else None


def visit_to_register(on: Day, stays: Sequence[Stay]) -> Stay | None:
    visits = visits_of(stays)
    # | for the visit that contains `on`, else the last before it
    return latest_begun_then_longest(visit for visit in visits if visit.has(on)) or latest_begun_then_longest(
        visit for visit in visits if visit.last < on
    )


def register_by(entry: Day, rule: Rule) -> tuple[Day, Day | None]:
    n = rule["n"]
    # | `day_one` is `entry_day` or `day_after_entry`.
    from_entry_day = rule["day_one"] == "entry_day"
    # | A due date that falls on a holiday does not move.
    if rule["unit"] == "calendar_days":
        return (entry + n - 1 if from_entry_day else entry + n), None
    where = rule["calendar"]
    if not from_entry_day:
        # | from `day_after_entry`, day one is the first working day after the entry
        return nth_working_day(n, entry + 1, where), None
    # | Counting working days from `entry_day`, the entry day is day one even if it is no working day,
    due_on = entry if n == 1 else nth_working_day(n - 1, entry + 1, where)
    # | and the reading that starts with the first working day is the `alternative`
    other = nth_working_day(n, entry, where)
    return due_on, other if other != due_on else None


def nth_working_day(n: int, start: Day, where: str) -> Day:
    """Return the n-th working day, the first of which may be `start` itself."""
    day = start
    while True:
        if is_working_day(day, where):
            n -= 1
            if n == 0:
                return day
        day += 1


def is_working_day(day: Day, where: str) -> bool:
    # | Working days come from the `holidays` package
    on = date.fromordinal(day)
    return bool(working_calendar(where, on.year).is_working_day(on))


@cache
def working_calendar(where: str, year: int) -> holidays.HolidayBase:
    # The years on both sides too: a working weekend may be given in exchange for a day of another year.
    return holidays.country_holidays(where, years=range(year - 1, year + 2))
