"""Worked examples: facts in, dates out, as they are stored with a rule and checked on the command line.

`compute` answers a case with every key that the kinds of its rules define; `check` compares the answer
with what the case expects. A case that cannot be read is answered with a sentence, never with a guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.lib.periods import UNITS

from .case_values import (
    MISSING,
    BrokenCase,
    count_at,
    day_at,
    flag_at,
    got,
    list_at,
    object_at,
    only_known,
    own_period,
)
from .days import clipped, size, union
from .entering import earliest_entry
from .example_duties import DUTY_KINDS, ExampleFacts, duties_of
from .kinds import LIMIT_KINDS, Kind
from .limits import Terms, breaches, days_used
from .planning import Track, last_lawful_day
from .visits import Presence, visits_of

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
    limits = [_terms(kind, rule, where) for kind, rule, where in numbered if kind in LIMIT_KINDS]
    duties = duties_of(numbered)
    needs_stays = bool(limits) or duties.need_stays
    on = day_at(case, "on", "the case") if "on" in case or needs_stays or duties.need_day else None
    stays = _stays(case, on) if on and needs_stays else []
    facts = ExampleFacts(case, on, tuple(stays))
    computed: dict[str, Any] = {}
    enters_from = duties.enters_from(facts)
    if limits:
        computed |= _limit_answers(limits, stays, facts.day, enters_from or facts.day)
    elif duties.keep_away:
        computed["earliest_entry"] = _iso(enters_from)
    return computed | duties.answers(facts)


# Limits


def _limit_answers(limits: Sequence[Terms], stays: Sequence[Presence], on: int, enters_from: int) -> dict[str, Any]:
    """Return what the limits say. `enters_from`: the day before which one must stay away anyhow."""
    visits = [visit for visit in visits_of(stays) if visit.first <= on]
    seen = tuple(stays)
    tracks = [Track(terms, seen) for terms in limits]
    over = clipped(union(span for terms in limits for span in breaches(visits, terms)), 1, on)
    reach = last_lawful_day(tracks, on)
    is_there = any(stay.first <= on <= stay.last for stay in stays)
    entry = None if is_there else earliest_entry(tracks, enters_from)
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
    given: dict[str, Any] = {name: flag_at(rule, name, where) for name in FLAGS}
    if kind == Kind.UNTIL_DATE:
        given["until"] = day_at(rule, "until", where).toordinal()
    elif kind == Kind.PERIOD_FROM_ENTRY:
        given["period"] = own_period(rule, where)
        given["cohort_entered_before"], given["cohort_until"] = _cohort(rule, where)
    else:
        given["days"] = count_at(rule, "days", where)
    if kind in (Kind.ROLLING_WINDOW, Kind.ANCHORED_WINDOW):
        given["window_days"] = count_at(rule, "window_days", where)
    return Terms(kind=kind, **given)


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
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BrokenCase(f"{where}: kind must be one of {', '.join(_KINDS)}, {got(kind)}")
    return _KINDS[kind]


_KINDS = {str(kind): kind for kind in sorted((*LIMIT_KINDS, *DUTY_KINDS))}


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
