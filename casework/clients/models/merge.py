"""Two people on file who were one: what became of whom, and every row that was changed, so that it can be taken back."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.vault.fields import EncryptedJSONField, EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case
from .client import Client


class MergeQuerySet(SealedQuerySet["Merge"]):
    def visible_to(self, user: User, now: datetime) -> "MergeQuerySet":
        """1. Those of which the user may see the case of the person as they are on file now, and
        2. for duplicate reviewers, those of whichever teams, but of no restricted case.
        """
        return self.filter(cases_visible_to(user, now, prefix="into__case__") | _reviewed_by(user, now))

    def undoable_by(self, user: User, now: datetime) -> "MergeQuerySet":
        """1. Those of which the user may change both cases, the one that the other person was in and the one that they
        are in now, and
        2. for duplicate reviewers, those of whichever teams, but of no restricted case.
        """
        sides = ("into__case__", "left_case__")
        here, there = (cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix=it) for it in sides)
        return self.filter((here & there) | _reviewed_by(user, now))

    def standing(self) -> "MergeQuerySet":
        """Those that nobody has undone."""
        return self.filter(undone_at__isnull=True)

    def newest_first(self) -> "MergeQuerySet":
        return self.order_by("-at", "-id")


class Merge(Sealed):
    """`gone_id` and `gone_reference` are those of the person who is no row of their own any more.

    Sealed under the key of that person: whoever looks for the keys that open a person finds it here too.
    """

    into = models.ForeignKey(Client, models.CASCADE, related_name="merges")
    gone_id = models.UUIDField(editable=False)
    gone_reference = models.CharField(_("reference"), max_length=9, editable=False)
    # In which case that person was. None: it has been erased since.
    left_case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("merged"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = EncryptedTextField(_("why they are one person"), max_length=600)
    # Until then it can be undone, and `rows` are kept.
    undo_until = models.DateTimeField(_("can be undone until"))
    # How many rows of what came along, by name of table.
    counts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            # Nobody is in two people at once.
            models.UniqueConstraint(
                fields=["gone_id"], condition=Q(undone_at__isnull=True), name="merge_of_a_person_stands_once"
            ),
            models.CheckConstraint(name="merge_not_into_oneself", condition=~Q(gone_id=F("into"))),
            models.CheckConstraint(
                name="merge_undone_by_somebody_in_time",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__gte=F("at"), undone_at__lte=F("undo_until"), undone_by__isnull=False),
            ),
        ]
        indexes = [
            # An old reference leads on; old rows are thrown away.
            models.Index(fields=["gone_reference"], name="merge_by_gone_reference"),
            models.Index(fields=["undo_until"], name="merge_by_undo_until"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def may_be_undone(self, now: datetime) -> bool:
        return self.undone_at is None and now <= self.undo_until


class MergedRow(Sealed):
    """One row that a merge has changed, taken out or added: what it said before, and after.

    Sealed under the key of the row itself, so that it opens as long as that does, and no longer.
    """

    class Act(models.TextChoices):
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("taken out")
        ADDED = "added", _("added")

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows")
    model = models.CharField(max_length=60)
    row_id = models.CharField(max_length=40)
    act = models.CharField(max_length=8, choices=Act)
    # By name of column; of a changed row only those that differ.
    before = EncryptedJSONField(null=True)
    after = EncryptedJSONField(null=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        verbose_name = _("merged row")
        verbose_name_plural = _("merged rows")
        constraints = [
            models.UniqueConstraint(fields=["merge", "model", "row_id"], name="merged_row_once_a_merge"),
            models.CheckConstraint(name="merged_row_act_known", condition=Q(act__in=["changed", "removed", "added"])),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.act}"


def _reviewed_by(user: User, now: datetime) -> Q:
    is_reviewer = Exists(memberships(user, Permission.DUPLICATES_REVIEW, now))
    return Q(into__case__restricted=False, left_case__restricted=False) & Q(is_reviewer)
