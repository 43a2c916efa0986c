"""Where a client lives from a day to a day."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.audit.history import keeps_history
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .client import Client


class AddressQuerySet(SealedQuerySet["Address"]):
    def current(self, today: date) -> "AddressQuerySet":
        return self.filter(
            models.Q(since__isnull=True) | models.Q(since__lte=today),
            models.Q(until__isnull=True) | models.Q(until__gt=today),
        )

    def newest_first(self) -> "AddressQuerySet":
        return self.order_by(models.F("since").desc(nulls_last=True), "-id")


@keeps_history(but=("version",))
class Address(Sealed):
    client = models.ForeignKey(Client, models.CASCADE, related_name="addresses")
    country = models.CharField(_("country"), max_length=2)
    city = EncryptedTextField(_("town or district"), max_length=120, blank=True, default="")
    line = EncryptedTextField(_("street, house, flat"), max_length=240, blank=True, default="")
    since = models.DateField(_("lives there since"), null=True, blank=True)
    # The first day on which they no longer live there.
    until = models.DateField(_("until"), null=True, blank=True)
    registration_possible = models.BooleanField(_("the owner agrees to registration"), null=True, blank=True)
    area_closed = models.BooleanField(_("the area is closed to new permits"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.CheckConstraint(
                name="address_ends_after_it_begins",
                condition=models.Q(since__isnull=True)
                | models.Q(until__isnull=True)
                | models.Q(until__gte=models.F("since")),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def is_current(self, today: date) -> bool:
        """Whether the client lives there on `today` as far as anybody knows."""
        return (self.since is None or self.since <= today) and (self.until is None or self.until > today)
