"""The rules that an answer rests on: what each says, how sure it is, where it stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.residency import wording
from casework.residency.rules.kinds import LegalStatus, ReviewStatus
from casework.residency.rules.rulebook import Citation, Rule
from casework.residency.rules.selection import least_reviewed
from casework.web.deadlines.rules import audience_in_words, valid_in_words

from .words import UNUSUAL

Rules = Mapping[str, Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedRule:
    """One rule as a line: `status` is "" for law in force, `read_on` when its sources were last read."""

    rule: Rule
    says: str
    audience: str
    valid: str
    status: str
    url: str
    citations: Sequence[Citation]
    read_on: date | None

    @property
    def review(self) -> str:
        return self.rule.review_status.value

    @property
    def reviewed(self) -> str:
        return review_in_words(self.review)


@dataclass(frozen=True, slots=True)
class Sources:
    """The rules of one answer with the weakest of their reviews."""

    rules: Sequence[SourcedRule]
    review: str

    @property
    def count(self) -> int:
        return len(self.rules)

    @property
    def reviewed(self) -> str:
        return review_in_words(self.review)


def sources(rules: Rules, ids: Iterable[str]) -> Sources:
    """Return the rules with these ids, each once."""
    found = [rules[each] for each in dict.fromkeys(ids) if each in rules]
    review = least_reviewed(found) if found else ReviewStatus.REVIEWED
    return Sources([sourced(rule) for rule in found], review.value)


def sourced(rule: Rule) -> SourcedRule:
    return SourcedRule(
        rule=rule,
        says=wording.what_it_says(rule),
        audience=audience_in_words(rule.audience),
        valid=valid_in_words(rule.valid_from, rule.valid_until),
        status=status_of(rule.legal_status),
        url=reverse("rule", args=[rule.jurisdiction, int(rule.id)]),
        citations=rule.citations,
        read_on=rule.last_verified_on or max((each.read_on for each in rule.citations if each.read_on), default=None),
    )


def status_of(status: LegalStatus) -> str:
    """Return the state of the law where it is not simply in force."""
    return str(UNUSUAL.get(status.value, "")) if status != LegalStatus.IN_FORCE else ""


def review_in_words(review: str) -> str:
    words = {
        "reviewed": _("reviewed"),
        "provisional": _("not legally reviewed"),
        "needs_review": _("sources disagree, not legally reviewed"),
    }
    return words[review]
