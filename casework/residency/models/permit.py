"""A right to stay that an authority granted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.audit.history import keeps_history
from casework.clients.models import Client
from casework.documents.models import Document
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet


class PermitQuerySet(SealedQuerySet["Permit"]):
    def newest_first(self) -> "PermitQuerySet":
        return self.order_by(F("printed_until").desc(nulls_last=True), "-id")


@keeps_history(but=("version",))
class Permit(Sealed):
    class Kind(models.TextChoices):
        TEMPORARY_RESIDENCE = "temporary_residence", _("temporary residence")
        PERMANENT_RESIDENCE = "permanent_residence", _("permanent residence")
        VISA = "visa", _("visa")
        STAY_EXTENSION = "stay_extension", _("extension of the stay")
        TEMPORARY_PROTECTION = "temporary_protection", _("temporary protection")
        HUMANITARIAN = "humanitarian", _("humanitarian residence")
        PRECARIA = "precaria", _("certificate while the application is pending")
        DIGITAL_NOMAD = "digital_nomad", _("digital nomad")
        OTHER = "other", _("other permit")

    client = models.ForeignKey(Client, models.CASCADE, related_name="permits")
    country = models.CharField(_("country"), max_length=2)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    printed_until = models.DateField(_("printed as valid until"), null=True, blank=True)
    card = models.ForeignKey(Document, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("card"))
    remark = EncryptedTextField(_("remark"), max_length=400, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = _("permit")
        verbose_name_plural = _("permits")
        constraints = [
            models.CheckConstraint(
                name="permit_ends_after_it_begins",
                condition=Q(valid_from__isnull=True)
                | Q(printed_until__isnull=True)
                | Q(printed_until__gte=F("valid_from")),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
