"""What people say of rules: how a draft was changed, that another person reviewed it, that it is still true."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib.ids import new_id

from .rule import Citation, Rule

_GONE_WITH_ITS_DRAFT = """
    IF EXISTS (SELECT 1 FROM residency_rule WHERE id = OLD.{column} AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what was said of a published rule stays (rule %)', OLD.{column}
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
"""


class DraftChange(models.Model):
    """One change of a draft: what each field said before and says since; no field where it was begun. Written once."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="changes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    # Name of a field -> [before, after], as `residency.drafts` writes them.
    fields = models.JSONField(_("fields"))

    class Meta:
        verbose_name = _("change of a draft")
        verbose_name_plural = _("changes of drafts")
        triggers = [
            pgtrigger.Protect(name="draft_change_stays", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="draft_change_gone_with_its_draft",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_GONE_WITH_ITS_DRAFT.format(column="rule_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> "ReviewQuerySet":
        """Those that nobody has decided."""
        return self.filter(decided_at__isnull=True)

    def waiting_for(self, user: User) -> "ReviewQuerySet":
        """Open ones of drafts in which this person wrote nothing: only of those may they say that they are reviewed."""
        return self.open().exclude(draft__authors__contains=[user.pk])


class Review(models.Model):
    """One request to look at a draft, and what came of it. What was asked never changes; it is decided once."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved and published")
        RETURNED = "returned", _("sent back")
        TAKEN_BACK = "taken_back", _("taken back")

    draft = models.ForeignKey(Rule, models.CASCADE, related_name="reviews", verbose_name=_("draft"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    # What the draft said when review was asked: a reviewer approves this and nothing else.
    digest = models.CharField(_("digest"), max_length=64)
    asked_about = models.JSONField(_("asked about"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True, default="")
    comment = models.TextField(_("comment"), blank=True, default="")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                name="review_one_open_a_draft", fields=["draft"], condition=Q(decided_at__isnull=True)
            ),
            models.CheckConstraint(
                name="review_decided_together",
                condition=Q(verdict="", decided_by__isnull=True, decided_at__isnull=True, comment="")
                | Q(~Q(verdict=""), decided_by__isnull=False, decided_at__isnull=False),
            ),
            # Whoever asked may take the question back; the answer is another person's.
            models.CheckConstraint(
                name="review_by_another_person",
                condition=Q(verdict__in=["", "taken_back"]) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="review_returned_with_comment", condition=~Q(verdict="returned") | ~Q(comment="")
            ),
        ]
        indexes = [models.Index(fields=["draft", "-id"], name="review_latest_of_draft")]
        triggers = [
            pgtrigger.Trigger(
                name="review_decided_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.decided_at IS NOT NULL
                       OR (NEW.draft_id, NEW.asked_by_id, NEW.asked_at, NEW.digest, NEW.asked_about)
                          IS DISTINCT FROM (OLD.draft_id, OLD.asked_by_id, OLD.asked_at, OLD.digest, OLD.asked_about)
                    THEN
                        RAISE EXCEPTION 'a review is decided once, and its question never changes (review %)', OLD.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="review_gone_with_its_draft",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_GONE_WITH_ITS_DRAFT.format(column="draft_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None


class VerificationQuerySet(models.QuerySet["Verification"]):
    def standing(self) -> "VerificationQuerySet":
        """Those that say "still true" and were not taken back."""
        return self.filter(undoes__isnull=True, undone_by__isnull=True)


class Verification(models.Model):
    """A person read a source of a published rule and found it still true. A mistake is taken back by a second row."""

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="verifications", verbose_name=_("rule"))
    read_on = models.DateField(_("read on"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    # Which source was read: one that the rule cites, or another.
    citation = models.ForeignKey(Citation, models.PROTECT, null=True, related_name="+", verbose_name=_("source"))
    url = models.CharField(_("address"), max_length=600, blank=True, default="")
    quote = models.TextField(_("quoted sentence"), blank=True, default="")
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_by", verbose_name=_("takes back")
    )
    submit_token = models.UUIDField(unique=True, default=new_id, editable=False)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        constraints = [
            models.CheckConstraint(
                name="verification_names_its_source",
                condition=Q(undoes__isnull=False) | Q(citation__isnull=False) | ~Q(url="") | ~Q(quote=""),
            ),
            models.CheckConstraint(name="verification_undoes_another", condition=~Q(undoes=F("id"))),
        ]
        indexes = [models.Index(fields=["rule", "-read_on"], name="verification_latest_of_rule")]
        triggers = [
            pgtrigger.Protect(name="verification_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
