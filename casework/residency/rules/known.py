"""The rules of a book that are held to be so at an instant, sorted by what they are good for.

Made once for all the people who are asked about at that instant.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from .days import EVER, Span, union
from .exceptions import interrupted
from .kinds import BINDING_STATUSES, Duty, Kind, LegalStatus
from .rulebook import Rule, RuleBook

Place = tuple[str, Duty]
ByPlace = Mapping[Place, tuple[Rule, ...]]

# How many instants are kept; a batch asks about one.
_KEPT = 8

# For how many kinds of people it is kept which limits speak to them.
_KINDS_OF_PEOPLE = 10_000


class KnownRules:
    """`binding` are law; `observed` law or practice; `planned` neither yet. `zones`: country -> zone -> days in it."""

    def __init__(self, book: RuleBook, at: datetime) -> None:
        known = interrupted(rule for rule in book.rules if _is_known(rule, at))
        self.by_id = {rule.id: rule for rule in known}
        self.binding = _by_place(rule for rule in known if rule.legal_status in BINDING_STATUSES)
        self.observed = _by_place(rule for rule in known if _is_observed(rule))
        self.planned = _by_place(rule for rule in known if not _is_observed(rule))
        self.by_country: dict[str, list[Rule]] = {}
        for rule in known:
            self.by_country.setdefault(rule.jurisdiction, []).append(rule)
        # Which limits speak to whom (`Inquiry.limits_about`): the same for all who are alike.
        self.limits: dict[tuple[object, ...], tuple[Rule, ...]] = {}
        self.zones = {country: _zones(rules) for (country, duty), rules in self.binding.items() if duty == Duty.ZONE}

    def keep_limits(self, alike: tuple[object, ...], limits: tuple[Rule, ...]) -> None:
        if len(self.limits) >= _KINDS_OF_PEOPLE:
            self.limits.clear()
        self.limits[alike] = limits


def known_rules(book: RuleBook, at: datetime) -> KnownRules:
    """Return the rules of `book` known at that instant, from memory if they were asked for lately."""
    kept = book.known
    found = kept.get(at)
    if not isinstance(found, KnownRules):
        found = KnownRules(book, at)
        while len(kept) >= _KEPT:
            kept.pop(next(iter(kept)), None)
        kept[at] = found
    return found


def _is_known(rule: Rule, at: datetime) -> bool:
    since, until = rule.known_from, rule.known_until
    return (since is None or since <= at) and (until is None or at < until)


def _is_observed(rule: Rule) -> bool:
    return rule.legal_status in BINDING_STATUSES or rule.legal_status == LegalStatus.PRACTICE


def _by_place(rules: Iterable[Rule]) -> ByPlace:
    lists: dict[Place, list[Rule]] = {}
    for rule in rules:
        lists.setdefault((rule.jurisdiction, rule.duty), []).append(rule)
    return {place: tuple(found) for place, found in lists.items()}


def _zones(rules: Iterable[Rule]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for rule in rules:
        if rule.kind == Kind.ZONE_MEMBERSHIP:
            first = rule.valid_from.toordinal() if rule.valid_from else EVER[0]
            last = rule.valid_until.toordinal() if rule.valid_until else EVER[1]
            spans.setdefault(rule.parameters["zone"], []).append((first, last))
    return {zone: union(days) for zone, days in spans.items()}
