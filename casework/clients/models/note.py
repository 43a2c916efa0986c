"""What staff write down about a case."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case


class NoteQuerySet(SealedQuerySet["Note"]):
    def visible_to(self, user: User, now: datetime) -> "NoteQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__"))

    def pinned_first(self) -> "NoteQuerySet":
        return self.order_by("-pinned", "-written_at", "-id")


class Note(Sealed):
    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", _("call")
        VISIT = "visit", _("visit")
        LEGAL = "legal", _("legal advice")
        CLOSING = "closing", _("closing or reopening")

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NOTE)
    text = EncryptedTextField(_("text"), max_length=20_000)
    pinned = models.BooleanField(_("pinned"), default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    submit_token = models.UUIDField(unique=True, default=new_id, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["case", "-written_at"], name="note_of_case_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"
