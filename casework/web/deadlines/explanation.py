"""Why a date is what it is: from what was stored, or computed as on another day or by what we knew then."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from casework.lib.dates import today_in
from casework.residency.because import REPLACED, Line, lines, says
from casework.residency.computing import identity_of, position_of, steps_as_json
from casework.residency.facts import load_facts
from casework.residency.models import Rule as RuleRow
from casework.residency.rulebook import load_book, rules_of
from casework.residency.rules import position as engine
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.glance import StayGlance, current_glances
from casework.residency.rules.kinds import Duty
from casework.residency.rules.rulebook import Rule, RuleBook
from casework.web.components import SummaryRow
from casework.web.position.pictures import LimitPicture, strips_of

from .facts import fact_rows
from .rules import RuleCard, cards_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that stands between the facts and the date.

    applies: whether facts and rules give rise to the deadline on the day that is asked about.
    rules: the binding rule first, then the others that were looked at.
    """

    applies: bool
    on: dt.date
    known_on: dt.date | None
    due_on: dt.date | None
    opens_on: dt.date | None
    alternative_on: dt.date | None
    only_if_here_after: dt.date | None
    met_on: dt.date | None
    is_met: bool
    review: str
    facts: Sequence[SummaryRow]
    lines: Sequence[Line]
    rules: Sequence[RuleCard]
    limits: Sequence[LimitPicture]

    @property
    def binding(self) -> RuleCard | None:
        return self.rules[0] if self.rules else None

    @property
    def others(self) -> Sequence[RuleCard]:
        return self.rules[1:]


def explain(
    deadline: Any,
    now: dt.datetime,
    *,
    version: int,
    may_change: bool,
    on: dt.date | None = None,
    known_on: dt.date | None = None,
) -> Explanation:
    """Return why this date, as on a day (None: today) by the rules as we knew them at the end of a day (None: now).

    Nothing is written. The deadline's client, case, team and position are loaded. Facts that cannot be computed are
    not tried again: shown is what was stored.
    """
    client = deadline.client
    zone = client.computed_position.time_zone or client.case.team.time_zone
    known_at = _end_of(known_on, zone) if known_on is not None and known_on < today_in(zone, now) else None
    facts = load_facts([client.pk])[client.pk]
    book = load_book(known_at, version=version)
    if client.computed_position.failed:
        position = None
    elif on is None and known_at is None:
        position = position_of(facts, book, client.case.team.time_zone, now)
    else:
        position = evaluate(facts, book, now, known_at=known_at, on=on or today_in(zone, now))
    deadlines = position.deadlines if position else ()
    found = next((it for it in deadlines if _identity(it) == identity_of(deadline)), None)
    # Where the engine finds nothing any more, today's page shows what it last said.
    is_stored = on is None and known_at is None and found is None
    because = steps_as_json(found.because) if found else deadline.because if is_stored else []
    rule_ids = [int(it) for it in found.rule_ids] if found else deadline.rule_ids if is_stored else []
    reasons = [_with_rule(it, book) for it in lines(because)]
    subjects = [(deadline.subject_kind, str(deadline.subject_id)), *(it.subject for it in reasons if it.subject)]
    seen: list[StayGlance] = []
    if position and found and found.duty == Duty.LEAVE:
        seen = current_glances(facts, book, now, on=position.on, known_at=known_at)
    return Explanation(
        applies=found is not None,
        on=position.on if position else today_in(zone, now),
        known_on=known_on if known_at else None,
        due_on=found.due_on if found else deadline.due_on if is_stored else None,
        opens_on=found.opens_on if found else None,
        alternative_on=found.alternative_on if found else None,
        only_if_here_after=found.only_if_here_after if found else None,
        is_met=found is not None and found.is_met,
        met_on=found.met_on if found else None,
        review=found.review.value if found else deadline.review,
        facts=fact_rows(facts, subjects, client, may_change=may_change),
        lines=reasons,
        rules=cards_of(_rules(rule_ids, book)),
        limits=strips_of(it for it in seen if it.stay_id == str(deadline.subject_id)),
    )


def _with_rule(line: Line, book: RuleBook) -> Line:
    """Return a line about a rule that was replaced together with what that rule says."""
    rule = next((it for it in book.rules if int(it.id) == line.rule_id), None) if line.code in REPLACED else None
    return replace(line, about=says(rule)) if rule else line


def _rules(rule_ids: Sequence[int], book: RuleBook) -> list[Rule]:
    """Return the rules in this order: from the book, or as stored where the book holds another version by now."""
    by_id = {int(rule.id): rule for rule in book.rules}
    if not by_id.keys() >= set(rule_ids):
        by_id |= {int(rule.id): rule for rule in rules_of(RuleRow.objects.filter(pk__in=rule_ids))}
    return [by_id[rule_id] for rule_id in rule_ids if rule_id in by_id]


def _identity(found: engine.Deadline) -> tuple[str, str, str, int]:
    return (found.duty.value, found.subject.kind.value, found.subject.id, found.occurrence)


def _end_of(day: dt.date, zone: str) -> dt.datetime:
    """Return the last instant of a day, so that what we learned on it counts."""
    return dt.datetime.combine(day, dt.time.max, tzinfo=ZoneInfo(zone))
