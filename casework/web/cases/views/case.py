"""The page of a case: everything about it in one place."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Address, Case, Client, Contact, Note
from casework.lib.dates import today_in
from casework.residency.actions import ensure_fresh
from casework.residency.rulebook import load_book, rules_version
from casework.residency.rules.areas import ClosedArea
from casework.residency.rules.rulebook import RuleBook
from casework.web.access.emergencies import emergencies_of
from casework.web.appointments.rows import rows_of_case
from casework.web.deadlines.panel import deadlines_of_case
from casework.web.decorators import requires
from casework.web.drafts.of_form import FormDraft
from casework.web.duplicates.rows import suspicions_of, with_pairs
from casework.web.facts.panel import papers_of
from casework.web.log.notes import note_rows, with_people
from casework.web.log.quick import quick_notes
from casework.web.onward.housing import closed_areas_in
from casework.web.request import UserRequest
from casework.web.safety.hours import when_safe, zone_of
from casework.web.todos.forms import QuickToDoForm
from casework.web.todos.rows import to_dos_of_case

from ..forms.notes import NoteForm
from ..header import are_children_alone, header_of
from ..loading import visible_case
from ..next_deadline import first_of
from ..people import person_row, place_in_family, today_of_case
from ..seen import SEEN, seen_by

NOTES_SHOWN = 20
LANGUAGES = dict(settings.CLIENT_LANGUAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """An address and everybody of the case who lives or lived there on the same days."""

    address: Address
    people: list[Client]
    is_past: bool
    closed_areas: list[ClosedArea]


@requires(Permission.CASE_VIEW)
@require_safe
def case(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    version = rules_version()
    ensure_fresh(Client.objects.filter(case=case).values("pk"), now, by=request.user, version=version)
    people = people_of(case, shown_to=(request.user, now))
    today = today_of_case(case, people[0] if people else None, now)
    contacts, deadlines = contacts_of(people, now), deadlines_of_case(people, now, version)
    addresses = addresses_of(people, today, load_book(version=version), now)
    found_notes, has_more_notes = _notes(case, show_all="all_notes" in request.GET)
    notes = note_rows(found_notes, people, may_change=case.may_change, by=request.user, now=now)
    context = {
        "case": case,
        "header": header_of(
            case,
            people[0] if people else None,
            _of_principal(contacts, people),
            first_of(deadlines),
            here="case",
            town=_town(addresses, people),
            offer=case.offer,
            children_alone=are_children_alone(people, today),
        ),
        "deadlines": deadlines,
        "here": request.path,
        "people": [person_row(client, today) for client in people],
        "papers": papers_of(people),
        "contacts": contacts,
        "addresses": addresses,
        "notes": notes,
        "has_more_notes": has_more_notes,
        "note_form": NoteForm(people=people, today=today_in(case.team.time_zone, now)),
        "quick": quick_notes(),
        "appointments": rows_of_case(case.planned, people, now),
        "to_dos": to_dos_of_case(case, request.user, now),
        "to_do_form": QuickToDoForm(auto_id="to-do-%s"),
        "pairs": suspicions_of(people),
        "draft": draft_of_note(request, case, now) if case.may_change else None,
        "seen": seen_by(case),
        "emergencies": emergencies_of(case, request.user, now),
        "review_is_due": case.review_on is not None and case.review_on <= today,
        "answer_is_overdue": case.answer_due_on is not None and case.answer_due_on < today,
        "may_change": case.may_change,
    }
    record(SEEN, subject=case, case_id=case.pk, by=request.user, now=now)
    return render(request, "cases/case.html", context)


def people_of(case: Case, *, shown_to: tuple[User, datetime] | None = None) -> list[Client]:
    """Return the people of a case: the principal applicant, then by relation, the oldest before younger ones.

    `shown_to`: load with each whom they look like, of those whom this user may see now.
    """
    clients = Client.objects.select_related("data_key", "computed_position").defer("search_form").filter(case=case)
    people = sorted(with_pairs(clients, *shown_to) if shown_to else clients, key=place_in_family)
    for client in people:
        client.case = case
    return people


def contacts_of(people: list[Client], now: datetime) -> list[Contact]:
    """Return the ways to reach these people, those of the principal first, safe ones before others; each says when it is safe."""
    contacts: Any = Contact.objects
    found = _in_order_of(people, contacts.filter(client__in=people).safe_first())
    for each in found:
        each.language_name = LANGUAGES.get(each.language, each.language)
        each.when_safe = when_safe(each, zone_of(each.client), now)
    return found


def addresses_of(people: list[Client], today: date, book: RuleBook, now: datetime) -> list[AddressRow]:
    """Return where these people live and lived, the newest first; who lives together stands in one row.

    Closed areas that an address names are found by the rules of `book`.
    """
    addresses: Any = Address.objects
    together: dict[tuple[Any, ...], list[Address]] = {}
    for address in _in_order_of(people, addresses.filter(client__in=people).newest_first()):
        together.setdefault(_place_and_time(address), []).append(address)
    return [
        AddressRow(
            address=rows[0],
            people=[row.client for row in rows],
            is_past=rows[0].until is not None and rows[0].until <= today,
            closed_areas=closed_areas_in(rows[0], book, today, now),
        )
        for rows in together.values()
    ]


def _place_and_time(address: Address) -> tuple[Any, ...]:
    return (
        address.country,
        address.city,
        address.line,
        address.since,
        address.until,
        address.registration_possible,
        address.area_closed,
    )


def _in_order_of(people: list[Client], rows: Any) -> list[Any]:
    """Return rows grouped by person, each with the person that has been loaded already."""
    place = {client.pk: number for number, client in enumerate(people)}
    found = sorted(rows, key=lambda row: place[row.client_id])
    for row in found:
        row.client = people[place[row.client_id]]
    return found


def _of_principal(contacts: list[Contact], people: list[Client]) -> list[Contact]:
    return [each for each in contacts if each.ended_at is None and each.client_id == people[0].pk]


def _town(addresses: list[AddressRow], people: list[Client]) -> str:
    """Return where the principal applicant lives now."""
    living = (row for row in addresses if people and people[0] in row.people and not row.is_past)
    return next((str(row.address.city) for row in living), "")


def draft_of_note(request: UserRequest, case: Any, now: datetime) -> FormDraft:
    return FormDraft(request, "write_note", case, now, asked=True, saved_at=case.draft_saved_at)


def _notes(case: Case, *, show_all: bool) -> tuple[list[Note], bool]:
    """Return the notes to show, pinned ones first, and whether there are more."""
    notes: Any = with_people(Note.objects.filter(case=case))
    found = list(notes.pinned_first()[: None if show_all else NOTES_SHOWN + 1])
    for note in found:
        if note.data_key_id == case.data_key_id:  # those of a case that was joined into this one have another
            note.data_key = case.data_key
    has_more = not show_all and len(found) > NOTES_SHOWN
    return found[:NOTES_SHOWN] if has_more else found, has_more
