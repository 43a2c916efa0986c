"""What a client agreed to, refused or withdrew: about what, to whom, since when."""

from datetime import date
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.audit.history import keeps_history
from casework.vault.fields import EncryptedTextField
from casework.vault.lookup import keyed_hash
from casework.vault.sealed import Sealed, SealedQuerySet

from .. import sharing
from .client import Client

# Names the derived key under which recipients written in words are told apart.
RECIPIENT_HASHED_AS = "clients.Consent.recipient_name"


class ConsentQuerySet(SealedQuerySet["Consent"]):
    def newest_first(self) -> "ConsentQuerySet":
        return self.order_by("-given_on", "-recorded_at", "id")


@keeps_history(but=("version",))
class Consent(Sealed):
    """One answer to one question. Nothing of it is deleted: a withdrawal ends it, and the row says so.

    Whom it is about: any of them; any of a sort or a country; one, by the id of the directory or in words.
    """

    class Purpose(models.TextChoices):
        SUPPORT = "support", _("we support them")
        RECORD = "record", _("we keep what they tell us")
        PICTURES = "pictures", _("we keep photos and scans")
        PARTNER = "partner", _("a partner is told")
        AUTHORITY = "authority", _("an authority is told")
        INTERPRETER = "interpreter", _("an interpreter takes part")
        FAMILY = "family", _("the family is told")
        REPORTS = "reports", _("their story stands in reports")
        ABROAD = "abroad", _("the file goes abroad")

    class Said(models.TextChoices):
        YES = "yes", _("agreed")
        NO = "no", _("refused")

    class Basis(models.TextChoices):
        EXPLICIT_CONSENT = "explicit_consent", _("explicit consent, Art. 6(1)(a) and 9(2)(a)")
        CONSENT = "consent", _("consent, Art. 6(1)(a)")
        VITAL_INTERESTS = "vital_interests", _("vital interests, Art. 6(1)(d) and 9(2)(c)")
        LEGAL_OBLIGATION = "legal_obligation", _("legal obligation, Art. 6(1)(c)")
        PUBLIC_INTEREST = "public_interest", _("public interest, Art. 6(1)(e) and 9(2)(g)")
        LEGITIMATE_INTERESTS = "legitimate_interests", _("legitimate interests, Art. 6(1)(f)")

    class Category(models.TextChoices):
        IDENTITY = "identity", _("who they are")
        CONTACT = "contact", _("how to reach them")
        ADDRESS = "address", _("where they live")
        DOCUMENTS = "documents", _("documents")
        RESIDENCE = "residence", _("residence status")
        NEEDS = "needs", _("needs and health")
        FAMILY = "family", _("family")
        NOTES = "notes", _("case notes")

    class Sort(models.TextChoices):
        ORGANISATION = "organisation", _("organisations")
        LAWYER = "lawyer", _("lawyers")
        DOCTOR = "doctor", _("doctors and clinics")
        SCHOOL = "school", _("schools")

    class How(models.TextChoices):
        SIGNED = "signed", _("signed on paper")
        WITNESS = "witness", _("said before a witness")
        SAID = "said", _("said to the caseworker")

    class GivenBy(models.TextChoices):
        CLIENT = "client", _("themselves")
        GUARDIAN = "guardian", _("a guardian")

    client = models.ForeignKey(Client, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("what they were asked"), max_length=12, choices=Purpose)
    said = models.CharField(_("answer"), max_length=4, choices=Said)
    basis = models.CharField(_("legal basis"), max_length=20, choices=Basis, default=Basis.EXPLICIT_CONSENT)
    categories = ArrayField(models.CharField(max_length=10, choices=Category), verbose_name=_("about what"))
    # Whom it is about. All blank: any of them.
    recipient_id = models.UUIDField(null=True, blank=True)
    recipient_sort = models.CharField(max_length=12, choices=Sort, blank=True, default="")
    recipient_country = models.CharField(max_length=2, blank=True, default="")
    recipient_name = EncryptedTextField(_("who exactly"), max_length=160, blank=True, default="")
    given_on = models.DateField(_("said on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    given_by = models.CharField(_("who answered"), max_length=8, choices=GivenBy, default=GivenBy.CLIENT)
    guardian = EncryptedTextField(_("guardian"), max_length=160, blank=True, default="")
    how = models.CharField(_("how"), max_length=8, choices=How, default=How.SIGNED)
    witness = EncryptedTextField(_("witness"), max_length=160, blank=True, default="")
    language = models.CharField(_("in which language"), max_length=5, blank=True, default="")
    # Which version of our printed form was signed, in that language; blank where it was no form of ours.
    form_version = models.CharField(_("version of the form"), max_length=12, blank=True, default="")
    # Why, where the basis is not their word.
    reason = EncryptedTextField(_("reason"), max_length=1000, blank=True, default="")
    remark = EncryptedTextField(_("remark"), max_length=1000, blank=True, default="")
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawal_words = EncryptedTextField(_("in their words"), max_length=1000, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                name="consent_of_a_known_kind",
                condition=Q(
                    purpose__in=[it.value for it in sharing.Purpose],
                    said__in=[it.value for it in sharing.Said],
                    basis__in=[it.value for it in sharing.Basis],
                    given_by__in=[it.value for it in sharing.GivenBy],
                ),
            ),
            models.CheckConstraint(
                name="consent_is_about_something",
                condition=Q(categories__len__gt=0) & Q(categories__contained_by=[it.value for it in sharing.Category]),
            ),
            models.CheckConstraint(
                name="consent_refused_on_no_other_basis",
                condition=Q(said="yes") | Q(basis__in=sorted(sharing.BY_CONSENT), valid_until__isnull=True),
            ),
            models.CheckConstraint(
                name="consent_form_has_its_language",
                condition=Q(form_version="") | ~Q(language=""),
            ),
            models.CheckConstraint(
                name="consent_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("given_on")),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_by_somebody_after_it_was_given",
                condition=Q(withdrawn_on__isnull=True, withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(
                    withdrawn_on__isnull=False,
                    withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False,
                    withdrawn_on__gte=models.F("given_on"),
                ),
            ),
        ]
        indexes = [models.Index(fields=["client", "purpose"], name="consent_of_client")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.purpose}"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_on is not None

    def has_run_out(self, today: date) -> bool:
        return self.valid_until is not None and self.valid_until < today

    @property
    def recipient(self) -> sharing.Recipient:
        """Whom it is about. Who is named in words has an id made of them, so that the same words are the same one."""
        kind = sharing.RECIPIENT_OF[sharing.Purpose(self.purpose)]
        return sharing.Recipient(
            kind=kind,
            id=self.recipient_id or id_of_words(self.recipient_name),
            sort=self.recipient_sort,
            country=self.recipient_country,
        )

    def as_given(self) -> sharing.Given:
        """Return what the decision needs of it, without a name."""
        return sharing.Given(
            id=self.pk,
            purpose=sharing.Purpose(self.purpose),
            said=sharing.Said(self.said),
            basis=sharing.Basis(self.basis),
            categories=frozenset(sharing.Category(it) for it in self.categories),
            recipient=self.recipient,
            given_on=self.given_on,
            recorded_at=self.recorded_at,
            given_by=sharing.GivenBy(self.given_by),
            valid_until=self.valid_until,
            withdrawn_on=self.withdrawn_on,
            withdrawn_at=self.withdrawn_at,
            has_reason=bool(self.reason and self.reason.strip()),
        )


def id_of_words(name: str) -> UUID | None:
    """Return an id for somebody named in words: the same for the same words, however they are spaced and capitalised."""
    folded = " ".join(str(name or "").split()).casefold()
    return UUID(bytes=keyed_hash(RECIPIENT_HASHED_AS, folded)) if folded else None
