"""Tables that somebody uploaded and has not confirmed yet."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

KEPT = timedelta(hours=1)


class UploadQuerySet(SealedQuerySet["Upload"]):
    def of(self, user: User, now: datetime) -> "UploadQuerySet":
        """Those that this user may still confirm."""
        return self.filter(by=user, at__gt=now - KEPT)

    def too_old(self, now: datetime) -> "UploadQuerySet":
        return self.filter(at__lte=now - KEPT)


class Upload(Sealed):
    """A file between its preview and its confirmation, sealed under the key of whoever chose it."""

    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=80)
    content: EncryptedTextField[str, str] = EncryptedTextField(_("content"))

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")
        indexes = [models.Index(fields=["at"], name="upload_at")]

    def __str__(self) -> str:
        return f"#{self.pk}"
