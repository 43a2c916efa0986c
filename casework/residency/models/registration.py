"""A registration done with an authority: when, where, for which address, until when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.audit.history import keeps_history
from casework.clients.models import Address, Client
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .stay import Stay


class RegistrationQuerySet(SealedQuerySet["Registration"]):
    def newest_first(self) -> "RegistrationQuerySet":
        return self.order_by(F("registered_on").desc(nulls_last=True), "-id")


@keeps_history(but=("version",))
class Registration(Sealed):
    class Kind(models.TextChoices):
        STAY = "stay", _("registration of the stay")
        ADDRESS = "address", _("registration of an address")
        ARRIVAL_NOTICE = "arrival_notice", _("notice of arrival by the host")

    client = models.ForeignKey(Client, models.CASCADE, related_name="registrations")
    country = models.CharField(_("country"), max_length=2)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.STAY)
    registered_on = models.DateField(_("registered on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    stay = models.ForeignKey(Stay, models.SET_NULL, null=True, blank=True, related_name="registrations")
    address = models.ForeignKey(Address, models.SET_NULL, null=True, blank=True, related_name="registrations")
    remark = EncryptedTextField(_("remark"), max_length=400, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.CheckConstraint(
                name="registration_ends_after_it_is_made",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("registered_on")),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
