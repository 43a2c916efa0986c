"""What staff write down about a case, and what stood there before it was corrected."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.audit.history import keeps_history
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case
from .client import Client

# So long what was written by mistake is simply taken back; later it is struck, with a reason, and stays readable.
UNDO_FOR = timedelta(minutes=10)
CORRECT_FOR = timedelta(days=30)
PINNED_AT_MOST = 10
LONGEST_NOTE = 20_000


class NoteQuerySet(SealedQuerySet["Note"]):
    def visible_to(self, user: User, now: datetime) -> "NoteQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__"))

    def pinned_first(self) -> "NoteQuerySet":
        return self.order_by("-pinned", "-written_at", "-id")

    def pinned(self) -> "NoteQuerySet":
        return self.filter(pinned=True)


@keeps_history(but=("version", "submit_token", "pinned", "pinned_at", "pinned_by", "earlier_count"))
class Note(Sealed):
    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", _("call")
        VISIT = "visit", _("visit")
        OFFICE = "office", _("meeting in the office")
        MESSAGE = "message", _("message")
        LEGAL = "legal", _("legal advice")
        MEDICAL = "medical", _("health")
        SCHOOL = "school", _("school")
        HOUSING = "housing", _("housing")
        AUTHORITY = "authority", _("authority")
        CLOSING = "closing", _("closing or reopening")

    class Outcome(models.TextChoices):
        """What came of a call, a visit or a message."""

        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        MET = "met", _("met")
        NOBODY_THERE = "nobody_there", _("nobody there")
        SENT = "sent", _("sent")

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NOTE)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, default="")
    text = EncryptedTextField(_("text"), max_length=LONGEST_NOTE, blank=True)
    # When it was, where that is not when it was written; the hour by the clocks of the team.
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    happened_time = models.TimeField(_("at"), null=True, blank=True)
    pinned = models.BooleanField(_("pinned"), default=False)
    pinned_at = models.DateTimeField(null=True)
    pinned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)
    struck_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    strike_reason = EncryptedTextField(_("why it does not hold"), max_length=400, null=True, blank=True)
    # How many texts stood here before it was corrected.
    earlier_count = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    submit_token = models.UUIDField(unique=True, default=new_id, editable=False)

    objects = NoteQuerySet.as_manager()

    # What a call, a visit or a message can come to. Other kinds have no outcome.
    OUTCOMES = {
        Kind.CALL: (Outcome.REACHED, Outcome.NO_ANSWER, Outcome.WRONG_NUMBER),
        Kind.VISIT: (Outcome.MET, Outcome.NOBODY_THERE),
        Kind.MESSAGE: (Outcome.SENT,),
    }

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(
                name="note_outcome_fits_its_kind",
                condition=Q(outcome="")
                | Q(kind="call", outcome__in=["reached", "no_answer", "wrong_number"])
                | Q(kind="visit", outcome__in=["met", "nobody_there"])
                | Q(kind="message", outcome="sent"),
            ),
            models.CheckConstraint(
                name="note_hour_has_its_day",
                condition=Q(happened_time__isnull=True) | Q(happened_on__isnull=False),
            ),
            models.CheckConstraint(
                name="note_pinned_by_somebody_at_a_time",
                condition=Q(pinned=True, pinned_at__isnull=False, pinned_by__isnull=False)
                | Q(pinned=False, pinned_at__isnull=True, pinned_by__isnull=True),
            ),
            models.CheckConstraint(
                name="note_struck_by_somebody_at_a_time",
                condition=Q(struck_at__isnull=True, struck_by__isnull=True)
                | Q(struck_at__isnull=False, struck_by__isnull=False, pinned=False),
            ),
        ]
        indexes = [models.Index(fields=["case", "-written_at"], name="note_of_case_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_struck(self) -> bool:
        return self.struck_at is not None

    @property
    def is_corrected(self) -> bool:
        """Whether another text stood here before."""
        return self.earlier_count > 0

    def may_be_removed(self, by: User, now: datetime) -> bool:
        """Whether this user may still take it back as if it had not been written."""
        return self.written_by_id == by.pk and not self.is_struck and now - self.written_at <= UNDO_FOR

    def may_be_corrected(self, by: User, now: datetime) -> bool:
        """Whether this user may still correct it: one's own, within a month, as long as it stands."""
        own = self.written_by_id == by.pk and self.kind != Note.Kind.CLOSING
        return own and not self.is_struck and now - self.written_at <= CORRECT_FOR


class NotePerson(models.Model):
    """A person whom a note is about. One who was moved to another case since is not named with it any more."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    note = models.ForeignKey(Note, models.CASCADE, related_name="about")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "client"], name="note_is_about_a_person_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class EarlierNote(Sealed):
    """What a note said before it was corrected. Sealed under the key of the note, kept as long as the note."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="earlier")
    number = models.PositiveIntegerField()
    text = EncryptedTextField(_("text"), max_length=LONGEST_NOTE, blank=True)
    replaced_at = models.DateTimeField()

    objects: "models.Manager[EarlierNote]" = SealedQuerySet["EarlierNote"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="earlier_note_numbered_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
