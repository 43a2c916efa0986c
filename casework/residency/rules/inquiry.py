"""One question about one person: the facts, the rules that are known, and the day it is asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework.lib.working_days import WorkingDays

from .days import Span
from .facts import Facts, Stay
from .kinds import LIMIT_KINDS, Duty
from .known import KnownRules, known_rules
from .presence import Sojourn, sojourns_of, unconfirmed_plans
from .rulebook import Rule, RuleBook
from .selection import NONE_SPEAKS, Choice, Entrant, most_specific, rank, speaks_at_any_age, speaks_to

# Their country is not that of the person who carries them.
DOCUMENTS_OF_NO_NATIONALITY = frozenset({"refugee_travel_document", "stateless_travel_document", "residence_card"})


@dataclass(slots=True, kw_only=True)
class Inquiry:
    """Facts and rules as one looks at them on a day. Whatever leads to a stored date asks the book here, and nowhere else.

    cautious: every unknown day at its worst; lenient: at its best, None where nothing is unknown.
    asked_at: when it is asked, if that is not the instant of `known_at`: what was planned until then should have begun.
    heeds_applications: whether applications that keep a stay lawful are looked at.
    unconfirmed: the ids of planned stays whose day has come, and of which nobody has said that they began.
    asked, asked_zones: the places whose rules, and whose membership of zones, somebody wanted to know (`scopes`).
    """

    facts: Facts
    book: RuleBook
    on: date
    known_at: datetime
    asked_at: datetime | None = None
    heeds_applications: bool = True
    asked: set[str] = field(default_factory=set)
    asked_zones: set[str] = field(default_factory=set)
    known: KnownRules = field(init=False)
    unconfirmed: frozenset[str] = field(init=False)
    cautious: tuple[Sojourn, ...] = field(init=False)
    lenient: tuple[Sojourn, ...] | None = field(init=False)
    # What counts in a country or zone (`stay_limits.Counted`), by place and whether the reading is the cautious one.
    counted: dict[tuple[str, bool], Any] = field(init=False, default_factory=dict)
    # The limits of stays by the cautious reading (`outcome.limits_for`): by the stay, its last day and what counts.
    limits: dict[tuple[Sojourn, int | None, bool], list[Any]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.known = known_rules(self.book, self.known_at)
        stays, on = self.facts.stays, self.on.toordinal()
        # Asked about a day to come, what is planned until then is supposed to happen. Somewhere it is tomorrow already.
        self.unconfirmed = unconfirmed_plans(stays, min(on, (self.asked_at or self.known_at).toordinal() + 1))
        self.cautious = sojourns_of(stays, on, cautious=True, unconfirmed=self.unconfirmed)
        lenient = sojourns_of(stays, on, cautious=False, unconfirmed=self.unconfirmed)
        self.lenient = lenient if lenient != self.cautious else None

    def rules(self, place: str, duty: Duty) -> tuple[Rule, ...]:
        """Return the rules of a country or zone for a duty that are known and binding."""
        self.asked.add(place)
        return self.known.binding.get((place, duty), ())

    def statements(self, place: str, duty: Duty) -> tuple[Rule, ...]:
        """Return the known rules that state facts: law and practice."""
        self.asked.add(place)
        return self.known.observed.get((place, duty), ())

    def plans(self, place: str, duty: Duty) -> tuple[Rule, ...]:
        """Return the known rules that are neither law nor practice yet."""
        self.asked.add(place)
        return self.known.planned.get((place, duty), ())

    def all_rules(self, country: str) -> Sequence[Rule]:
        """Return every known rule of a country, whatever it is about."""
        self.asked.add(country)
        return self.known.by_country.get(country, ())

    def zones(self, country: str) -> Mapping[str, list[Span]]:
        """Return the zones to which a country belongs, with the days on which it does."""
        self.asked_zones.add(country)
        return self.known.zones.get(country, {})

    def time_zone(self, country: str) -> str | None:
        self.asked.add(country)
        return self.book.time_zones.get(country)

    def working_days(self, rule: Rule) -> WorkingDays:
        """Return the calendar by which a rule counts: the one that it names, else that of its country."""
        self.asked.add(rule.jurisdiction)
        calendar = rule.parameters.get("calendar") or rule.jurisdiction
        return WorkingDays(calendar, self.book.day_overrides.get(calendar, {}))

    def chosen(self, rules: Sequence[Rule], entrant: Entrant, event: date, *, leaving: bool = False) -> Choice:
        """Return the most specific of `rules` among those that speak to this person on that day."""
        if not rules:
            return NONE_SPEAKS
        speaking = [rule for rule in rules if speaks_to(rule, entrant, event, leaving=leaving)]
        return most_specific(speaking, entrant, self.book.groups)

    def limits_about(self, place: str, entrant: Entrant) -> tuple[Rule, ...]:
        """Return the limits of stays in a place, of every day, that speak to people like this one at some age.

        They are looked for once for all who are alike.
        """
        rules = self.rules(place, Duty.LEAVE)
        alike = (place, *entrant.at_any_age)
        found = self.known.limits.get(alike)
        if found is None:
            groups = self.book.groups
            found = tuple(
                rule
                for rule in rules
                if rule.kind in LIMIT_KINDS
                and speaks_at_any_age(rule, entrant, leaving=True)
                and rank(rule, entrant, groups) is not None
            )
            self.known.keep_limits(alike, found)
        return found

    def entrant(self, stay: Stay, legal_basis: str = "") -> Entrant:
        """Return the person as they entered for `stay`: with the nationality of the document used, if known."""
        has_nationality = stay.document_kind not in DOCUMENTS_OF_NO_NATIONALITY
        return Entrant(
            nationality=stay.nationality if has_nationality else "",
            nationalities=frozenset(self.facts.nationalities),
            birth=self.facts.birth,
            document_kind=stay.document_kind,
            purpose=stay.purpose,
            legal_basis=legal_basis,
        )

    def holder(self, legal_basis: str = "") -> Entrant:
        """Return the person whatever they entered on."""
        return Entrant(
            nationality="",
            nationalities=frozenset(self.facts.nationalities),
            birth=self.facts.birth,
            legal_basis=legal_basis,
        )
