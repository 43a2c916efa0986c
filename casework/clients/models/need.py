"""What people need: when somebody was asked, and each need with since when, how urgent, and what was written of it.

Codes and words are risk markers: they are sealed, and shown to fewer people than the case (`needs_visible_to`).
"""

from datetime import date, datetime

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case
from .client import Client


class AssessmentQuerySet(SealedQuerySet["Assessment"]):
    def visible_to(self, user: User, now: datetime) -> "AssessmentQuerySet":
        """That somebody was asked, when and by whom: to whoever sees the case. What they answered is in needs."""
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def counting(self) -> "AssessmentQuerySet":
        """Of each person the one that counts: of the latest day, and of one day the last that was recorded."""
        newest = Assessment.objects.filter(client=OuterRef("client")).newest_first()
        return self.filter(pk=Subquery(newest.values("pk")[:1]))

    def due(self, day: date) -> "AssessmentQuerySet":
        return self.filter(next_review_on__lte=day)

    def in_open_cases(self) -> "AssessmentQuerySet":
        return self.filter(client__case__status=Case.Status.OPEN, client__case__archived_at__isnull=True)

    def newest_first(self) -> "AssessmentQuerySet":
        return self.order_by("-assessed_on", "-recorded_at", "-id")


class Assessment(Sealed):
    """Somebody sat down with a person and asked what they need."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="assessments")
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    next_review_on = models.DateField(_("ask again on"), null=True, blank=True)
    note = EncryptedTextField(_("note"), max_length=4000, blank=True, default="")
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("needs assessment")
        verbose_name_plural = _("needs assessments")
        constraints = [
            models.CheckConstraint(
                name="assessment_reviewed_later",
                condition=Q(next_review_on__isnull=True) | Q(next_review_on__gt=F("assessed_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-assessed_on"], name="assessment_of_client"),
            # My day: whom to ask again.
            models.Index(
                fields=["next_review_on"], condition=Q(next_review_on__isnull=False), name="assessment_to_review"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class NeedQuerySet(SealedQuerySet["Need"]):
    def stated(self) -> "NeedQuerySet":
        """Those that somebody has stated; not the suggestions that somebody looked at and found not to apply."""
        return self.filter(declined_at__isnull=True)

    def declined(self) -> "NeedQuerySet":
        return self.filter(declined_at__isnull=False)

    def open(self, day: date) -> "NeedQuerySet":
        return self.stated().filter(Q(until__isnull=True) | Q(until__gt=day)).exclude(level=Need.Level.NONE)


class Need(Sealed):
    """One need of one person. `code`: of UNHCR where it is specific, else one of the areas of life.

    `until` is the day from which it is a need no more. `declined_at`: the software suggested it, and a person found
    that it does not apply, so that it is not suggested again.
    """

    class Kind(models.TextChoices):
        SPECIFIC = "specific", _("specific need")
        GENERAL = "general", _("general need")

    class Level(models.TextChoices):
        NONE = "none", _("no need")
        SOME = "some", _("some need")
        URGENT = "urgent", _("urgent")

    client = models.ForeignKey(Client, models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=8, choices=Kind)
    code = EncryptedTextField(_("need"), max_length=16)
    level = models.CharField(_("how urgent"), max_length=6, choices=Level, default=Level.SOME)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    note = EncryptedTextField(_("note"), max_length=4000, blank=True, default="")
    suggested = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.CheckConstraint(
                name="need_ends_after_it_begins",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="need_specific_is_one", condition=Q(kind="general") | Q(level__in=["some", "urgent"])
            ),
            models.CheckConstraint(
                name="need_declined_was_suggested", condition=Q(declined_at__isnull=True) | Q(suggested=True)
            ),
        ]
        indexes = [models.Index(fields=["client"], name="need_of_client")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    def is_open(self, day: date) -> bool:
        return self.declined_at is None and self.level != self.Level.NONE and (self.until is None or self.until > day)
