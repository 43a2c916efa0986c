"""How to reach a client, and which way is safe."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedManager

from .client import Client


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
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[SealedManager["Contact"]] = SealedManager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"#{self.pk}"
