"""Who has the original of a document when the client has not."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.access import cases_visible_to
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .document import Document


class CustodyQuerySet(SealedQuerySet["Custody"]):
    def visible_to(self, user: User, now: datetime) -> "CustodyQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="document__client__case__"))

    def open(self) -> "CustodyQuerySet":
        """Originals that have not come back."""
        return self.filter(returned_on__isnull=True)

    def newest_first(self) -> "CustodyQuerySet":
        return self.order_by("-since", "-recorded_at", "-id")

    def expected_first(self) -> "CustodyQuerySet":
        """Those that should be back before those that have no day, the longest away before others."""
        return self.order_by(F("expected_back_on").asc(nulls_last=True), "since", "id")


class Custody(Sealed):
    """An original that was handed over, from a day until it came back. It is sealed under the key of its client."""

    class Holder(models.TextChoices):
        SAFE = "safe", _("in our safe")
        AUTHORITY = "authority", _("with an authority")
        PARTNER = "partner", _("with a partner")
        OTHER = "other", _("with somebody else")

    document = models.ForeignKey(Document, models.CASCADE, related_name="custodies")
    holder = models.CharField(_("where it is"), max_length=10, choices=Holder)
    place = EncryptedTextField(_("shelf, office or person"), max_length=160, blank=True, default="")
    receipt = EncryptedTextField(_("number of the receipt"), max_length=60, blank=True, default="")
    handed_over_by = EncryptedTextField(_("who handed it over"), max_length=120, blank=True, default="")
    remark = EncryptedTextField(_("what for"), max_length=400, blank=True, default="")
    since = models.DateField(_("since"))
    expected_back_on = models.DateField(_("expected back on"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    returned_on = models.DateField(_("given back on"), null=True, blank=True)
    returned_to = EncryptedTextField(_("to whom"), max_length=120, blank=True, default="")
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody of an original")
        verbose_name_plural = _("custody of originals")
        constraints = [
            # An original is in one place.
            models.UniqueConstraint(
                fields=["document"], condition=Q(returned_on__isnull=True), name="original_is_in_one_place"
            ),
            models.CheckConstraint(
                name="original_comes_back_after_it_went",
                condition=Q(returned_on__isnull=True) | Q(returned_on__gte=F("since")),
            ),
            models.CheckConstraint(
                name="original_is_expected_after_it_went",
                condition=Q(expected_back_on__isnull=True) | Q(expected_back_on__gte=F("since")),
            ),
            models.CheckConstraint(
                name="original_is_given_back_by_somebody",
                condition=Q(returned_on__isnull=True, returned_by__isnull=True)
                | Q(returned_on__isnull=False, returned_by__isnull=False),
            ),
        ]
        indexes = [
            # The list of originals that are away, those due back first.
            models.Index(
                fields=["expected_back_on", "since"],
                condition=Q(returned_on__isnull=True),
                name="custody_open_by_return",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.holder}"

    def is_late(self, today: date) -> bool:
        """Whether it should be back by now."""
        return self.returned_on is None and self.expected_back_on is not None and self.expected_back_on < today
