"""How the pages of notes find them. What may not be seen is not there: one 404 for foreign and missing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Note
from casework.web.opening import open_or_404

from .notes import with_people

WITH = ("case__team", "case__data_key")


def visible_note(user: User, note_id: UUID, now: datetime) -> Any:
    """Return the note with its case, whom it is about and `may_change`, or answer 404."""
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__")
    notes: Any = Note.objects
    rows = notes.visible_to(user, now).annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    return open_or_404(with_people(rows).select_related(*WITH), pk=note_id)
