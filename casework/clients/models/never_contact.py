"""Whom nobody must ever call or tell: for one person, or for everybody in a case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.vault.fields import EncryptedTextField
from casework.vault.hashed import KeyedHashField
from casework.vault.sealed import Sealed, SealedQuerySet

from .. import sharing
from ..access import cases_visible_to
from .case import Case
from .client import Client


class NeverContactQuerySet(SealedQuerySet["NeverContact"]):
    def changeable_by(self, user: User, now: datetime, permission: Any) -> "NeverContactQuerySet":
        """1. About a whole case that the user may change. 2. About one person of such a case."""
        return self.filter(
            cases_visible_to(user, now, permission=permission, prefix="case__")
            | cases_visible_to(user, now, permission=permission, prefix="client__case__")
        )

    def of_case(self, case_id: UUID) -> "NeverContactQuerySet":
        """What holds in a case: for all of it, or for somebody in it."""
        return self.filter(Q(case=case_id) | Q(client__case=case_id))

    def for_client(self, client: Client) -> "NeverContactQuerySet":
        """What holds for one person: their own, and that of the whole case."""
        return self.filter(Q(client=client) | Q(case=client.case_id))

    def in_force(self) -> "NeverContactQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def newest_first(self) -> "NeverContactQuerySet":
        return self.order_by("-recorded_at", "-id")


class NeverContact(Sealed):
    """One entry of the list. It holds until two people have looked: one asks to take it off, another does so."""

    class Kind(models.TextChoices):
        NUMBER = "number", _("phone number")
        EMAIL = "email", _("e-mail address")
        TELEGRAM = "telegram", _("name on Telegram")
        PERSON = "person", _("person")
        ADDRESS = "address", _("address")
        EMPLOYER = "employer", _("employer")
        ORGANISATION = "organisation", _("organisation")
        AUTHORITY = "authority", _("authority or consulate")

    # One of the two: everybody in the case, or one person.
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="never_contacts")
    client = models.ForeignKey(Client, models.CASCADE, null=True, blank=True, related_name="never_contacts")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # The number or address itself; for others the name.
    value = EncryptedTextField(_("number, address or name"), max_length=240)
    value_hash = KeyedHashField(
        hashed_as="clients.Contact.value",
        forms="casework.clients.lookup.forms_of_never_contact",
        follow=("case__team", "client__case__team"),
        null=True,
        db_index=True,
    )
    # Of an authority: which country's.
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    # Of an organisation in the directory of partners: which.
    recipient_id = models.UUIDField(null=True, blank=True)
    reason = EncryptedTextField(_("why"), max_length=1000, blank=True, default="")
    since = models.DateField(_("since"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    # Somebody asks to take it off the list, and says why; it holds until another person has looked.
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    asked_reason = EncryptedTextField(_("why it may go"), max_length=1000, blank=True, default="")
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = NeverContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the never-contact list")
        verbose_name_plural = _("never-contact list")
        constraints = [
            models.CheckConstraint(
                name="never_contact_of_a_case_or_a_person",
                condition=Q(case__isnull=True, client__isnull=False) | Q(case__isnull=False, client__isnull=True),
            ),
            models.CheckConstraint(
                name="never_contact_asked_by_somebody",
                condition=Q(asked_by__isnull=True, asked_at__isnull=True)
                | Q(asked_by__isnull=False, asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="never_contact_withdrawn_by_another_than_asked",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | (
                    Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, asked_by__isnull=False)
                    & ~Q(withdrawn_by=F("asked_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def case_of_it(self) -> Case:
        """The case that it is about: as a whole, or by one of its people."""
        if self.client is not None:
            return self.client.case
        assert self.case is not None  # noqa: S101 - the database holds one of the two
        return self.case

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def as_never(self) -> sharing.Never | None:
        """Return whom may not be told anything on its account, None where it is a number or a person alone.

        An organisation or authority that is only named in words matches nothing by itself; where it is an authority, its
        whole country is out of bounds.
        """
        if self.kind == self.Kind.AUTHORITY:
            return sharing.Never(kind=sharing.RecipientKind.AUTHORITY, id=self.recipient_id, country=self.country)
        if self.kind in (self.Kind.ORGANISATION, self.Kind.EMPLOYER) and self.recipient_id is not None:
            return sharing.Never(kind=sharing.RecipientKind.PARTNER, id=self.recipient_id)
        return None
