"""What somebody has typed into a form and not sent yet."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.vault.fields import EncryptedJSONField
from casework.vault.sealed import Sealed, SealedQuerySet

from .staff import User

# So long a draft waits for whoever wrote it.
DRAFT_LASTS = timedelta(days=14)


class DraftQuerySet(SealedQuerySet["Draft"]):
    def kept(self, now: datetime) -> "DraftQuerySet":
        """Those that can be gone on with: not sent, not discarded, not too old, not erased."""
        return self.filter(ended_at__isnull=True, saved_at__gt=now - DRAFT_LASTS, data_key__destroyed_at__isnull=True)

    def newest_first(self) -> "DraftQuerySet":
        return self.order_by("-saved_at", "-id")


class Draft(Sealed):
    """What somebody has typed into a form and not sent yet. Sealed under the key of whom it is about; see `casework.accounts.drafts`.

    Once it is sent or discarded, the row stays for a day without its content, so that a late packet does not bring it back.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    form = models.CharField(_("form"), max_length=40)
    # What the form is about, such as a case; its own package knows which. None for something new.
    about = models.UUIDField(null=True)
    # Which page in which browser wrote it last, and the number of the packet within that page.
    page = models.UUIDField()
    sequence = models.PositiveBigIntegerField()
    content: EncryptedJSONField[Any, Any] = EncryptedJSONField(_("what was typed"), null=True)
    saved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form", "about"], nulls_distinct=False, name="draft_of_a_form_once"
            ),
            models.CheckConstraint(
                name="draft_has_content_until_it_ends",
                condition=models.Q(content__isnull=False, ended_at__isnull=True)
                | models.Q(content__isnull=True, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
