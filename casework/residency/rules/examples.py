"""Worked examples: facts in, dates out, as they are stored with a rule and checked on the command line.

`compute` answers a case with every key that the kinds of its rules define; `check` compares the answer
with what the case expects. A case that cannot be read is answered with a sentence, never with a guess.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from casework.lib.periods import UNITS
from casework.lib.working_days import WorkingDays, is_known_calendar

from . import duties
from .case_values import (
    MISSING,
    BrokenCase,
    count_at,
    day_at,
    flag_at,
    got,
    list_at,
    object_at,
    one_of,
    only_known,
    own_period,
    period_at,
)
from .days import clipped, size, union
from .entering import earliest_entry
from .kinds import LIMIT_KINDS, Kind
from .limits import Terms, breaches, days_used
from .planning import Track, last_lawful_day
from .visits import Presence, latest_begun_by, visits_of

FLAGS = ("count_entry_day", "count_exit_day")

LIMIT_KEYS = (
    "days_used",
    "last_lawful_day",
    "max_stay",
    "overstay",
    "first_overstay_day",
    "days_over_limit",
    "earliest_entry",
)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one case. `ok` is None where nothing is expected; `error` is None where it could be read."""

    id: str | int | None
    ok: bool | None = None
    computed: Mapping[str, Any] | None = None
    error: str | None = None

    @property
    def passes(self) -> bool:
        return self.error is None and self.ok is not False

    def as_json(self) -> dict[str, Any]:
        if self.error is not None:
            return {"id": self.id, "error": self.error}
        return {"id": self.id, "ok": self.ok, "computed": self.computed}


def check(case: object, *, place: str = "") -> Result:
    """Compute `case` and compare it with its `expect`. Never raises; `place` names a case that has no id."""
    case_id = case.get("id") if isinstance(case, Mapping) else None
    if isinstance(case_id, bool) or not isinstance(case_id, str | int):
        case_id = None
    try:
        computed = compute(case)
        ok = _agrees(object_at(case, "the case").get("expect"), computed)
    except BrokenCase as error:
        where = f"{place}: " if case_id is None and place else ""
        return Result(case_id, error=f"{where}{error}")
    return Result(case_id, ok=ok, computed=computed)


def compute(case: object) -> dict[str, Any]:
    """Return the answers to `case`: days as ISO strings, numbers, true or false, None where there is none.

    Raises BrokenCase.
    """
    case = object_at(case, "the case")
    if isinstance(case.get("id"), bool) or not isinstance(case.get("id"), str | int):
        raise BrokenCase("id is missing or is neither text nor a number")
    rules = list_at(case, "rules", "the case")
    if not rules:
        raise BrokenCase("rules is empty: a case needs at least one rule")
    kinds = [_kind(rule, f"rule {number}") for number, rule in enumerate(rules, start=1)]
    try:
        return _answers(case, rules, kinds)
    except OverflowError as error:
        raise BrokenCase("a date lies outside the years 1 to 9999") from error


def _answers(case: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], kinds: Sequence[Kind]) -> dict[str, Any]:
    numbered = [(kind, rule, f"rule {number}") for number, (kind, rule) in enumerate(zip(kinds, rules, strict=True), 1)]
    on = day_at(case, "on", "the case") if "on" in case or _needs_stays(kinds) else None
    computed: dict[str, Any] = {}
    limits = [_terms(kind, rule, where) for kind, rule, where in numbered if kind in LIMIT_KINDS]
    duties_read = [_DUTIES[kind](rule, where) for kind, rule, where in numbered if kind in _DUTIES]
    stays: list[Presence] = []
    if _needs_stays(kinds):
        assert on is not None  # noqa: S101 - read above
        stays = _stays(case, on)
    if limits:
        assert on is not None  # noqa: S101 - read above
        computed |= _limit_answers(limits, stays, on.toordinal())
    answers = [answer(case, on, stays) for answer in duties_read]
    if answers:
        computed |= _earliest(answers)
    return computed


def _needs_stays(kinds: Sequence[Kind]) -> bool:
    return any(kind in LIMIT_KINDS or kind == Kind.REGISTER_WITHIN for kind in kinds)


