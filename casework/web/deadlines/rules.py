"""A rule as "Why this date?" shows it: what it says, to whom, since when, and where that stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.residency.because import nationality_name, says
from casework.residency.models import Rule as RuleRow
from casework.residency.rules import choices
from casework.residency.rules.kinds import ReviewStatus
from casework.residency.rules.rulebook import Audience, Citation, Rule
from casework.residency.verifying import verified_on_of
from casework.web.templatetags.components import in_words

OLDEST = 199


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule stands; `url` is "" unless it leads to a page of the web."""

    title: str
    url: str
    quote: str
    read_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCard:
    key: str
    says: str
    audience: str
    valid: str
    legal_status: str
    review: str
    reviewed: str
    last_verified_on: date | None
    note: str
    supporting: list[Source]
    contradicting: list[Source]
    url: str


def card_of(rule: Rule, verified_on: date | None) -> RuleCard:
    return RuleCard(
        key=rule.key,
        says=says(rule),
        audience=audience_in_words(rule.audience),
        valid=valid_in_words(rule.valid_from, rule.valid_until),
        legal_status=str(dict(RuleRow.LegalStatus.choices).get(rule.legal_status, rule.legal_status)),
        review=rule.review_status.value,
        reviewed=_reviewed(rule.review_status),
        last_verified_on=verified_on,
        note=rule.note,
        supporting=[_source(it) for it in rule.citations if it.supports],
        contradicting=[_source(it) for it in rule.citations if not it.supports],
        url=reverse("rule", args=[rule.jurisdiction, int(rule.id)]),
    )


def cards_of(rules: Iterable[Rule]) -> list[RuleCard]:
    rules = list(rules)
    verified = verified_on_of(int(rule.id) for rule in rules)
    return [card_of(rule, verified.get(int(rule.id))) for rule in rules]


def audience_in_words(audience: Audience) -> str:
    """Return to whom a rule speaks: "everybody", "Russia, 14 years and older, internal passport"."""
    parts = [nationality_name(audience.nationality)]
    if audience.age_from > 0 and audience.age_below > OLDEST:
        parts.append(_("%(age)s years and older") % {"age": audience.age_from})
    elif audience.age_from > 0:
        parts.append(
            _("from %(first)s to %(last)s years") % {"first": audience.age_from, "last": audience.age_below - 1}
        )
    elif audience.age_below <= OLDEST:
        parts.append(_("younger than %(age)s years") % {"age": audience.age_below})
    for value, labels in (
        (audience.document_kind, choices.DOCUMENT_KINDS),
        (audience.purpose, choices.PURPOSES),
        (audience.legal_basis, {"permit": _("with a permit"), "visa": _("with a visa")}),
    ):
        if value:
            parts.append(_(labels.get(value, value)))
    return ", ".join(parts)


def valid_in_words(first: date | None, last: date | None) -> str:
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": in_words(first), "last": in_words(last)}
    if first:
        return _("since %(first)s") % {"first": in_words(first)}
    return _("until %(last)s") % {"last": in_words(last)} if last else _("no first or last day is recorded")


def _source(citation: Citation) -> Source:
    is_of_the_web = citation.url.startswith(("https://", "http://"))
    return Source(
        title=citation.title,
        url=citation.url if is_of_the_web else "",
        quote=citation.quote,
        read_on=citation.read_on,
    )


def _reviewed(status: ReviewStatus) -> str:
    match status:
        case ReviewStatus.REVIEWED:
            return _("Reviewed.")
        case ReviewStatus.NEEDS_REVIEW:
            return _("The sources disagree. The earliest date is used until somebody with legal knowledge has decided.")
    return _("Taken from the reference data. Nobody with legal knowledge has reviewed it yet.")
