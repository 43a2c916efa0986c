"""Documents that must stay valid: for the stay, for so long beyond it, or to apply for something."""

from collections.abc import Sequence
from datetime import date, timedelta

from casework.lib.periods import Period

from . import steps
from .duties import Due, document_serves_until
from .facts import Document
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .position import Deadline, Step, Subject, SubjectKind
from .presence import Sojourn
from .rulebook import Rule
from .selection import is_valid_on, least_reviewed, period_of
from .versions import boundaries_after

# On these people cross borders and prove who they are.
TRAVEL_DOCUMENTS = frozenset(
    {
        "international_passport",
        "internal_passport",
        "identity_card",
        "refugee_travel_document",
        "stateless_travel_document",
    }
)

# What proves a right to stay runs out by itself, whatever the stay.
PROOFS_OF_STATUS = frozenset({"residence_card", "asylum_certificate", "refugee_certificate"})

# Of two deadlines about one document this one only matters to those who apply for something.
FOR_APPLYING = 2


def documents_to_keep(inquiry: Inquiry, current: Sojourn | None, stay_ends: date | None) -> list[Deadline]:
    """Return the deadlines of documents that end too early.

    stay_ends: the last lawful day of the current stay; None if it is not known or nothing limits it.
    """
    country = current.stay.country if current else ""
    rules = _rules(inquiry, current) if current else []
    found = []
    for document in _held(inquiry.facts.documents):
        assert document.valid_until is not None  # noqa: S101 - only those with an end are looked at
        about = [rule for rule in rules if document.kind in (rule.parameters.get("document_kinds") or ())]
        deadline = _for_the_stay(inquiry, document, document.valid_until, country, about, stay_ends)
        found += [deadline] if deadline else []
        found += [
            _for_applying(inquiry, document, document.valid_until, country, rule)
            for rule in about
            if rule.parameters.get("beyond") == "application"
        ]
    return found + [_by_itself(inquiry, document) for document in _proofs(inquiry)]


def _rules(inquiry: Inquiry, current: Sojourn) -> list[Rule]:
    speaking = [
        rule
        for rule in inquiry.rules(current.stay.country, Duty.KEEP_DOCUMENT)
        if rule.kind == Kind.DOCUMENT_VALIDITY and is_valid_on(rule, inquiry.on)
    ]
    return list(inquiry.chosen(speaking, inquiry.entrant(current.stay), inquiry.on).rules)


def _proofs(inquiry: Inquiry) -> list[Document]:
    """Return what proves a status and has an end; where a permit of that country lasts as long, the permit says by when.

    One that was over before, such as the visa on which somebody came, says nothing of it.
    """
    ends = [(permit.country, permit.printed_until) for permit in inquiry.facts.permits if permit.printed_until]
    return [
        each
        for each in _held(inquiry.facts.documents, PROOFS_OF_STATUS)
        if each.valid_until
        and not any(country == each.country and until >= each.valid_until for country, until in ends)
    ]


def _held(documents: Sequence[Document], kinds: frozenset[str] = TRAVEL_DOCUMENTS) -> list[Document]:
    """Return the documents in hand that have an end, without those that a newer one has replaced."""
    held = [document for document in documents if document.state == "held" and document.kind in kinds]
    return [
        document
        for document in held
        if document.valid_until is not None
        and not any(
            other is not document
            and (other.kind, other.country) == (document.kind, document.country)
            and (other.valid_until is None or other.valid_until > document.valid_until)
            for other in held
        )
    ]


def _for_the_stay(
    inquiry: Inquiry,
    document: Document,
    valid_until: date,
    country: str,
    rules: Sequence[Rule],
    stay_ends: date | None,
) -> Deadline | None:
    """Return the day by which the document must be renewed for the stay to be lawful to its end."""
    beyond = [
        (kept_until, rule)
        for rule in rules
        if rule.parameters.get("beyond") == "stay" and (kept_until := _kept_until(valid_until, rule))
        if stay_ends is None or kept_until.on < stay_ends
    ]
    plain = stay_ends is None or valid_until < stay_ends
    if not plain and not beyond:
        return None
    subject = Subject(kind=SubjectKind.DOCUMENT, id=document.id)
    because = [_expires(document, valid_until, subject)]
    due, used = Due(valid_until), sorted(beyond, key=lambda pair: pair[0].on)
    if used:
        due = used[0][0]
        because += [steps.stated(rule) for _, rule in used]
    if stay_ends is not None:
        because.append(Step(code="stay_may_last", values={"last_on": stay_ends.isoformat()}))
    return _deadline(inquiry, subject, country or document.country, due, [rule for _, rule in used], because)


def _by_itself(inquiry: Inquiry, document: Document) -> Deadline:
    """Return the day by which a proof of status must be renewed: the last on which it is valid."""
    assert document.valid_until is not None  # noqa: S101 - only those with an end are looked at
    subject = Subject(kind=SubjectKind.DOCUMENT, id=document.id)
    because = [_expires(document, document.valid_until, subject)]
    return _deadline(inquiry, subject, document.country, Due(document.valid_until), [], because)


def _for_applying(inquiry: Inquiry, document: Document, valid_until: date, country: str, rule: Rule) -> Deadline:
    subject = Subject(kind=SubjectKind.DOCUMENT, id=document.id)
    due = _kept_until(valid_until, rule) or Due(valid_until)
    because = [_expires(document, valid_until, subject), steps.stated(rule)]
    return _deadline(inquiry, subject, country, due, [rule], because, occurrence=FOR_APPLYING)


def _kept_until(valid_until: date, rule: Rule) -> Due | None:
    period: Period | None = period_of(rule.parameters)
    if period is None:
        return None
    return document_serves_until(valid_until, period, month_end=rule.parameters.get("month_end"))


def _expires(document: Document, valid_until: date, subject: Subject) -> Step:
    values = {"document_kind": document.kind, "until_on": valid_until.isoformat()}
    return Step(code="document_expires", values=values, subject=subject)


def _deadline(
    inquiry: Inquiry,
    subject: Subject,
    country: str,
    due: Due,
    rules: Sequence[Rule],
    because: Sequence[Step],
    occurrence: int = 1,
) -> Deadline:
    ahead = [due.on + timedelta(days=1)] if due.on >= inquiry.on else []
    explained = [*because, Step(code="due", values={"due_on": due.on.isoformat()})]
    if due.alternative is not None:
        values = {"alternative_on": due.alternative.isoformat()}
        explained.append(Step(code="alternative_by_month_end", values=values))
    return Deadline(
        duty=Duty.KEEP_DOCUMENT,
        subject=subject,
        occurrence=occurrence,
        country=country,
        due_on=due.on,
        alternative_on=due.alternative,
        optional=occurrence == FOR_APPLYING,
        rule_ids=tuple(rule.id for rule in rules),
        review=least_reviewed(rules),
        because=(*explained, *steps.reviewed(rules)),
        recheck_on=min([*ahead, *boundaries_after(rules, inquiry.on)], default=None),
    )
