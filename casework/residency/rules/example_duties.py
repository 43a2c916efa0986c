"""What worked examples say of every kind that is no limit: how its rule is read, and which dates it answers with.

Each kind has a reader, which refuses what it cannot read, and answers with the arithmetic that `evaluate` uses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from casework.lib.periods import UNITS
from casework.lib.working_days import WorkingDays, is_known_calendar

from . import duties, tenure
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
from .choices import DAY_ONES, MONTH_ENDS, PERIOD_ENDS, TRAVEL_DAYS
from .days import Span
from .kinds import Kind
from .visits import Presence, latest_begun_by, visit_on, visits_of

Dates = Mapping[str, date | None]


@dataclass(frozen=True, slots=True)
class ExampleFacts:
    """The facts of a case. `on` is given wherever a kind asks for it."""

    case: Mapping[str, Any]
    on: date | None
    stays: Sequence[Presence]
    extensions: Sequence[tenure.Extension] = ()

    @property
    def day(self) -> int:
        assert self.on is not None  # noqa: S101 - read before anybody asks
        return self.on.toordinal()

    def permit_end(self) -> date:
        """Return the last day of the permit: the printed one, or a later one by law."""
        permit = object_at(self.case.get("permit"), "permit")
        until = day_at(permit, "valid_until", "permit")
        if not self.extensions:
            return until
        since = None if permit.get("valid_from") is None else day_at(permit, "valid_from", "permit")
        if since is not None and until < since:
            raise BrokenCase(f"permit: valid_until, {until}, is before valid_from, {since}")
        reached = tenure.extensions_of(since, until, self.extensions)
        return self.extensions[reached[-1]].extended_to if reached else until


Answer = Callable[[ExampleFacts], Dates]


@dataclass(frozen=True, slots=True)
class Duties:
    """The rules of a case that are no limits, read. `need_stays`, `need_day`: what the case must hold for them."""

    read: Sequence[Answer]
    extensions: Sequence[tenure.Extension]
    waits: Sequence[Callable[[ExampleFacts], int | None]]
    need_stays: bool
    need_day: bool

    @property
    def keep_away(self) -> bool:
        return bool(self.waits)

    def enters_from(self, facts: ExampleFacts) -> int | None:
        """Return the first day from `on` on which nobody need stay away any more; None inside a stay."""
        if not self.waits or visit_on(visits_of(facts.stays), facts.day) is not None:
            return None
        return max(facts.day, *(wait(facts) or 0 for wait in self.waits))

    def answers(self, facts: ExampleFacts) -> dict[str, Any]:
        """Return what these rules say together. Of dates by which one must act the earliest, with its alternative."""
        facts = ExampleFacts(facts.case, facts.on, facts.stays, self.extensions)
        answers = [answer(facts) for answer in self.read]
        computed: dict[str, date | None] = {}
        if self.extensions:
            computed["effective_until"] = facts.permit_end()
        windows = [answer for answer in answers if "opens_on" in answer]
        if windows:
            first = min(windows, key=lambda window: (window["due_on"] or date.max, window["opens_on"] or date.max))
            computed["opens_on"] = first["opens_on"]
        due = [answer for answer in answers if "due_on" in answer]
        if due:
            due_on = min((day for answer in due if (day := answer["due_on"])), default=None)
            same_day = [answer["alternative"] for answer in due if answer["due_on"] == due_on]
            computed |= {"due_on": due_on, "alternative": min(filter(None, same_day), default=None)}
        for key, of_several in (("needed_until", max), ("eligible_on", min)):
            if any(key in answer for answer in answers):
                days = [day for answer in answers if (day := answer.get(key))]
                computed[key] = of_several(days) if days else None
        return {key: day.isoformat() if day else None for key, day in computed.items()}


def duties_of(rules: Sequence[tuple[Kind, Mapping[str, Any], str]]) -> Duties:
    """Return the rules of these that are no limits, read. Raises BrokenCase."""
    others = [(kind, rule, where) for kind, rule, where in rules if kind in DUTY_KINDS]
    return Duties(
        read=[_READERS[kind](rule, where) for kind, rule, where in others if kind in _READERS],
        extensions=[_extension(rule, where) for kind, rule, where in others if kind == Kind.PERMIT_EXTENDED_BY_LAW],
        waits=[_cooldown(rule, where) for kind, rule, where in others if kind == Kind.COOLDOWN],
        need_stays=any(_needs_stays(kind, rule) for kind, rule, _ in others),
        need_day=any(kind == Kind.ELIGIBLE_AFTER for kind, _, _ in others),
    )


def _needs_stays(kind: Kind, rule: Mapping[str, Any]) -> bool:
    if kind == Kind.ELIGIBLE_AFTER:
        return rule.get("of") == "stay" or rule.get("continuity_required") is not False
    return kind in (Kind.REGISTER_WITHIN, Kind.MAX_ABSENCE, Kind.COOLDOWN)


# Kinds that something must be done

# Who, when and for whom: parameters of the rule that change no date of an example.
_WORDS_OF_REGISTER_WITHIN = ("actor", "triggers", "what", "only_if_stay_over_days", "optional")


def _register_within(rule: Mapping[str, Any], where: str) -> Answer:
    only_known(rule, where, "n", "unit", "day_one", "calendar", "exceeding_days", *_WORDS_OF_REGISTER_WITHIN)
    n = count_at(rule, "n", where)
    unit = one_of(rule, "unit", where, ("calendar_days", "working_days", "hours"))
    day_one = one_of(rule, "day_one", where, tuple(DAY_ONES), default="entry_day")
    exceeding = count_at(rule, "exceeding_days", where) if rule.get("exceeding_days") is not None else 0
    calendar = None
    if unit == "working_days":
        code = rule.get("calendar", MISSING)
        if not isinstance(code, str) or not is_known_calendar(code):
            raise BrokenCase(f"{where}: calendar must be the code of a country whose holidays are known, {got(code)}")
        calendar = WorkingDays(code)

    def answer(facts: ExampleFacts) -> Dates:
        visit = latest_begun_by(visits_of(facts.stays), facts.day)
        if visit is None:
            return {"due_on": None, "alternative": None}
        begins = date.fromordinal(visit.first) + timedelta(days=exceeding)
        return _due(
            duties.register_within(begins, n=n, unit=unit, day_one=day_one, working_days=calendar)  # type: ignore[arg-type]
        )

    return answer


def _renew_every(rule: Mapping[str, Any], where: str) -> Answer:
    only_known(rule, where, *UNITS, "of", "permit_kind", "month_end", "ends_on")
    period = own_period(rule, where)
    month_end = _choice(rule, "month_end", where, MONTH_ENDS)
    ends_on = _choice(rule, "ends_on", where, PERIOD_ENDS)

    def answer(facts: ExampleFacts) -> Dates:
        start = day_at(facts.case, "from", "the case")
        return _due(duties.renew_every(start, period, month_end=month_end, ends_on=ends_on))

    return answer


def _renewal_window(rule: Mapping[str, Any], where: str) -> Answer:
    only_known(rule, where, "opens", "closes", "of", "permit_kind", "month_end", "extends_by", "optional")
    opens = None if rule.get("opens") is None else period_at(rule["opens"], f"{where}: opens")
    closes = period_at(rule.get("closes"), f"{where}: closes")
    month_end = _choice(rule, "month_end", where, MONTH_ENDS)

    def answer(facts: ExampleFacts) -> Dates:
        window = duties.window_before(facts.permit_end(), opens=opens, closes=closes, month_end=month_end)
        return {"opens_on": window.opens_on, **_due(window.due)}

    return answer


def _document_validity(rule: Mapping[str, Any], where: str) -> Answer:
    only_known(rule, where, "days", "months", "beyond", "document_kinds", "month_end")
    period = own_period(rule, where)
    month_end = _choice(rule, "month_end", where, MONTH_ENDS)

    def answer(facts: ExampleFacts) -> Dates:
        document = object_at(facts.case.get("document"), "document")
        valid_until = day_at(document, "valid_until", "document")
        needed = None
        if facts.case.get("from") is not None:
            start = day_at(facts.case, "from", "the case")
            needed = duties.document_needed_until(start, period, month_end=month_end)
        due = duties.document_serves_until(valid_until, period, month_end=month_end)
        return {**_due(due), "needed_until": needed}

    return answer


def _max_absence(rule: Mapping[str, Any], where: str) -> Answer:
    only_known(rule, where, "days", "consecutive", "permit_kind", "consequence", "travel_days")
    days = count_at(rule, "days", where)
    consecutive = flag_at(rule, "consecutive", where)
    travel_days = _choice(rule, "travel_days", where, TRAVEL_DAYS)

    def answer(facts: ExampleFacts) -> Dates:
        visits = [visit for visit in visits_of(facts.stays) if visit.first <= facts.day]
        if not visits or visits[-1].last >= facts.day:
            return {"due_on": None, "alternative": None}
        spans = [visit.span for visit in visits]
        absences = [] if consecutive else tenure.absences_between(spans, _permit_since(facts), facts.day)
        return _due(tenure.return_by(visits[-1].last, days, absences=absences, travel_days=travel_days))

    return answer


def _permit_since(facts: ExampleFacts) -> int:
    if facts.case.get("permit") is None:
        return 0
    permit = object_at(facts.case["permit"], "permit")
    return 0 if permit.get("valid_from") is None else day_at(permit, "valid_from", "permit").toordinal()


# Kinds after which something is possible


def _cooldown(rule: Mapping[str, Any], where: str) -> Callable[[ExampleFacts], int | None]:
    only_known(rule, where, "days", "after", "limit_days")
    days = count_at(rule, "days", where)
    after = one_of(rule, "after", where, ("limit_used", "exit"))
    limit_days = count_at(rule, "limit_days", where) if after == "limit_used" else None

    def wait(facts: ExampleFacts) -> int | None:
        visit = latest_begun_by(visits_of(facts.stays), facts.day)
        if visit is None or not tenure.must_stay_away(after, limit_days, visit.last - visit.first + 1):
            return None
        return tenure.may_return_from(visit.last, days)

    return wait


def _eligible_after(rule: Mapping[str, Any], where: str) -> Answer:
    only_known(rule, where, *UNITS, "of", "what", "continuity_required", "permit_kind", "basis", "month_end")
    period = own_period(rule, where)
    of_stay = one_of(rule, "of", where, ("permit", "stay")) == "stay"
    continuity = flag_at(rule, "continuity_required", where)
    month_end = _choice(rule, "month_end", where, MONTH_ENDS)

    def answer(facts: ExampleFacts) -> Dates:
        visit = visit_on(visits_of(facts.stays), facts.day)
        entered = visit.first if visit else None
        since = entered
        if not of_stay:
            served = tenure.served_since(_permits(facts), entered, on=facts.day, continuity=continuity)
            since = served.since if served else None
        return {"eligible_on": None if since is None else tenure.eligible_on(since, period, month_end=month_end)}

    return answer


def _permits(facts: ExampleFacts) -> list[Span]:
    if "permits" in facts.case:
        given = list_at(facts.case, "permits", "the case")
        named = [(object_at(each, f"permit {n}"), f"permit {n}") for n, each in enumerate(given, start=1)]
    else:
        named = [(object_at(facts.case.get("permit"), "permit"), "permit")]
    return [_permit_span(permit, where) for permit, where in named]


def _permit_span(permit: Mapping[str, Any], where: str) -> Span:
    since = day_at(permit, "valid_from", where)
    until = date.max if permit.get("valid_until") is None else day_at(permit, "valid_until", where)
    if until < since:
        raise BrokenCase(f"{where}: valid_until, {until}, is before valid_from, {since}")
    return since.toordinal(), until.toordinal()


def _extension(rule: Mapping[str, Any], where: str) -> tenure.Extension:
    only_known(rule, where, "valid_on", "extended_to", "permit_kind")
    extension = tenure.Extension(day_at(rule, "valid_on", where), day_at(rule, "extended_to", where))
    if extension.extended_to <= extension.valid_on:
        raise BrokenCase(f"{where}: extended_to must be after valid_on, {extension.valid_on}")
    return extension


def _choice(rule: Mapping[str, Any], key: str, where: str, choices: Mapping[str, str]) -> str | None:
    """Return what the rule says about a reading; None where it does not say."""
    return None if rule.get(key) is None else one_of(rule, key, where, tuple(choices))


def _due(due: duties.Due) -> Dates:
    return {"due_on": due.on, "alternative": due.alternative}


_READERS: Mapping[Kind, Callable[[Mapping[str, Any], str], Answer]] = {
    Kind.REGISTER_WITHIN: _register_within,
    Kind.RENEW_EVERY: _renew_every,
    Kind.RENEWAL_WINDOW: _renewal_window,
    Kind.DOCUMENT_VALIDITY: _document_validity,
    Kind.MAX_ABSENCE: _max_absence,
    Kind.ELIGIBLE_AFTER: _eligible_after,
}

DUTY_KINDS: tuple[Kind, ...] = tuple(chain(_READERS, (Kind.PERMIT_EXTENDED_BY_LAW, Kind.COOLDOWN)))
