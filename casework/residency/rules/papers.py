"""With which of their papers somebody may enter a country on a day, and why not with the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .acceptance import document_rules, kind_in_rules, refusal
from .duties import document_needed_until
from .facts import Document
from .inquiry import DOCUMENTS_OF_NO_NATIONALITY, Inquiry
from .keep import TRAVEL_DOCUMENTS
from .kinds import Duty, Kind, ReviewStatus
from .rulebook import Rule
from .selection import Entrant, is_valid_on, least_reviewed, period_of

# Verdicts: what the rules say of a paper that is in hand and valid.
ACCEPTED = "paper_accepted"
NOT_REFUSED = "paper_not_refused"
NOT_RECORDED = "paper_no_rule"

SERVES = frozenset({ACCEPTED, NOT_REFUSED, NOT_RECORDED})

# These do not serve in any country, whatever its rules.
NOWHERE = frozenset({"paper_lost", "paper_expired", "paper_retained", "paper_revoked", "paper_expired_by_then"})

# Travel documents everywhere, unless a rule says otherwise; an internal passport only where a rule accepts it.
_FOR_ABROAD = frozenset(
    {
        "international_passport",
        "international_passport_non_biometric",
        "refugee_travel_document",
        "stateless_travel_document",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document and what is recorded of it for one country on one day.

    verdict: code of the sentence; needed_on: the day until which it would have to be valid, where that is the reason.
    nationality: that of whoever travels on it, "" where the paper gives none.
    """

    id: str
    kind: str
    country: str
    nationality: str
    valid_until: date | None
    verdict: str
    needed_on: date | None = None
    rule_ids: tuple[str, ...] = ()
    review: ReviewStatus = ReviewStatus.REVIEWED

    @property
    def serves(self) -> bool:
        """Whether nothing on record stands in the way of this paper."""
        return self.verdict in SERVES

    @property
    def is_accepted(self) -> bool:
        return self.verdict == ACCEPTED

    @property
    def is_for_abroad(self) -> bool:
        return self.kind in _FOR_ABROAD


def papers(inquiry: Inquiry, country: str, on: date) -> tuple[Paper, ...]:
    """Return every travel document on record and every other one that rules of the country speak of."""
    found = []
    for document in inquiry.facts.documents:
        rules = _rules(inquiry, country, document, on)
        if document.kind in TRAVEL_DOCUMENTS or _speaks_of(rules, kind_in_rules(document)):
            found.append(_paper(inquiry, country, document, rules, on))
    return tuple(found)


def nationality_of(document: Document) -> str:
    return "" if document.kind in DOCUMENTS_OF_NO_NATIONALITY else document.country


def entrant_on(inquiry: Inquiry, document: Document) -> Entrant:
    """Return the person as somebody who shows this document."""
    return Entrant(
        nationality=nationality_of(document),
        nationalities=frozenset(inquiry.facts.nationalities),
        birth=inquiry.facts.birth,
        document_kind=document.kind,
    )


def _rules(inquiry: Inquiry, country: str, document: Document, on: date) -> tuple[Rule, ...]:
    return document_rules(inquiry, country, entrant_on(inquiry, document), on)


def _speaks_of(rules: Sequence[Rule], kind: str) -> bool:
    return any(kind in (rule.parameters.get(name) or ()) for rule in rules for name in ("accepted", "refused"))


def _paper(inquiry: Inquiry, country: str, document: Document, rules: Sequence[Rule], on: date) -> Paper:
    kind = kind_in_rules(document)
    verdict, needed_on, used = _verdict(inquiry, country, document, kind, rules, on)
    return Paper(
        id=document.id,
        kind=kind,
        country=document.country,
        nationality=nationality_of(document),
        valid_until=document.valid_until,
        verdict=verdict,
        needed_on=needed_on,
        rule_ids=tuple(rule.id for rule in used),
        review=least_reviewed(used),
    )


def _verdict(
    inquiry: Inquiry, country: str, document: Document, kind: str, rules: Sequence[Rule], on: date
) -> tuple[str, date | None, Sequence[Rule]]:
    if document.state != "held":
        return f"paper_{document.state}", None, ()
    if document.valid_until is not None and document.valid_until < on:
        return "paper_expired_by_then", None, ()
    refused = refusal(inquiry, rules, kind, on)
    if refused is not None:
        return refused.code, None, [refused.rule]
    for rule in _validity_rules(inquiry, country, document, on):
        period = period_of(rule.parameters)
        month_end = rule.parameters.get("month_end")
        needed = document_needed_until(on, period, month_end=month_end) if period else on
        if document.valid_until is not None and document.valid_until < needed:
            return "paper_expires_too_soon", needed, [rule]
    plain = "international_passport" if kind == "international_passport_non_biometric" else kind
    accepting = [rule for rule in rules if {kind, plain} & set(rule.parameters.get("accepted") or ())]
    if accepting:
        return ACCEPTED, None, accepting
    return (NOT_REFUSED, None, rules) if rules else (NOT_RECORDED, None, ())


def _validity_rules(inquiry: Inquiry, country: str, document: Document, on: date) -> Sequence[Rule]:
    speaking = [
        rule
        for rule in inquiry.rules(country, Duty.KEEP_DOCUMENT)
        if rule.kind == Kind.DOCUMENT_VALIDITY
        and rule.parameters.get("beyond") == "entry"
        and document.kind in (rule.parameters.get("document_kinds") or ())
        and is_valid_on(rule, on)
    ]
    return inquiry.chosen(speaking, entrant_on(inquiry, document), on).rules
