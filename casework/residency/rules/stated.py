"""What is recorded besides dates: the statements of a country that speak to a person, law, practice and plans alike.

For one kind of statement the most specific audience wins, as for duties. What is only planned never replaces law.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .inquiry import Inquiry
from .kinds import STATING_KINDS, Duty, Kind, LegalStatus, ReviewStatus
from .presence import Sojourn
from .rulebook import Rule
from .schemas import DUTIES_OF_KIND
from .selection import Entrant, is_valid_on
from .zones import zones_of

# Asked for besides what the stay is for: whoever goes to another country asks about work there.
ALWAYS_ASKED = ("", "work")

# What a permit does away with; all else is of interest to its holder as well.
_OF_VISITORS = frozenset({Duty.REGISTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One rule that states a fact, with how far it is law and how far somebody stands behind it.

    purpose: the statement holds only for who comes for it, "" for everybody.
    """

    rule_id: str
    kind: Kind
    duty: Duty
    jurisdiction: str
    legal_status: LegalStatus
    review: ReviewStatus
    purpose: str = ""


def stated(inquiry: Inquiry, country: str, entrant: Entrant, on: date, kinds: Collection[Kind]) -> tuple[Stated, ...]:
    """Return what is stated for this person on `on` in a country and its zones, the country first."""
    found: dict[str, Stated] = {}
    duties = list(dict.fromkeys(duty for kind in Kind if kind in kinds for duty in DUTIES_OF_KIND[kind]))
    for place in places(inquiry, country, on):
        for duty in duties:
            for rules in (inquiry.statements(place, duty), inquiry.plans(place, duty)):
                for rule in _chosen(inquiry, rules, entrant, on, kinds):
                    found.setdefault(rule.id, of_rule(rule))
    return tuple(found.values())


def stated_where_they_are(inquiry: Inquiry, current: Sojourn) -> tuple[Stated, ...]:
    """Return everything that is stated for this person in the country of their stay, in the order of duties."""
    country = current.stay.country
    entrant = inquiry.entrant(current.stay, basis_of(current))
    found = stated(inquiry, country, entrant, inquiry.on, STATING_KINDS)
    order = list(Duty)
    return tuple(sorted(found, key=lambda each: order.index(each.duty)))


def basis_of(sojourn: Sojourn) -> str:
    """Return what the stay rests on as audiences name it: "" for stays without a visa or permit."""
    basis = sojourn.stay.legal_basis
    return basis if basis in ("permit", "visa") else ""


def of_rule(rule: Rule) -> Stated:
    return Stated(
        rule_id=rule.id,
        kind=rule.kind,
        duty=rule.duty,
        jurisdiction=rule.jurisdiction,
        legal_status=rule.legal_status,
        review=rule.review_status,
        purpose=rule.audience.purpose,
    )


def places(inquiry: Inquiry, country: str, on: date) -> list[str]:
    """Return the country and the zones that it belongs to on that day."""
    day = on.toordinal()
    zones = zones_of(inquiry, country)
    return [country, *(zone for zone, spans in zones.items() if any(first <= day <= last for first, last in spans))]


def _chosen(
    inquiry: Inquiry, rules: Iterable[Rule], entrant: Entrant, on: date, kinds: Collection[Kind]
) -> Iterable[Rule]:
    by_kind: dict[Kind, list[Rule]] = {}
    for rule in rules:
        if rule.kind in kinds and is_valid_on(rule, on):
            by_kind.setdefault(rule.kind, []).append(rule)
    for kind, valid in by_kind.items():
        for one in _seen_as(inquiry, entrant, valid[0].duty, kind):
            yield from inquiry.chosen(valid, one, on).rules


def _seen_as(inquiry: Inquiry, entrant: Entrant, duty: Duty, kind: Kind) -> Sequence[Entrant]:
    """Return the person as the audiences of such statements see them: for every purpose that is asked about.

    Risk follows the person, whatever passport they travel on.
    """
    seen = inquiry.holder(entrant.legal_basis) if kind == Kind.RETURN_RISK else entrant
    bases = dict.fromkeys([entrant.legal_basis] if duty in _OF_VISITORS else [entrant.legal_basis, ""])
    purposes = dict.fromkeys([entrant.purpose, *ALWAYS_ASKED])
    kinds_of_document = dict.fromkeys([entrant.document_kind, *(each.kind for each in inquiry.facts.documents)])
    return [
        replace(seen, legal_basis=basis, purpose=purpose, document_kind=document_kind)
        for basis in bases
        for purpose in purposes
        for document_kind in kinds_of_document
    ]
