"""What guards the door: counters of attempts, and links for those who lost their second factor."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.lib.ids import new_id

from .staff import User


class Counter(models.Model):
    """Attempts that were made, codes that were used: what all processes of the web must know of; see `counters.py`."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def waiting(self) -> "RecoveryQuerySet":
        """Those that nobody has used or replaced: without its link, their person sets up no second factor."""
        return self.filter(used_at__isnull=True, replaced_at__isnull=True)

    def open(self, now: datetime) -> "RecoveryQuerySet":
        """Those whose link still works."""
        return self.waiting().filter(expires_at__gt=now, user__is_active=True)


class Recovery(models.Model):
    """A link to set up a second factor anew, after an administrator has taken the lost one away. The token is stored as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="recoveries")
    token_hash = models.BinaryField(max_length=32, unique=True)
    reset_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reset_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery of a second factor")
        constraints = [
            models.CheckConstraint(name="recovery_not_by_oneself", condition=~models.Q(reset_by=models.F("user"))),
            models.CheckConstraint(
                name="recovery_used_or_replaced",
                condition=models.Q(used_at__isnull=True) | models.Q(replaced_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at__isnull=True, replaced_at__isnull=True),
                name="recovery_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
