"""How many cases somebody opens: what slows down whoever reads more than their work asks for."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .case import Case


class CaseSight(models.Model):
    """When somebody last opened a case. One row for both, so that a day is counted at the same cost always."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="case_sight_once")]
        indexes = [models.Index(fields=["user", "-at"], name="case_sight_of_user")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class SightNoticeQuerySet(SealedQuerySet["SightNotice"]):
    def since(self, moment: datetime) -> "SightNoticeQuerySet":
        return self.filter(at__gt=moment)

    def newest_first(self) -> "SightNoticeQuerySet":
        return self.order_by("-at", "-id")


class SightNotice(Sealed):
    """Somebody opened more cases than work usually needs; the auditor and the coordinators are told.

    `count` is how many they had opened by then. The key of the reason is that of the user.
    """

    class Kind(models.TextChoices):
        MANY = "many", _("many cases within an hour")
        MORE = "more", _("went on beyond the limit of a day, and said why")

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind)
    at = models.DateTimeField()
    count = models.PositiveIntegerField(_("cases"))
    reason = EncryptedTextField(_("reason"), max_length=1000, blank=True, default="")
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = SightNoticeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="sight_notice_of_user")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
