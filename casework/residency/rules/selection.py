"""Which rules speak to a person: known, binding, for somebody like them; the most specific per duty.

An audience by nationality replaces one by group, and that one everybody's (`*`). Rules that are equally
specific stand side by side. Which version of a rule reaches a stay is decided in `versions`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.lib.periods import UNITS, Period

from .facts import DayRange
from .kinds import Kind, ReviewStatus
from .rulebook import Rule

EVERYBODY, BY_GROUP, BY_NATIONALITY = range(3)

OLDEST = 199
ADULT_AGE = 18

# These relieve of a duty: who may have them must have them for certain.
RELIEVING_KINDS = frozenset({Kind.REGISTRATION_EXEMPTION, Kind.GRACE_PERIOD, Kind.PERMIT_EXTENDED_BY_LAW})

# Duties towards an authority fall on visitors with a visa as on those without.
_VISITORS = frozenset({"", "visa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """A person as one audience sees them: who entered, on what, what for.

    nationality: of the document used to enter, "" if not recorded; legal_basis: "" (no visa needed), visa or permit.
    """

    nationality: str
    nationalities: frozenset[str]
    birth: DayRange
    document_kind: str = ""
    purpose: str = ""
    legal_basis: str = ""

    @property
    def at_any_age(self) -> tuple[object, ...]:
        """All of it but the age, for what is the same for everybody like this."""
        return (self.nationality, self.nationalities, self.document_kind, self.purpose, self.legal_basis)

    def spoken_to_as(self, *, by_any: bool) -> frozenset[str]:
        if self.nationality and not by_any:
            return frozenset({self.nationality})
        return self.nationalities | ({self.nationality} if self.nationality else frozenset())


@dataclass(frozen=True, slots=True)
class Choice:
    """The rules that hold for a duty, and those that a more specific audience has replaced."""

    rules: tuple[Rule, ...]
    replaced: tuple[Rule, ...] = ()


NONE_SPEAKS = Choice(())


def is_valid_on(rule: Rule, day: date) -> bool:
    return (rule.valid_from is None or rule.valid_from <= day) and (rule.valid_until is None or day <= rule.valid_until)


def rank(rule: Rule, entrant: Entrant, groups: Mapping[str, frozenset[str]]) -> int | None:
    """Return how specifically the rule speaks to the nationality of this person; None if it does not."""
    wanted = rule.audience.nationality
    if wanted == "*":
        return EVERYBODY
    nationalities = entrant.spoken_to_as(by_any=rule.kind in RELIEVING_KINDS)
    if wanted in nationalities:
        return BY_NATIONALITY
    return BY_GROUP if groups.get(wanted, frozenset()) & nationalities else None


def speaks_to(rule: Rule, entrant: Entrant, event: date, *, leaving: bool = False) -> bool:
    """Say whether the rule speaks to this person whatever the nationality, at their age on the day of the event.

    leaving: for limits of a stay without a visa, from which a visa exempts.
    """
    return speaks_at_any_age(rule, entrant, leaving=leaving) and is_of_age(rule, entrant, event)


def speaks_at_any_age(rule: Rule, entrant: Entrant, *, leaving: bool = False) -> bool:
    """Say the same but for the age, so that it holds on every day."""
    audience = rule.audience
    if audience.document_kind and audience.document_kind != entrant.document_kind:
        return False
    if audience.purpose and audience.purpose != entrant.purpose:
        return False
    if audience.legal_basis or leaving or entrant.legal_basis == "permit":
        if audience.legal_basis != entrant.legal_basis:
            return False
    elif entrant.legal_basis not in _VISITORS:
        return False
    return True


def is_of_age(rule: Rule, entrant: Entrant, event: date) -> bool:
    """Say whether the rule speaks to somebody of their age on the day of the event."""
    audience = rule.audience
    if audience.age_from == 0 and audience.age_below > OLDEST:
        return True
    youngest, oldest = ages_on(entrant.birth, event)
    if rule.kind == Kind.TRAVEL_DOCUMENT and entrant.birth.latest is None:
        youngest = oldest = ADULT_AGE  # nobody is taken for a child whose age is not known
    if rule.kind in RELIEVING_KINDS:
        return audience.age_from <= youngest and oldest < audience.age_below
    return audience.age_from <= oldest and youngest < audience.age_below


def most_specific(rules: Iterable[Rule], entrant: Entrant, groups: Mapping[str, frozenset[str]]) -> Choice:
    """Return the most specific of these rules, which all speak to the person as far as all else goes."""
    ranked = [(how, rule) for rule in rules if (how := rank(rule, entrant, groups)) is not None]
    if len(ranked) < 2:
        return Choice((ranked[0][1],)) if ranked else NONE_SPEAKS
    top = max([how for how, _ in ranked])
    return Choice(
        tuple([rule for how, rule in ranked if how == top]),
        tuple([rule for how, rule in ranked if how != top]),
    )


def ages_on(birth: DayRange, day: date) -> tuple[int, int]:
    """Return the youngest and the oldest age that somebody born within `birth` can have on `day`."""
    youngest = _age(birth.latest, day) if birth.latest else 0
    oldest = _age(birth.earliest, day) if birth.earliest else OLDEST
    return youngest, oldest


def _age(born: date, day: date) -> int:
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def least_reviewed(rules: Sequence[Rule]) -> ReviewStatus:
    """Return the weakest review status among these rules; `reviewed` for a date that no rule drives."""
    order = (ReviewStatus.NEEDS_REVIEW, ReviewStatus.PROVISIONAL)
    statuses = {rule.review_status for rule in rules}
    return next((status for status in order if status in statuses), ReviewStatus.REVIEWED)


# Parameters, read leniently: they were validated when the rule was published.


def day_of(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def period_of(parameters: Mapping[str, Any]) -> Period | None:
    """Return the period written into the parameters as days, months or years."""
    for unit in UNITS:
        count = parameters.get(unit)
        if count is not None:
            return Period(int(count), unit)
    return None
