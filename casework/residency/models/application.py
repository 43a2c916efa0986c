"""An application to an authority: asylum, residence, renewal, extension, citizenship."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.audit.history import keeps_history
from casework.clients.models import Client
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .permit import Permit


class ApplicationQuerySet(SealedQuerySet["Application"]):
    def newest_first(self) -> "ApplicationQuerySet":
        return self.order_by(F("filed_on").desc(nulls_last=True), "-id")


@keeps_history(but=("version",))
class Application(Sealed):
    class Kind(models.TextChoices):
        ASYLUM = "asylum", _("asylum")
        RESIDENCE = "residence", _("residence")
        RENEWAL = "renewal", _("renewal of a permit")
        EXTENSION = "extension", _("extension of the stay")
        CITIZENSHIP = "citizenship", _("citizenship")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        APPEALED = "appealed", _("appealed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    client = models.ForeignKey(Client, models.CASCADE, related_name="applications")
    country = models.CharField(_("country"), max_length=2)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    keeps_stay_lawful = models.BooleanField(_("keeps the stay lawful while pending"), null=True, blank=True)
    permit = models.ForeignKey(
        Permit,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("permit it is about"),
    )
    remark = EncryptedTextField(_("remark"), max_length=400, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.CheckConstraint(
                name="application_decided_after_it_is_filed",
                condition=Q(filed_on__isnull=True) | Q(decided_on__isnull=True) | Q(decided_on__gte=F("filed_on")),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
