"""What staff write down about a case: written, corrected, taken back at once or struck later, kept on top."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import Case, Client, EarlierNote, Note, NotePerson
from ..models.note import PINNED_AT_MOST


class NoteFields(TypedDict, total=False):
    text: str
    kind: str
    outcome: str
    happened_on: date | None
    happened_time: time | None


class UnableToWriteNote(Refusal):
    pass


class UnableToChangeNote(Refusal):
    pass


class UnableToPinNote(Refusal):
    pass


@transaction.atomic
def write_note(
    *,
    case: Case,
    by: User,
    now: datetime,
    pinned: bool = False,
    people: Collection[Client] = (),
    submit_token: UUID | None = None,
    **fields: Unpack[NoteFields],
) -> Note:
    """Write a note about the case, or about some of its people. Sent twice with the same token, it is written once.

    A call, a visit or a message that has an outcome needs no words.
    """
    values = _cleaned(fields)
    note = Note(
        id=new_id(),
        data_key=case.data_key,
        case=case,
        written_by=by,
        written_at=now,
        submit_token=submit_token or new_id(),
    )
    for name, value in values.items():
        setattr(note, name, value)
    _refuse_unfitting(note)
    if pinned:
        _refuse_one_more_on_top(case)
        note.pinned, note.pinned_at, note.pinned_by = True, now, by
    note, is_new = insert_once(note, key="submit_token", case_id=case.pk)
    if is_new:
        _name(note, people)
        told = {"kind": note.kind} | ({"outcome": note.outcome} if note.outcome else {})
        record("clients.note_written", subject=note, case_id=case.pk, by=by, now=now, **told)
    return note


@transaction.atomic
def correct_note(
    *,
    note: Note,
    version: int,
    by: User,
    now: datetime,
    people: Collection[Client] | None = None,
    **fields: Unpack[NoteFields],
) -> Note:
    """Correct what one wrote oneself. What it said before stays readable. Raises ChangedMeanwhile."""
    values = _cleaned(fields)
    note = locked(note, version=version, mine=values)
    if not note.may_be_corrected(by, now):
        raise UnableToChangeNote(
            _("A note is corrected by whoever wrote it, within a month, as long as it stands. Write a new one.")
        )
    earlier = str(note.text)
    changed = write(note, values)
    _refuse_unfitting(note)
    if "text" in changed and earlier.strip():
        kept = EarlierNote(id=new_id(), data_key=note.data_key, note=note, number=version, replaced_at=now)
        kept.text = earlier
        kept.save(force_insert=True)
        note.earlier_count += 1
        note.save(update_fields=["earlier_count"])
    if people is not None and _name(note, people):
        changed.append("people")
    if changed:
        record("clients.note_corrected", subject=note, case_id=note.case_id, by=by, now=now, fields=sorted(changed))
    return note


@transaction.atomic
def remove_note(*, note: Note, by: User, now: datetime) -> None:
    """Take back a note that one has just written, as if it had not been. Taken back twice, it is gone once."""
    found = Note.objects.select_for_update().filter(pk=note.pk).first()
    if found is None:
        return
    if not found.may_be_removed(by, now):
        raise UnableToChangeNote(_("Ten minutes have passed. Strike the note instead, and say why."))
    record("clients.note_removed", subject=found, case_id=found.case_id, by=by, now=now, kind=found.kind)
    found.delete()


@transaction.atomic
def strike_note(*, note: Note, reason: str, version: int, by: User, now: datetime) -> Note:
    """Say that a note does not hold, and why. It stays readable. Raises ChangedMeanwhile."""
    note = locked(note, version=version, mine={"strike_reason": reason})
    if not reason.strip():
        raise UnableToChangeNote(_("Say why the note does not hold."), field="strike_reason")
    if note.is_struck:
        raise UnableToChangeNote(_("This note is struck already."))
    values: dict[str, Any] = {"struck_at": now, "struck_by": by, "strike_reason": reason}
    write(note, values | {"pinned": False, "pinned_at": None, "pinned_by": None})
    record("clients.note_struck", subject=note, case_id=note.case_id, by=by, now=now)
    return note


@transaction.atomic
def pin_note(*, note: Note, pinned: bool, by: User, now: datetime) -> Note:
    """Keep the note on top of the others, or not any more. At most ten stay on top of a case."""
    case = Case.objects.select_for_update().get(pk=note.case_id)  # so that two at once do not both take the tenth place
    note = Note.objects.select_for_update().get(pk=note.pk)
    if note.pinned == pinned:
        return note
    if pinned and note.is_struck:
        raise UnableToPinNote(_("What was struck is not kept on top."))
    if pinned:
        _refuse_one_more_on_top(case)
    note.pinned = pinned
    note.pinned_at, note.pinned_by = (now, by) if pinned else (None, None)
    note.save(update_fields=["pinned", "pinned_at", "pinned_by"])
    done = "clients.note_pinned" if pinned else "clients.note_unpinned"
    record(done, subject=note, case_id=note.case_id, by=by, now=now)
    return note


def _cleaned(fields: NoteFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(fields)
    if "happened_on" in values and values["happened_on"] is None:
        values["happened_time"] = None
    return values


def _refuse_unfitting(note: Note) -> None:
    if note.outcome and note.outcome not in Note.OUTCOMES.get(Note.Kind(note.kind), ()):
        raise UnableToWriteNote(_("This outcome does not fit the kind of the note."), field="outcome")
    if not (note.outcome or str(note.text).strip()):
        raise UnableToWriteNote(_("Write the note first."), field="text")


def _refuse_one_more_on_top(case: Case) -> None:
    Case.objects.select_for_update().get(pk=case.pk)
    if Note.objects.filter(case=case).pinned().count() >= PINNED_AT_MOST:
        raise UnableToPinNote(
            ngettext(
                "%(count)s note stays on top already. Let one go first.",
                "%(count)s notes stay on top already. Let one go first.",
                PINNED_AT_MOST,
            )
            % {"count": PINNED_AT_MOST},
            field="pinned",
        )


def _name(note: Note, people: Collection[Client]) -> bool:
    """Have the note be about these people of its case. Return whether they are others than before."""
    wanted = set(Client.objects.filter(pk__in=[it.pk for it in people], case=note.case_id).values_list("pk", flat=True))
    before = set(NotePerson.objects.filter(note=note).values_list("client_id", flat=True))
    NotePerson.objects.filter(note=note, client__in=before - wanted).delete()
    NotePerson.objects.bulk_create([NotePerson(note=note, client_id=pk) for pk in sorted(wanted - before)])
    return wanted != before
