"""Which version of a rule reaches a stay, and on which of its days: a property of the change of law.

`entries_from`: the version in force on the day of entry, for the whole visit. `each_day`: on every day the
version in force on it. `cohort`: also people who were there before, until a fixed day. `document_valid_on`:
the version in force when the document was issued.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .days import EVER, Span
from .kinds import AppliesTo
from .rulebook import Rule
from .selection import day_of, is_valid_on


@dataclass(frozen=True, slots=True)
class Version:
    """A rule that reaches a stay. `entered`: entries it speaks to; `in_force`: days it speaks to."""

    rule: Rule
    entered: Span = EVER
    in_force: Span = EVER
    by_cohort: bool = False


def versions_for_stay(rules: Sequence[Rule], entered: date, stays_until: date | None) -> list[Version]:
    """Return the versions that reach a stay entered on `entered`; `stays_until` None if it is not over."""
    reached = [version for rule in rules if (version := _reaching(rule, rules, entered, stays_until))]
    # Who was there before has a day of their own, in place of what held when they entered.
    by_cohort = {version.rule.line for version in reached if version.by_cohort}
    return [version for version in reached if version.by_cohort or version.rule.line not in by_cohort]


def valid_on(rules: Sequence[Rule], day: date) -> list[Rule]:
    return [rule for rule in rules if is_valid_on(rule, day)]


def boundaries_after(rules: Sequence[Rule], day: date) -> list[date]:
    """Return the days after `day` on which one of these rules begins, or is no longer law."""
    begins = [rule.valid_from for rule in rules if rule.valid_from and rule.valid_from > day]
    ends = [rule.valid_until for rule in rules if rule.valid_until and rule.valid_until >= day]
    return [*begins, *(date.fromordinal(end.toordinal() + 1) for end in ends if end < date.max)]


def _reaching(rule: Rule, rules: Sequence[Rule], entered: date, stays_until: date | None) -> Version | None:
    span = _validity(rule)
    if rule.applies_to == AppliesTo.EACH_DAY:
        first, last = span
        if not _has_successor(rule, rules):
            # The last version known goes on: that nothing is recorded after it is no leave to stay.
            last = EVER[1]
        is_over = stays_until is not None and stays_until.toordinal() < first
        return None if entered.toordinal() > last or is_over else Version(rule, in_force=(first, last))
    if rule.applies_to == AppliesTo.COHORT and _was_there_before(rule, entered, stays_until):
        return Version(rule, entered=(entered.toordinal(), entered.toordinal()), by_cohort=True)
    return Version(rule, entered=span) if is_valid_on(rule, entered) else None


def _was_there_before(rule: Rule, entered: date, stays_until: date | None) -> bool:
    cohort = rule.parameters.get("cohort")
    if not cohort or entered >= day_of(cohort["entered_before"]):
        return False
    return rule.valid_from is None or stays_until is None or stays_until >= rule.valid_from


def _has_successor(rule: Rule, rules: Sequence[Rule]) -> bool:
    if rule.valid_until is None:
        return False
    return any(
        other.valid_from is not None and other.valid_from > rule.valid_until
        for other in rules
        if other.line == rule.line
    )


def _validity(rule: Rule) -> Span:
    first = rule.valid_from.toordinal() if rule.valid_from else EVER[0]
    last = rule.valid_until.toordinal() if rule.valid_until else EVER[1]
    return (first, last)