# Limits


def _limit_answers(limits: Sequence[Terms], stays: Sequence[Presence], on: int) -> dict[str, Any]:
    visits = [visit for visit in visits_of(stays) if visit.first <= on]
    tracks = [Track(terms, tuple(stays)) for terms in limits]
    over = clipped(union(span for terms in limits for span in breaches(visits, terms)), 1, on)
    reach = last_lawful_day(tracks, on)
    entry = earliest_entry(tracks, on)
    max_stay = None if reach.unlimited else 0
    if reach.last is not None:
        max_stay = reach.last - on + 1
    return {
        "days_used": days_used(visits, limits[0], on),
        "last_lawful_day": _iso(reach.last),
        "max_stay": max_stay,
        "overstay": bool(over),
        "first_overstay_day": _iso(over[0][0]) if over else None,
        "days_over_limit": size(over),
        "earliest_entry": _iso(entry),
    }


def _terms(kind: Kind, rule: Mapping[str, Any], where: str) -> Terms:
    only_known(rule, where, *FLAGS, *_LIMIT_PARAMETERS[kind])
    terms = Terms(
        kind=kind,
        count_entry_day=flag_at(rule, "count_entry_day", where),
        count_exit_day=flag_at(rule, "count_exit_day", where),
    )
    if kind == Kind.UNTIL_DATE:
        return replace(terms, until=day_at(rule, "until", where).toordinal())
    if kind == Kind.PERIOD_FROM_ENTRY:
        before, until = _cohort(rule, where)
        return replace(terms, period=own_period(rule, where), cohort_entered_before=before, cohort_until=until)
    terms = replace(terms, days=count_at(rule, "days", where))
    if kind in (Kind.ROLLING_WINDOW, Kind.ANCHORED_WINDOW):
        return replace(terms, window_days=count_at(rule, "window_days", where))
    return terms


_LIMIT_PARAMETERS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CONSECUTIVE_DAYS: ("days",),
    Kind.PERIOD_FROM_ENTRY: (*UNITS, "cohort"),
    Kind.ROLLING_WINDOW: ("days", "window_days"),
    Kind.ANCHORED_WINDOW: ("days", "window_days"),
    Kind.CALENDAR_YEAR: ("days",),
    Kind.UNTIL_DATE: ("until",),
}


def _cohort(rule: Mapping[str, Any], where: str) -> tuple[int, int]:
    if rule.get("cohort") is None:
        return 0, 0
    cohort = object_at(rule["cohort"], f"{where}: cohort")
    only_known(cohort, f"{where}: cohort", "entered_before", "until", kind=False)
    before = day_at(cohort, "entered_before", f"{where}: cohort")
    return before.toordinal(), day_at(cohort, "until", f"{where}: cohort").toordinal()


# Duties

_Answer = Callable[[Mapping[str, Any], date | None, Sequence[Presence]], dict[str, date | None]]


def _register_within(rule: Mapping[str, Any], where: str) -> _Answer:
    only_known(rule, where, "n", "unit", "day_one", "calendar", "actor", "triggers", "what")
    n = count_at(rule, "n", where)
    unit = one_of(rule, "unit", where, ("calendar_days", "working_days", "hours"))
    day_one = one_of(rule, "day_one", where, ("entry_day", "day_after_entry"), default="entry_day")
    calendar = None
    if unit == "working_days":
        code = rule.get("calendar", MISSING)
        if not isinstance(code, str) or not is_known_calendar(code):
            raise BrokenCase(f"{where}: calendar must be the code of a country whose holidays are known, {got(code)}")
        calendar = WorkingDays(code)

    def answer(_case: Mapping[str, Any], on: date | None, stays: Sequence[Presence]) -> dict[str, date | None]:
        assert on is not None  # noqa: S101 - read before
        visit = latest_begun_by(visits_of(stays), on.toordinal())
        if visit is None:
            return {"due_on": None, "alternative": None}
        entry = date.fromordinal(visit.first)
        due = duties.register_within(entry, n=n, unit=unit, day_one=day_one, working_days=calendar)  # type: ignore[arg-type]
        return {"due_on": due.on, "alternative": due.alternative}

    return answer


