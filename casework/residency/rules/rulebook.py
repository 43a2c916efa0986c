"""Rules as plain values, and the book that holds them with the calendars and zones they need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .kinds import AppliesTo, Duty, Kind, LegalStatus, ReviewStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a rule is about. `nationality` is ISO 3166-1 alpha-2, a group such as `EAEU`, or `*`."""

    nationality: str = "*"
    age_from: int = 0
    age_below: int = 200
    document_kind: str = ""
    purpose: str = ""
    legal_basis: str = ""  # "" speaks to everybody without a permit or visa; "permit" to permit holders


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    title: str
    url: str = ""
    quote: str = ""
    read_on: date | None = None
    supports: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One published row: law or practice of a country or zone.

    `valid_from`/`valid_until`: first and last day on which it is law, None where not known or open.
    `known_from`/`known_until`: the instants between which we held it to be so (half open).
    `is_exception`: on its days it takes the place of the rule of the same line (jurisdiction, duty, audience, part).
    `whole`: of a rule that exceptions interrupt, `known` makes pieces; this is the rule that they are pieces of.
    """

    id: str
    key: str
    jurisdiction: str
    duty: Duty
    kind: Kind
    parameters: Mapping[str, Any]
    audience: Audience = field(default_factory=Audience)
    part: str = ""
    is_exception: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    known_from: datetime | None = None
    known_until: datetime | None = None
    applies_to: AppliesTo = AppliesTo.ENTRIES_FROM
    days_before_commencement_count: bool | None = None
    legal_status: LegalStatus = LegalStatus.IN_FORCE
    review_status: ReviewStatus = ReviewStatus.PROVISIONAL
    published_on: date | None = None
    last_verified_on: date | None = None
    citations: tuple[Citation, ...] = ()
    note: str = ""
    whole: "Rule | None" = field(default=None, compare=False, repr=False)

    @property
    def commenced_on(self) -> date | None:
        """The first day on which it was law, before any exception interrupted it."""
        return (self.whole or self).valid_from

    @property
    def line(self) -> tuple[object, ...]:
        """What the versions of one rule, and the exceptions to it, have in common."""
        return (self.jurisdiction, self.duty, self.audience, self.part)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Everything `evaluate` needs besides the facts.

    groups: code of a group of nationalities -> ISO codes (e.g. EAEU -> AM BY KZ KG RU).
    time_zones: country -> IANA zone that decides which day is today there.
    day_overrides: calendar -> day -> True if it is a working day, over the `holidays` package.
    """

    rules: tuple[Rule, ...]
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    time_zones: Mapping[str, str] = field(default_factory=dict)
    day_overrides: Mapping[str, Mapping[date, bool]] = field(default_factory=dict)
    # Kept by `known`: what is the same for all people who are asked about at one instant.
    known: dict[datetime, object] = field(default_factory=dict, init=False, repr=False, compare=False)
