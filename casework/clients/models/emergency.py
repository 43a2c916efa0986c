"""Break-glass: a case opened in an emergency, for an hour, by somebody who knows its exact code."""

from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .case import Case

EMERGENCY_LASTS = timedelta(hours=1)


class EmergencyAccessQuerySet(SealedQuerySet["EmergencyAccess"]):
    def running(self, now: datetime) -> "EmergencyAccessQuerySet":
        return self.filter(opened_at__lte=now, ends_at__gt=now)

    def letting(self, user: User, now: datetime) -> "EmergencyAccessQuerySet":
        """Return those by which `user` may look at a case now, as long as they work in some team."""
        held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).filter(user=user)
        return self.running(now).filter(models.Exists(held), user=user)

    def newest_first(self) -> "EmergencyAccessQuerySet":
        return self.order_by("-opened_at", "-id")


class EmergencyAccess(Sealed):
    """Who looked at which case in which emergency. The database lets nobody change or remove it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="emergencies")
    user = models.ForeignKey(User, models.PROTECT, related_name="emergencies")
    reason = EncryptedTextField(_("reason"), max_length=1000)
    opened_at = models.DateTimeField(_("opened"))
    ends_at = models.DateTimeField(_("until"))

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("case opened in an emergency")
        verbose_name_plural = _("cases opened in an emergency")
        constraints = [
            models.CheckConstraint(
                name="emergency_access_lasts_an_hour",
                condition=Q(ends_at__gt=F("opened_at"), ends_at__lte=F("opened_at") + EMERGENCY_LASTS),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-ends_at"], name="emergency_access_of_user"),
            models.Index(fields=["case", "-opened_at"], name="emergency_access_of_case"),
        ]
        triggers = [
            # Keys are changed meanwhile; who, what and when never.
            pgtrigger.ReadOnly(name="never_changes", fields=["case", "user", "opened_at", "ends_at"]),
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class EmergencySeen(models.Model):
    """Somebody who was told of it has taken note."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    access = models.ForeignKey(EmergencyAccess, models.PROTECT, related_name="seen_by")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["access", "user"], name="emergency_seen_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
