"""Papers that prove who somebody is or what they may do."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.audit.history import keeps_history
from casework.clients.access import cases_visible_to
from casework.clients.models import Client
from casework.vault.fields import EncryptedTextField
from casework.vault.hashed import KeyedHashField
from casework.vault.sealed import Sealed, SealedQuerySet


class DocumentQuerySet(SealedQuerySet["Document"]):
    def visible_to(self, user: User, now: datetime) -> "DocumentQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def with_custody(self) -> "DocumentQuerySet":
        """Each with `holder` and `away_since` of its original, None where the client has it."""
        from .custody import Custody  # which is about documents

        away = Custody.objects.open().filter(document=models.OuterRef("pk")).order_by()
        return self.annotate(
            holder=models.Subquery(away.values("holder")[:1]), away_since=models.Subquery(away.values("since")[:1])
        )

    def newest_first(self) -> "DocumentQuerySet":
        return self.order_by(models.F("valid_until").desc(nulls_last=True), "-id")


@keeps_history(but=("version", "number_hash"))
class Document(Sealed):
    class Kind(models.TextChoices):
        INTERNAL_PASSPORT = "internal_passport", _("internal passport")
        INTERNATIONAL_PASSPORT = "international_passport", _("international passport")
        BIRTH_CERTIFICATE = "birth_certificate", _("birth certificate")
        IDENTITY_CARD = "identity_card", _("identity card")
        RESIDENCE_CARD = "residence_card", _("residence card")
        REFUGEE_TRAVEL_DOCUMENT = "refugee_travel_document", _("refugee travel document")
        STATELESS_TRAVEL_DOCUMENT = "stateless_travel_document", _("stateless travel document")
        ASYLUM_CERTIFICATE = "asylum_certificate", _("certificate of an asylum seeker")
        REFUGEE_CERTIFICATE = "refugee_certificate", _("refugee certificate")
        REGISTRATION_SLIP = "registration_slip", _("slip of a registration")
        MIGRATION_CARD = "migration_card", _("migration card")
        MARRIAGE_CERTIFICATE = "marriage_certificate", _("marriage certificate")
        MILITARY_CARD = "military_card", _("military card")
        DRIVING_LICENCE = "driving_licence", _("driving licence")
        TAX_NUMBER = "tax_number", _("certificate of a tax or personal number")
        POWER_OF_ATTORNEY = "power_of_attorney", _("power of attorney")
        COURT_PAPER = "court_paper", _("decision or summons")
        EDUCATION = "education", _("school or university certificate")
        MEDICAL = "medical", _("medical paper")
        OTHER = "other", _("other document")

    class State(models.TextChoices):
        HELD = "held", _("held")
        LOST = "lost", _("lost")
        EXPIRED = "expired", _("expired")
        RETAINED = "retained", _("kept by an authority")
        REVOKED = "revoked", _("revoked")

    client = models.ForeignKey(Client, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    country = models.CharField(_("issued by"), max_length=3)
    number = EncryptedTextField(_("number"), max_length=60, blank=True, default="")
    number_hash = KeyedHashField(
        hashed_as="documents.Document.number",
        forms="casework.documents.lookup.forms_of_document",
        null=True,
        db_index=True,
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    biometric = models.BooleanField(_("biometric"), null=True, blank=True)
    renewable_abroad = models.BooleanField(_("can be renewed abroad"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                name="document_ends_after_it_is_issued",
                condition=models.Q(issued_on__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("issued_on")),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
