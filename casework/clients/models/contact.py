"""How to reach a client, and which way is safe."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.audit.history import keeps_history
from casework.vault.fields import EncryptedTextField
from casework.vault.hashed import KeyedHashField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from ..safe_hours import SafeHours
from .client import Client
from .contact_stop import ContactStop


class ContactQuerySet(SealedQuerySet["Contact"]):
    def visible_to(self, user: User, now: datetime) -> "ContactQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def in_use(self) -> "ContactQuerySet":
        return self.filter(ended_at__isnull=True)

    def safe_first(self) -> "ContactQuerySet":
        """What is in use before what is not, safe before unsafe, the preferred one, the oldest before newer ones."""
        return self.order_by(
            models.F("ended_at").desc(nulls_first=True), "-is_safe", "-is_preferred", "recorded_at", "id"
        )


@keeps_history(but=("version", "value_hash"))
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
    value_hash = KeyedHashField(
        hashed_as="clients.Contact.value",
        forms="casework.clients.lookup.forms_of_contact",
        follow=("client__case__team",),
        null=True,
        db_index=True,
    )
    is_safe = models.BooleanField(_("safe to use"), default=True)
    is_preferred = models.BooleanField(_("the way they like best"), default=False)
    # ISO days of the week; none are all of them. Wall times where the person is, or in `time_zone`.
    safe_days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("safe days"), default=list, blank=True)
    safe_from = models.TimeField(_("safe from"), null=True, blank=True)
    safe_until = models.TimeField(_("safe until"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=5, blank=True, default="")
    no_message = models.BooleanField(_("leave no message"), default=False)
    verified_on = models.DateField(_("checked on"), null=True, blank=True)
    # What proves that it is them, and us. Never shown with the page: asked for, and that is in the audit.
    # Nullable, because nothing can be sealed for rows that were there before.
    code_word = EncryptedTextField(_("code word"), max_length=80, null=True, blank=True)
    others = EncryptedTextField(_("who else may pick up"), max_length=240, null=True, blank=True)
    instructions = EncryptedTextField(_("what else to know"), max_length=400, blank=True, default="")
    # The stop that made it unsafe; lifted, it is safe again.
    stopped_by = models.ForeignKey(ContactStop, models.PROTECT, null=True, editable=False, related_name="contacts")
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
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("recorded_at")),
            ),
            models.CheckConstraint(
                name="contact_hours_have_both_ends",
                condition=Q(safe_from__isnull=True, safe_until__isnull=True)
                | (Q(safe_from__isnull=False, safe_until__isnull=False) & ~Q(safe_from=models.F("safe_until"))),
            ),
            models.CheckConstraint(
                name="contact_days_are_of_the_week", condition=Q(safe_days__contained_by=list(range(1, 8)))
            ),
            models.CheckConstraint(
                name="contact_stopped_is_not_safe", condition=Q(stopped_by__isnull=True) | Q(is_safe=False)
            ),
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(is_preferred=True, ended_at__isnull=True),
                name="contact_preferred_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def hours(self, zone: str) -> SafeHours:
        """Return when it is safe to use; `zone` is where the person is, for a contact that names none of its own."""
        return SafeHours(
            zone=self.time_zone or zone, days=frozenset(self.safe_days), since=self.safe_from, until=self.safe_until
        )

    @property
    def has_code_word(self) -> bool:
        return bool(self.code_word)
