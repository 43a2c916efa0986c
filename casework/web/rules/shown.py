"""Rules as the pages show them: words made here, so that templates decide nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.residency import wording
from casework.residency.models import Citation, Jurisdiction, Rule
from casework.residency.publishing import bounds
from casework.residency.rules import proof
from casework.residency.rules.examples import Result
from casework.residency.rules.kinds import DUTY_LABELS, KIND_LABELS, Duty, Kind, LegalStatus, ReviewStatus
from casework.web.onward.risk import Level, level_of

# Below these, a rule is not yet, or no longer, law: the page says which.
NOT_YET, TODAY, OVER = "not_yet", "today", "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """One version of a rule in words."""

    row: Rule
    says: str
    audience: str
    days: str
    when: str
    citations: Sequence[Citation] = ()

    @property
    def is_unusual(self) -> bool:
        """Whether it is something else than law in force."""
        return self.row.legal_status != LegalStatus.IN_FORCE

    @property
    def risk(self) -> Level | None:
        """The level of a rule about the risk of being returned, None for all others."""
        return level_of(self.row.parameters) if self.row.kind == Kind.RETURN_RISK else None

    @property
    def kind(self) -> str:
        return _(KIND_LABELS[Kind(self.row.kind)])

    @property
    def duty(self) -> str:
        return _(DUTY_LABELS[Duty(self.row.duty)])


@dataclass(slots=True, kw_only=True)
class DutyGroup:
    """The rules of a country about one duty: those in force today, and those before and after them."""

    label: str
    today: list[ShownRule] = field(default_factory=list)
    others: list[ShownRule] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class CountryRow:
    """A country or zone with figures of the rules held for it."""

    place: Jurisdiction
    name: str
    rules: int = 0
    unreviewed: int = 0
    needs_review: int = 0
    verified_on: date | None = None


def shown(row: Rule, today: date, groups: dict[str, str]) -> ShownRule:
    """Return the row in words; its citations were fetched with it."""
    return ShownRule(
        row=row,
        says=wording.what_it_says(row),
        audience=wording.audience(row, groups),
        days=wording.days_of(row.valid),
        when=_when(row, today),
        citations=sorted(row.citations.all(), key=lambda citation: (not citation.supports, citation.pk)),
    )


def by_duty(rows: Iterable[ShownRule]) -> list[DutyGroup]:
    """Return the rules by duty, in the order in which duties fall due in a stay."""
    groups: dict[str, DutyGroup] = {}
    for rule in rows:
        group = groups.setdefault(rule.row.duty, DutyGroup(label=rule.duty))
        (group.today if rule.when == TODAY else group.others).append(rule)
    return [groups[duty.value] for duty in Duty if duty.value in groups]


def by_country(rows: Iterable[Any]) -> list[CountryRow]:
    """Return figures for each country or zone that has rules, by name. Each row has its `jurisdiction` and `verified_on`."""
    countries: dict[str, CountryRow] = {}
    for row in rows:
        place = row.jurisdiction
        found = countries.setdefault(place.code, CountryRow(place=place, name=wording.place_name(place)))
        found.rules += 1
        found.unreviewed += row.review_status != ReviewStatus.REVIEWED
        found.needs_review += row.review_status == ReviewStatus.NEEDS_REVIEW
        found.verified_on = max(filter(None, (found.verified_on, row.verified_on)), default=None)
    return sorted(countries.values(), key=lambda row: (row.place.kind, row.name.casefold()))


def examples_of(row: Rule) -> list[Result]:
    """Return the worked examples of the rule, computed now."""
    return proof.run(row.worked_examples)


def _when(row: Rule, today: date) -> str:
    first, end = bounds(row.valid)
    if first is not None and first > today:
        return NOT_YET
    return OVER if end is not None and end <= today else TODAY
