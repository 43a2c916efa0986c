"""What staff write down about a case. What was written stays as it is; it can be pinned."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once
from ..models import Case, Note


class UnableToWriteNote(Refusal):
    pass


@transaction.atomic
def write_note(
    *,
    case: Case,
    text: str,
    by: User,
    now: datetime,
    kind: str = Note.Kind.NOTE,
    pinned: bool = False,
    submit_token: UUID | None = None,
) -> Note:
    """Write a note about the case. Sent twice with the same `submit_token`, it is written once."""
    if not text.strip():
        raise UnableToWriteNote(_("Write the note first."), field="text")
    note = Note(
        id=new_id(),
        data_key=case.data_key,
        case=case,
        kind=kind,
        pinned=pinned,
        written_by=by,
        written_at=now,
        submit_token=submit_token or new_id(),
    )
    note.text = text
    note, is_new = insert_once(note, key="submit_token", case_id=case.pk)
    if is_new:
        record("clients.note_written", subject=note, case_id=case.pk, by=by, now=now, kind=kind)
    return note


@transaction.atomic
def pin_note(*, note: Note, pinned: bool, by: User, now: datetime) -> Note:
    """Keep the note on top of the others, or not any more."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    if note.pinned != pinned:
        note.pinned = pinned
        note.save(update_fields=["pinned"])
        done = "clients.note_pinned" if pinned else "clients.note_unpinned"
        record(done, subject=note, case_id=note.case_id, by=by, now=now)
    return note
