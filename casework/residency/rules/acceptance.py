"""With which documents one may enter: accepted, refused, from which age."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .facts import Document
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .rulebook import Rule
from .selection import ADULT_AGE, Entrant, ages_on, is_valid_on

NON_BIOMETRIC = "international_passport_non_biometric"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a kind of document does not serve: code of the sentence, and the rule."""

    code: str
    rule: Rule


def kind_in_rules(document: Document) -> str:
    """Return the kind of the document as rules name it: passports without a chip have a kind of their own."""
    if document.kind == "international_passport" and document.biometric is False:
        return NON_BIOMETRIC
    return document.kind


def document_rules(inquiry: Inquiry, country: str, entrant: Entrant, day: date) -> tuple[Rule, ...]:
    """Return the rules about documents that speak to this person who enters on `day`."""
    speaking = [
        rule
        for rule in inquiry.rules(country, Duty.ENTER)
        if rule.kind == Kind.TRAVEL_DOCUMENT and is_valid_on(rule, day)
    ]
    return inquiry.chosen(speaking, entrant, day).rules


def refusal(inquiry: Inquiry, rules: Iterable[Rule], document_kind: str, day: date) -> Refusal | None:
    """Return why somebody may not enter on such a document on `day`; None if no rule is in the way."""
    youngest = ages_on(inquiry.facts.birth, day)[0] if inquiry.facts.birth.latest else ADULT_AGE
    plain_kind = "international_passport" if document_kind == NON_BIOMETRIC else document_kind
    for rule in rules:
        given = rule.parameters
        if document_kind in (given.get("refused") or ()):
            return Refusal("document_refused", rule)
        accepted = given.get("accepted")
        if accepted and not {document_kind, plain_kind} & set(accepted):
            return Refusal("document_not_accepted", rule)
        if youngest < int((given.get("min_age") or {}).get(plain_kind, 0)):
            return Refusal("document_not_at_this_age", rule)
        needed = given.get("children_need")
        if needed and youngest < ADULT_AGE and plain_kind != needed:
            return Refusal("children_need_another_document", rule)
    return None
