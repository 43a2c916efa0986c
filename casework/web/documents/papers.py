"""The papers of the people of a case: what is on record, what pictures there are, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F
from django.utils.translation import gettext as _

from casework.clients.models import Client
from casework.documents.actions.scans import UNDO_WITHIN
from casework.documents.models import Document, Scan
from casework.residency.models import Deadline
from casework.web.cases.people import person_row
from casework.web.deadline_tag import DeadlineTag
from casework.web.deadlines.rows import rows_of, with_people
from casework.web.templatetags.numbers import masked

TRAVEL = frozenset(
    {
        Document.Kind.INTERNATIONAL_PASSPORT,
        Document.Kind.REFUGEE_TRAVEL_DOCUMENT,
        Document.Kind.STATELESS_TRAVEL_DOCUMENT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A document on record. `number` is whole only where it was asked for."""

    document: Any
    number: str
    is_masked: bool
    tag: DeadlineTag | None
    scans: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersOfPerson:
    client: Client
    papers: list[PaperRow]
    other_scans: list[Any]
    removed_scans: list[Any]
    missing: list[str]


def papers_of_people(
    people: Sequence[Client], today: date, now: datetime, *, shown: UUID | None = None
) -> list[PapersOfPerson]:
    """Return the papers of each person, in the order given, in three queries. `shown` names whose number is shown."""
    documents: dict[Any, list[Any]] = {}
    rows: Any = Document.objects
    for document in rows.filter(client__in=people).with_custody().newest_first():
        documents.setdefault(document.client_id, []).append(document)
    scans: dict[Any, list[Any]] = {}
    of_people: Any = Scan.objects
    for scan in of_people.filter(client__in=people).annotate(page_count=Count("pages")).newest_first():
        if scan.removed_at is None or scan.removed_at > now - UNDO_WITHIN:
            scans.setdefault(scan.client_id, []).append(scan)
    tags = _tags(people, now)
    return [
        _of_person(client, documents.get(client.pk, []), scans.get(client.pk, []), tags, today, shown)
        for client in people
    ]


def _of_person(
    client: Client,
    documents: list[Any],
    scans: list[Any],
    tags: dict[UUID, DeadlineTag],
    today: date,
    shown: UUID | None,
) -> PapersOfPerson:
    kept = [scan for scan in scans if scan.removed_at is None]
    return PapersOfPerson(
        client=client,
        papers=[
            PaperRow(
                document=document,
                number=document.number if document.pk == shown else masked(document.number),
                is_masked=bool(document.number) and document.pk != shown,
                tag=tags.get(document.pk),
                scans=[scan for scan in kept if scan.document_id == document.pk],
            )
            for document in documents
        ],
        other_scans=[scan for scan in kept if scan.document_id is None],
        removed_scans=[scan for scan in scans if scan.removed_at is not None],
        missing=missing_papers(documents, is_child=person_row(client, today).is_child, today=today),
    )


def missing_papers(documents: Sequence[Any], *, is_child: bool, today: date) -> list[str]:
    """Return in words what somebody should have and does not hold."""
    held = [each for each in documents if each.state == Document.State.HELD]
    missing = []
    travel = [each for each in held if each.kind in TRAVEL]
    if not travel:
        missing.append(_("No travel document is on record."))
    elif all(each.valid_until and each.valid_until < today for each in travel):
        missing.append(_("No travel document is valid any more."))
    if is_child and not any(each.kind == Document.Kind.BIRTH_CERTIFICATE for each in held):
        missing.append(_("No birth certificate of this child is on record."))
    return missing


def _tags(people: Sequence[Client], now: datetime) -> dict[UUID, DeadlineTag]:
    """Return what is due next about each document. One that is optional asks for nothing once it has passed."""
    rows: Any = Deadline.objects
    due = with_people(rows.open().filter(client__in=people, subject_kind="document"), now)
    tags: dict[UUID, DeadlineTag] = {}
    for row in rows_of(due.exclude(optional=True, drives_on__lt=F("today")).soonest_first()):
        tags.setdefault(row.deadline.subject_id, row.tag)
    return tags
