"""What somebody said to the reminders of a deadline: "I am on it", or "not before that day", with the reason."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.residency.models import Deadline
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet


class WordQuerySet(SealedQuerySet["Word"]):
    def standing(self) -> "WordQuerySet":
        """Those that nobody took back and that no other took the place of."""
        return self.filter(ended_at__isnull=True)

    def newest_first(self) -> "WordQuerySet":
        return self.order_by("-at", "-id")


class Word(Sealed):
    """It counts for one date: a deadline that moves is spoken of anew. The key of the reason is that of the client."""

    class Kind(models.TextChoices):
        ON_IT = "on_it", _("I am on it")
        SNOOZE = "snooze", _("not before a day")

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="words")
    due_on = models.DateField()
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    until = models.DateField(_("say nothing before"), null=True, blank=True)
    reason = EncryptedTextField(_("reason"), max_length=400, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = _("word about reminders")
        verbose_name_plural = _("words about reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["deadline"], condition=Q(ended_at__isnull=True), name="word_stands_once_a_deadline"
            ),
            models.CheckConstraint(
                name="word_snoozes_until_the_day_before",
                condition=Q(kind="on_it", until__isnull=True) | Q(kind="snooze", until__lt=F("due_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    def is_silent_on(self, today: date) -> bool:
        return self.until is not None and today < self.until

    def holds_off_on(self, today: date) -> bool:
        """Whether nobody else need be asked: until the due date is over. Then it is missed, whatever was said."""
        return today <= self.due_on

    @property
    def speaks_again(self) -> tuple[int, ...]:
        """The lead of the day on which a snooze ends."""
        return ((self.due_on - self.until).days,) if self.until is not None else ()


def words_about(deadlines: Collection[Deadline]) -> Mapping[UUID, Word]:
    """Return the word that stands about each of these and counts for its date, without its reason; in one query."""
    rows = Word.objects.standing().filter(deadline__in=[it.pk for it in deadlines]).defer("reason")
    dates = {it.pk: it.drives_on for it in deadlines}
    return {row.deadline_id: row for row in rows if row.due_on == dates[row.deadline_id]}
