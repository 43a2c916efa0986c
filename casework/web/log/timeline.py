"""Everything that happened in a case, in words: from the audit events about it, with the notes where they were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Case, Client, Note
from casework.web.audit.wording import sentence

from .kinds import NEEDS, WRITTEN, kind_of, of_kind
from .notes import NoteRow, note_rows, with_people

NOTE_EVENTS = "clients.note_"
NEVER_CONTACT = "clients.never_contact_"
# The names under which events hold the id of a colleague whom they concern.
COLLEAGUES = ("caseworker", "owner", "to_worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. `about` names people and what was changed, never values; `note` is shown in full."""

    at: datetime
    who: str
    what: str
    about: str = ""
    url: str = ""
    note: NoteRow | None = None
    is_taken_back: bool = False


def events_of(case: Any, kind: str) -> QuerySet[Event]:
    """Return what happened in a case (as `visible_case` loads it) and, before they were joined into it, in others."""
    if case.joined_here:
        return Event.objects.filter(of_kind(kind), case_id__in=[case.pk, *case.joined_here])
    return Event.objects.about_case(case.pk).filter(of_kind(kind))


def entries(
    events: Sequence[Event], case: Case, people: Sequence[Client], *, may_change: bool, by: User, now: datetime
) -> list[Entry]:
    """Return these events of a case in words, in two queries. `people` are those of the case."""
    found = notes_in(events, case)
    notes = {row.note.pk: row for row in note_rows(found, people, may_change=may_change, by=by, now=now)}
    names = _names_of_colleagues(events)
    known = {str(each.pk): each for each in people}
    # What happened to somebody under a second name, before a merge, happened to them.
    merged = getattr(case, "merged_here", ())
    known |= {row["gone"]: known[row["into"]] for row in merged if row["into"] in known}
    return [_entry(event, notes, known, names) for event in events]


def notes_in(events: Sequence[Event], case: Case) -> list[Note]:
    """Return the notes that these events are about, as far as they are in the case."""
    ids = {UUID(each.subject_id) for each in events if each.type.startswith(NOTE_EVENTS)}
    return list(with_people(Note.objects.filter(pk__in=ids, case=case))) if ids else []


def _entry(event: Event, notes: dict[UUID, NoteRow], people: dict[str, Client], names: dict[str, str]) -> Entry:
    who = names.get(str(event.actor_id), _("an account that is gone")) if event.actor_id else _("the software")
    if event.type.startswith(NOTE_EVENTS):
        return _entry_of_note(event, who, notes.get(UUID(event.subject_id)))
    what = capfirst(sentence(event.type))
    if kind_of(event.type) == NEEDS or event.type.startswith(NEVER_CONTACT):  # not everybody may read these
        return Entry(at=event.at, who=who, what=what)
    client = people.get(str(event.data.get("client", ""))) or people.get(event.subject_id)
    colleague = next((names.get(str(event.data[key]), "") for key in COLLEAGUES if event.data.get(key)), "")
    about = [client.full_name if client else "", colleague, ", ".join(_fields(event))]
    url = reverse("client", args=[client.reference]) if client else ""
    return Entry(at=event.at, who=who, what=what, about=" · ".join(filter(None, about)), url=url)


def _entry_of_note(event: Event, who: str, row: NoteRow | None) -> Entry:
    if event.type != WRITTEN:
        url = reverse("note", args=[row.note.pk]) if row else ""
        return Entry(at=event.at, who=who, what=capfirst(sentence(event.type)), url=url)
    kind, outcome = event.data.get("kind", ""), event.data.get("outcome", "")
    words = [dict(Note.Kind.choices).get(kind, ""), dict(Note.Outcome.choices).get(outcome, "")]
    if row:
        words = [row.note.get_kind_display(), row.note.get_outcome_display()]
    what = capfirst(", ".join(str(word) for word in words if word)) or capfirst(sentence(event.type))
    return Entry(at=event.at, who=who, what=what, note=row, is_taken_back=row is None)


def _fields(event: Event) -> list[str]:
    """Return the names of the fields that an event says were changed, as forms call them."""
    fields = event.data.get("fields")
    if not isinstance(fields, list) or not event.subject_model:
        return []
    model = apps.get_model(event.subject_model)
    return [name for field in fields if (name := _verbose(model, str(field)))]


def _verbose(model: Any, field: str) -> str:
    try:
        return str(model._meta.get_field(field).verbose_name)
    except (FieldDoesNotExist, AttributeError):
        return ""


def _names_of_colleagues(events: Sequence[Event]) -> dict[str, str]:
    ids = {str(each.actor_id) for each in events if each.actor_id}
    ids |= {str(each.data[key]) for each in events for key in COLLEAGUES if each.data.get(key)}
    users = User.objects.filter(pk__in=ids).select_related("data_key")
    return {str(user.pk): str(user.display_name or user.email) for user in users}
