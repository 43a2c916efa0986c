"""Somebody leaves, and others go on with their work: what went to whom, so that it can be read and taken back."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.lib.ids import new_id


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def of_teams_of(self, user: User, now: datetime) -> "HandOverQuerySet":
        """Those of which the user gives out the cases of every team."""
        teams = memberships(user, Permission.CASE_ASSIGN, now).values_list("team", flat=True)
        return self.filter(teams__contained_by=list(teams)).exclude(user=user)

    def newest_first(self) -> "HandOverQuerySet":
        return self.order_by("-at", "-id")


class HandOver(models.Model):
    """`changes` are rows of work: which column of which row said what before, and after. Ids alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who leaves"))
    at = models.DateTimeField(_("handed over"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    teams = ArrayField(models.UUIDField(), default=list)
    # The roles that ended: [role, team].
    roles = models.JSONField(default=list)
    # Whether the account was shut, because no role was left.
    account_shut = models.BooleanField(default=False)
    changes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    undo_until = models.DateTimeField(_("can be undone until"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.CheckConstraint(name="hand_over_not_of_oneself", condition=~Q(by=F("user"))),
            models.CheckConstraint(
                name="hand_over_undone_by_somebody_in_time",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__gte=F("at"), undone_at__lte=F("undo_until"), undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def may_be_undone(self, now: datetime) -> bool:
        return self.undone_at is None and now <= self.undo_until