def _renew_every(rule: Mapping[str, Any], where: str) -> _Answer:
    only_known(rule, where, *UNITS, "of", "permit_kind")
    period = own_period(rule, where)

    def answer(case: Mapping[str, Any], _on: date | None, _stays: Sequence[Presence]) -> dict[str, date | None]:
        due = duties.renew_every(day_at(case, "from", "the case"), period)
        return {"due_on": due.on, "alternative": due.alternative}

    return answer


def _renewal_window(rule: Mapping[str, Any], where: str) -> _Answer:
    only_known(rule, where, "opens", "closes", "of", "permit_kind")
    opens = None if rule.get("opens") is None else period_at(rule["opens"], f"{where}: opens")
    closes = period_at(rule.get("closes"), f"{where}: closes")

    def answer(case: Mapping[str, Any], _on: date | None, _stays: Sequence[Presence]) -> dict[str, date | None]:
        permit = object_at(case.get("permit"), "permit")
        window = duties.window_before(day_at(permit, "valid_until", "permit"), opens=opens, closes=closes)
        return {"opens_on": window.opens_on, "due_on": window.due.on, "alternative": window.due.alternative}

    return answer


_DUTIES: Mapping[Kind, Callable[[Mapping[str, Any], str], _Answer]] = {
    Kind.REGISTER_WITHIN: _register_within,
    Kind.RENEW_EVERY: _renew_every,
    Kind.RENEWAL_WINDOW: _renewal_window,
}


def _earliest(answers: Sequence[Mapping[str, date | None]]) -> dict[str, Any]:
    """Return what is due first, its alternative, and when the window opens that closes first."""
    due_on = min((due for answer in answers if (due := answer["due_on"])), default=None)
    same_day = [answer["alternative"] for answer in answers if answer["due_on"] == due_on]
    computed = {"due_on": due_on, "alternative": min(filter(None, same_day), default=None)}
    windows = [answer for answer in answers if "opens_on" in answer]
    if windows:
        first = min(windows, key=lambda window: (window["due_on"] or date.max, window["opens_on"] or date.max))
        computed = {"opens_on": first["opens_on"], **computed}
    return {key: day.isoformat() if day else None for key, day in computed.items()}


# Reading


def _stays(case: Mapping[str, Any], on: date) -> list[Presence]:
    stays = []
    for number, stay in enumerate(list_at(case, "stays", "the case"), start=1):
        where = f"stay {number}"
        stay = object_at(stay, where)  # noqa: PLW2901 - the same stay, known to be an object
        only_known(stay, where, "id", "entry", "exit", "note", "source", "country", kind=False)
        entry = day_at(stay, "entry", where)
        leaves = stay.get("exit") is not None
        exit_day = day_at(stay, "exit", where) if leaves else on
        if not leaves and entry > on:
            raise BrokenCase(f"{where}: is open and begins on {entry}, after `on`, {on}; a planned stay needs an exit")
        if exit_day < entry:
            raise BrokenCase(f"{where}: the exit on {exit_day} is before the entry on {entry}")
        stays.append(Presence(entry.toordinal(), exit_day.toordinal(), leaves))
    return stays


def _kind(rule: object, where: str) -> Kind:
    kind = object_at(rule, where).get("kind", MISSING)
    known = (*LIMIT_KINDS, *_DUTIES)
    if not isinstance(kind, str) or kind not in known:
        raise BrokenCase(f"{where}: kind must be one of {', '.join(sorted(known))}, {got(kind)}")
    return Kind(kind)


def _iso(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()


# Comparing


def _agrees(expect: object, computed: Mapping[str, Any]) -> bool | None:
    """Say whether every expected answer was computed; None where nothing is expected."""
    if expect is None:
        return None
    expected = object_at(expect, "expect")
    if not expected:
        return None
    return all(key in computed and _same(computed[key], value) for key, value in expected.items())


def _same(one: object, other: object) -> bool:
    """Equal, and of the same kind: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
