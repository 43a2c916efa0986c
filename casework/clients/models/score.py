"""Scores of cases: schemes whose weights administrators edit, their versions, and what each case reached by which."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Job, User
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedJSONField
from casework.vault.sealed import Sealed, SealedQuerySet

from .case import Case


class Scheme(models.Model):
    """A way to score cases. What it counts is in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("scoring scheme")
        verbose_name_plural = _("scoring schemes")

    def __str__(self) -> str:
        return f"#{self.pk}"


class SchemeVersionQuerySet(models.QuerySet["SchemeVersion"]):
    def published(self) -> "SchemeVersionQuerySet":
        return self.filter(published_at__isnull=False)

    def drafts(self) -> "SchemeVersionQuerySet":
        return self.filter(published_at__isnull=True)

    def in_force(self) -> "SchemeVersionQuerySet":
        """Of each scheme in use, the version that was published last."""
        newest = (
            SchemeVersion.objects.published()
            .filter(scheme=models.OuterRef("scheme"))
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest), scheme__archived_at__isnull=True)


class SchemeVersion(models.Model):
    """What a scheme counted from a day on. A draft until it is published; then it never changes (a trigger holds it).

    `definition` is what `casework.lib.scoring` describes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="scored_by")
    version = models.PositiveIntegerField(default=1)

    objects = SchemeVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_numbered_once"),
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(published_at__isnull=True), name="scheme_has_one_draft"
            ),
            models.CheckConstraint(
                name="scheme_version_published_by_somebody",
                condition=Q(published_at__isnull=True, published_by__isnull=True, job__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False, job__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_scheme_version_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} v{self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class Answers(Sealed):
    """What was answered about a case to the questions of a scheme. Sealed under the key of the case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="score_answers")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    answers = EncryptedJSONField(default=dict)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "scheme"], name="answers_of_a_case_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ScoreQuerySet(SealedQuerySet["Score"]):
    def current(self) -> "ScoreQuerySet":
        return self.filter(replaced_at__isnull=True)


class Score(Sealed):
    """What a case reached by one version of a scheme, and what each criterion gave: codes and numbers.

    `checked_at`: when it was last worked out with the same result. One that is not true any more is kept, with the time at which another took its place.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="scores")
    scheme_version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="scores")
    total = models.PositiveIntegerField()
    unanswered = models.PositiveSmallIntegerField(default=0)
    parts = EncryptedJSONField(default=list)
    computed_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "scheme_version"], condition=Q(replaced_at__isnull=True), name="score_of_a_case_is_one"
            ),
            models.CheckConstraint(
                name="score_replaced_later",
                condition=Q(replaced_at__isnull=True) | Q(replaced_at__gte=models.F("computed_at")),
            ),
            models.CheckConstraint(name="score_checked_later", condition=Q(checked_at__gte=models.F("computed_at"))),
        ]
        indexes = [models.Index(fields=["case", "-computed_at"], name="score_of_case_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"
