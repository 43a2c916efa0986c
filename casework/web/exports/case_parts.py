"""The parts of a case that can be taken along. A new part is a function here and a line in PARTS."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.clients.models import Address, Contact, Note
from casework.reports.table import Column, Kind, Table
from casework.residency.because import lines
from casework.residency.models import Deadline
from casework.web.cases.forms.intake import in_short
from casework.web.cases.people import person_row
from casework.web.deadlines.rows import rows_of, with_people
from casework.web.facts.panel import PapersOfClient, papers_of
from casework.web.templatetags.countries import country
from casework.web.templatetags.days import birth, bounded_day

from .case_part import Part, Taken, day_column, text_column, who_column
from .case_work_parts import WORK_PARTS
from .words import about_row, days_left, joined


def tables_of(keys: Sequence[str], taken: Taken) -> list[Table]:
    """Return the parts that are asked for, in their order."""
    return [part.table(taken) for part in PARTS if part.key in keys]


def _people_columns() -> list[Column]:
    return [
        who_column(),
        text_column("name", _("Name"), 30),
        text_column("relation", _("Relation")),
        text_column("born", _("Born"), 14),
        text_column("age", _("Age"), 6),
        text_column("sex", _("Sex"), 9),
        text_column("nationality", _("Nationality")),
    ]


def _people(taken: Taken) -> Iterable[Sequence[Any]]:
    for client in taken.people:
        row = person_row(client, taken.today)
        born = birth(client.birth) if taken.in_full else ""
        yield (
            client.reference,
            taken.name(client),
            client.get_relation_display(),
            born,
            row.age,
            client.get_sex_display(),
            row.nationalities,
        )


def _deadline_columns() -> list[Column]:
    return [
        who_column(),
        day_column("due_on", _("Due on")),
        Column(key="days_left", label=_("Days left"), kind=Kind.NUMBER, width=8),
        text_column("duty", _("Duty"), 22),
        text_column("country", _("Country"), 14),
        text_column("about_date", _("To know about the date"), 26),
        text_column("why", _("Why this date?"), 50),
    ]


def _deadlines(taken: Taken) -> Iterable[Sequence[Any]]:
    found: Any = Deadline.objects
    rows = with_people(found.open().filter(client__in=taken.people).soonest_first(), taken.now)
    for row in rows_of(rows.defer("client__search_form")):
        if row.is_lapsed:
            continue  # a choice that nobody made in time asks for nothing any more
        it = row.deadline
        why = " ".join(line.sentence for line in lines(it.because))
        place = country(it.country) if it.country else ""
        yield (it.client.reference, it.drives_on, days_left(row.tag), row.duty, place, joined(about_row(row)), why)


def _papers(taken: Taken, kind: str) -> Iterable[tuple[str, Any]]:
    for papers in papers_of(taken.people):
        of_person: PapersOfClient = papers
        for row in getattr(of_person, kind):
            yield of_person.client.reference, row


def _stay_columns() -> list[Column]:
    return [
        who_column(),
        text_column("country", _("Country")),
        text_column("entered", _("Entered"), 20),
        text_column("left", _("Left"), 20),
        text_column("basis", _("Legal basis")),
        text_column("purpose", _("Purpose"), 14),
    ]


def _stays(taken: Taken) -> Iterable[Sequence[Any]]:
    for who, stay in _papers(taken, "stays"):
        left = bounded_day(stay.left) if stay.has_left else _("planned") if stay.planned else _("has not left")
        yield (
            who,
            country(stay.country),
            bounded_day(stay.entered),
            left,
            stay.get_legal_basis_display(),
            stay.get_purpose_display() if stay.purpose else "",
        )


def _document_columns() -> list[Column]:
    return [
        who_column(),
        text_column("kind", _("Kind"), 24),
        text_column("country", _("Issued by")),
        text_column("number", _("Number")),
        day_column("issued_on", _("Issued on")),
        day_column("valid_until", _("Valid until")),
        text_column("state", _("State"), 14),
    ]


def _documents(taken: Taken) -> Iterable[Sequence[Any]]:
    for who, it in _papers(taken, "documents"):
        number = taken.number(str(it.number))
        place = country(it.country)
        yield who, it.get_kind_display(), place, number, it.issued_on, it.valid_until, it.get_state_display()


def _paper_columns() -> list[Column]:
    return [
        who_column(),
        text_column("what", _("What"), 14),
        text_column("kind", _("Kind"), 26),
        text_column("country", _("Country")),
        day_column("since", _("Since")),
        day_column("until", _("Until")),
        text_column("state", _("State"), 14),
    ]


def _other_papers(taken: Taken) -> Iterable[Sequence[Any]]:
    for papers in papers_of(taken.people):
        who = papers.client.reference
        for permit in papers.permits:
            place = country(permit.country)
            yield who, _("permit"), permit.get_kind_display(), place, permit.valid_from, permit.printed_until, ""
        for it in papers.registrations:
            place = country(it.country)
            yield who, _("registration"), it.get_kind_display(), place, it.registered_on, it.valid_until, ""
        for asked in papers.applications:
            state, place = asked.get_state_display(), country(asked.country)
            yield who, _("application"), asked.get_kind_display(), place, asked.filed_on, asked.decided_on, state


def _contact_columns() -> list[Column]:
    return [
        who_column(),
        text_column("channel", _("Way")),
        text_column("value", _("Number or address"), 24),
        text_column("safe", _("Safe?"), 10),
        text_column("instructions", _("To know"), 36),
    ]


def _contacts(taken: Taken) -> Iterable[Sequence[Any]]:
    found: Any = Contact.objects
    references = {client.pk: client.reference for client in taken.people}
    for it in found.filter(client__in=taken.people).in_use().safe_first():
        safe = _("safe") if it.is_safe else _("not safe")
        yield references[it.client_id], it.get_channel_display(), it.value, safe, it.instructions


def _address_columns() -> list[Column]:
    return [
        who_column(),
        text_column("country", _("Country")),
        text_column("city", _("Town or district"), 20),
        text_column("line", _("Street, house, flat"), 30),
        day_column("since", _("Since")),
        day_column("until", _("Until")),
    ]


def _addresses(taken: Taken) -> Iterable[Sequence[Any]]:
    found: Any = Address.objects
    references = {client.pk: client.reference for client in taken.people}
    for it in found.filter(client__in=taken.people).newest_first():
        yield references[it.client_id], country(it.country), it.city, it.line, it.since, it.until


def _note_columns() -> list[Column]:
    return [
        Column(key="written_at", label=_("Written"), kind=Kind.INSTANT, width=18),
        text_column("kind", _("Kind")),
        text_column("pinned", _("Pinned"), 8),
        text_column("by", _("By"), 18),
        text_column("text", _("Note"), 60),
    ]


def _notes(taken: Taken) -> Iterable[Sequence[Any]]:
    found: Any = Note.objects
    rows = found.filter(case=taken.case).select_related("data_key", "written_by__data_key").pinned_first()
    for it in rows:
        pinned = _("yes") if it.pinned else ""
        kind = f"{it.get_kind_display()}, " + _("struck") if it.is_struck else it.get_kind_display()
        yield it.written_at, kind, pinned, in_short(it.written_by), it.text


PARTS = (
    Part(key="people", label=gettext_lazy("People"), columns=_people_columns, rows=_people),
    Part(key="deadlines", label=gettext_lazy("Deadlines"), columns=_deadline_columns, rows=_deadlines),
    Part(key="stays", label=gettext_lazy("Stays"), columns=_stay_columns, rows=_stays),
    Part(key="documents", label=gettext_lazy("Documents"), columns=_document_columns, rows=_documents),
    Part(
        key="papers",
        label=gettext_lazy("Permits, registrations, applications"),
        columns=_paper_columns,
        rows=_other_papers,
    ),
    Part(
        key="contacts",
        label=gettext_lazy("How to reach them"),
        columns=_contact_columns,
        rows=_contacts,
        is_sensitive=True,
    ),
    Part(
        key="addresses", label=gettext_lazy("Addresses"), columns=_address_columns, rows=_addresses, is_sensitive=True
    ),
    Part(key="notes", label=gettext_lazy("Notes"), columns=_note_columns, rows=_notes, is_sensitive=True),
    *WORK_PARTS,
)
