"""The letter of a referral: exactly what is shared, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.clients.models import Client, Contact, Referral, Share
from casework.documents.models import Document
from casework.lib.dates import Birth
from casework.web.cases.header import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonShown:
    """What the letter says of one person; None or "" where it is not shared or not known."""

    reference: str
    name: str = ""
    birth: Birth | None = None
    contact: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    partner: str
    focal_point: str
    team: str
    code: str
    service: str
    on: date
    answer_by: date | None
    urgency: str
    people: Sequence[PersonShown]
    reason: str


def letter_of(referral: Referral, people: Sequence[Client], today: date) -> Letter:
    """Return what the letter of a referral says today. What is not shared is not even loaded."""
    shared = frozenset(referral.shared)
    contacts = _contacts(people) if Share.CONTACT in shared else {}
    papers = _papers(people) if Share.DOCUMENT in shared else {}
    return Letter(
        partner=referral.partner.name,
        focal_point=str(referral.partner.focal_point),
        team=referral.case.team.name,
        code=referral.case.code,
        service=str(referral.get_service_display()),
        on=today,
        answer_by=referral.answer_due_on,
        urgency=str(referral.get_urgency_display()),
        people=[
            PersonShown(
                reference=person.reference,
                name=person.full_name if Share.NAME in shared else "",
                birth=person.birth if Share.BIRTH in shared else None,
                contact=contacts.get(person.pk, ""),
                document=papers.get(person.pk, ""),
            )
            for person in people
        ],
        reason=str(referral.reason) if Share.NEEDS in shared else "",
    )


def _contacts(people: Sequence[Client]) -> dict[Any, str]:
    """Return the first safe way to reach each person; an unsafe one is given to nobody."""
    contacts: Any = Contact.objects.filter(client__in=people, is_safe=True)
    found: dict[Any, str] = {}
    for contact in contacts.in_use().safe_first():
        found.setdefault(contact.client_id, in_words(contact))
    return found


def _papers(people: Sequence[Client]) -> dict[Any, str]:
    """Return kind, country and number of the document of each person that is valid longest."""
    found: dict[Any, str] = {}
    papers = Document.objects.filter(client__in=people, state=Document.State.HELD)
    for paper in sorted(papers, key=lambda each: (each.valid_until or date.min, each.pk), reverse=True):
        found.setdefault(paper.client_id, f"{paper.get_kind_display()}, {paper.country} {paper.number}".strip())
    return found
