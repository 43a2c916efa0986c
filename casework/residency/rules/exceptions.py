"""Exceptions over a base: on the days of an exception the base of its line holds no more, and is back on the day after.

A temporary or seasonal rule is written down as it is, and the rule that it interrupts stays whole. There is one level:
an exception has no exceptions, because two of one line never hold on one day. So none can go round in a circle.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from .days import EVER, Span, difference, union
from .kinds import BINDING_STATUSES
from .rulebook import Rule


def interrupted(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules with every base cut into the pieces that its exceptions leave over.

    What is only proposed, suspended or practice interrupts nothing.
    """
    all_rules = list(rules)
    exceptions: dict[tuple[object, ...], list[Span]] = defaultdict(list)
    for rule in all_rules:
        if rule.is_exception and rule.legal_status in BINDING_STATUSES:
            exceptions[rule.line].append(_span(rule))
    if not exceptions:
        return all_rules
    return [
        piece
        for rule in all_rules
        for piece in ([rule] if rule.is_exception else _pieces(rule, union(exceptions.get(rule.line, ()))))
    ]


def _pieces(rule: Rule, taken: list[Span]) -> list[Rule]:
    left = difference([_span(rule)], taken)
    if left == [_span(rule)]:
        return [rule]
    return [
        replace(
            rule,
            valid_from=date.fromordinal(first) if first > EVER[0] else None,
            valid_until=date.fromordinal(last) if last < EVER[1] else None,
            whole=rule,
        )
        for first, last in left
    ]


def _span(rule: Rule) -> Span:
    first = rule.valid_from.toordinal() if rule.valid_from else EVER[0]
    last = rule.valid_until.toordinal() if rule.valid_until else EVER[1]
    return first, last
