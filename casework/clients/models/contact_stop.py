"""Do not call any more: somebody must leave the people of a case in peace at once, on every way at once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .case import Case


class ContactStopQuerySet(SealedQuerySet["ContactStop"]):
    def in_force(self) -> "ContactStopQuerySet":
        return self.filter(lifted_at__isnull=True)


class ContactStop(Sealed):
    """While it holds, no way to reach the people of the case counts as safe; lifted, those that were safe are so again."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="contact_stops")
    words = EncryptedTextField(_("what happened"), max_length=1000, blank=True, default="")
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("since"))
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = ContactStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop of all contact")
        verbose_name_plural = _("stops of all contact")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at__isnull=True), name="contact_stop_holds_once_a_case"
            ),
            models.CheckConstraint(
                name="contact_stop_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
