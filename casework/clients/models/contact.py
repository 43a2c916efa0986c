"""How to reach a client, and which way is safe."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .client import Client


class ContactQuerySet(SealedQuerySet["Contact"]):
    def visible_to(self, user: User, now: datetime) -> "ContactQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def in_use(self) -> "ContactQuerySet":
        return self.filter(ended_at__isnull=True)

    def safe_first(self) -> "ContactQuerySet":
        """What is in use before what is not, safe before unsafe, the oldest before newer ones."""
        return self.order_by(models.F("ended_at").desc(nulls_first=True), "-is_safe", "recorded_at", "id")


class Contact(Sealed):
    class Channel(models.TextChoices):
        PHONE = "phone", _("phone call")
        SMS = "sms", _("SMS")
        EMAIL = "email", _("e-mail")
        TELEGRAM = "telegram", _("Telegram")
        WHATSAPP = "whatsapp", _("WhatsApp")
        SIGNAL = "signal", _("Signal")
        IN_PERSON = "in_person", _("only in person")
        OTHER = "other", _("other")

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts")
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    value = EncryptedTextField(_("number or address"), max_length=160, blank=True, default="")
    # Keyed hash of the normal form, for exact search; null where there is nothing to look up.
    value_hash = models.BinaryField(max_length=16, null=True, editable=False, db_index=True)
    is_safe = models.BooleanField(_("safe to use"), default=True)
    instructions = EncryptedTextField(
        _("hours, code word, who else may read it"), max_length=400, blank=True, default=""
    )
    recorded_at = models.DateTimeField(_("recorded"))
    # Not used any more from then on; kept, because somebody may ask which number a message went to.
    ended_at = models.DateTimeField(_("not used since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(
                name="contact_ends_after_it_is_recorded",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("recorded_at")),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
