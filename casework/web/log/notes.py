"""Notes as pages show them: whom they are about, when it was, and what the reader may do with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from casework.accounts.models import User
from casework.clients.models import Client, Note, NotePerson


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A note; `people` are the names of those of the case whom it is about."""

    note: Note
    people: str
    may_correct: bool = False
    may_remove: bool = False
    may_strike: bool = False

    @property
    def has_acts(self) -> bool:
        return self.may_correct or self.may_remove or self.may_strike


def with_people(notes: QuerySet[Note]) -> QuerySet[Note]:
    """Have each note know the ids of the people whom it is about, as `people_ids`, and who wrote and struck it."""
    ids = ArraySubquery(NotePerson.objects.filter(note=OuterRef("pk")).values("client"))
    return notes.select_related("data_key", "written_by__data_key", "struck_by__data_key").annotate(people_ids=ids)


def note_rows(
    notes: Iterable[Any], people: Sequence[Client], *, may_change: bool, by: User, now: datetime
) -> list[NoteRow]:
    """Return these notes of a case for a page. `people` are those of the case, in its order."""
    return [
        NoteRow(
            note=note,
            people=", ".join(each.given_name or each.full_name for each in people if each.pk in note.people_ids),
            may_correct=may_change and note.may_be_corrected(by, now),
            may_remove=may_change and note.may_be_removed(by, now),
            may_strike=may_change and not note.is_struck,
        )
        for note in notes
    ]
