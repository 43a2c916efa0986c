"""Whom we send people to: organisations, lawyers, doctors, schools, authorities, and what each offers where."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

# After so many days nobody should send a person there without asking whether it is still true.
STALE_AFTER = timedelta(days=180)


class Share(models.TextChoices):
    """What may be told to a partner about a person. Their code always is; nothing else goes unless it is ticked."""

    NAME = "name", _("name")
    BIRTH = "birth", _("date of birth")
    CONTACT = "contact", _("how to reach them")
    DOCUMENT = "document", _("identity document")
    NEEDS = "needs", _("what they need, and why")


class ServiceKind(models.TextChoices):
    """What people are sent to a partner for."""

    LEGAL = "legal", _("legal advice")
    MEDICAL = "medical", _("medical care")
    PSYCHOSOCIAL = "psychosocial", _("psychosocial support")
    CASH = "cash", _("cash assistance")
    IN_KIND = "in_kind", _("food, clothes and other things")
    ACCOMMODATION = "accommodation", _("accommodation")
    SCHOOL = "school", _("school and courses")
    LANGUAGE = "language", _("interpreting and translation")
    WORK = "work", _("work and income")
    PAPERS = "papers", _("documents and registration")
    PROTECTION = "protection", _("protection from violence")
    OTHER = "other", _("something else")


class PartnerQuerySet(SealedQuerySet["Partner"]):
    def in_use(self) -> "PartnerQuerySet":
        return self.filter(archived_at__isnull=True)

    def by_name(self) -> "PartnerQuerySet":
        return self.order_by(Lower("name"), "id")

    def not_verified_since(self, day: date) -> "PartnerQuerySet":
        return self.filter(Q(verified_on__isnull=True) | Q(verified_on__lt=day))


class Partner(Sealed):
    """An organisation outside ours. What it is called and offers is no secret; who can be reached there is sealed."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("organisation")
        LAWYER = "lawyer", _("lawyer")
        DOCTOR = "doctor", _("doctor or clinic")
        SCHOOL = "school", _("school")
        AUTHORITY = "authority", _("authority")
        OTHER = "other", _("other")

    class Agreement(models.TextChoices):
        UNKNOWN = "unknown", _("not known")
        NO = "no", _("no")
        YES = "yes", _("yes")

    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    country = models.CharField(_("country"), max_length=2)
    towns = ArrayField(models.CharField(max_length=80), verbose_name=_("towns"), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("languages"), default=list, blank=True)
    # The language of letters to them.
    letter_language = models.CharField(_("language of letters"), max_length=5, default="en")
    email = EncryptedTextField(_("e-mail"), max_length=160, blank=True, default="")
    phone = EncryptedTextField(_("phone"), max_length=80, blank=True, default="")
    hours = EncryptedTextField(_("hours"), max_length=160, blank=True, default="")
    focal_point = EncryptedTextField(_("whom to turn to"), max_length=160, blank=True, default="")
    remark = EncryptedTextField(_("remark"), max_length=2000, blank=True, default="")
    agreement = models.CharField(
        _("data-sharing agreement"), max_length=8, choices=Agreement, default=Agreement.UNKNOWN
    )
    agreement_until = models.DateField(_("agreement holds until"), null=True, blank=True)
    may_receive = ArrayField(
        models.CharField(max_length=8, choices=Share), verbose_name=_("what they may receive"), default=list, blank=True
    )
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "country", condition=Q(archived_at__isnull=True), name="partner_in_use_once"
            ),
            models.CheckConstraint(name="partner_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="partner_may_receive_what_we_know", condition=Q(may_receive__contained_by=list(Share.values))
            ),
            models.CheckConstraint(
                name="partner_agreement_until_of_an_agreement",
                condition=Q(agreement_until__isnull=True) | Q(agreement="yes"),
            ),
            models.CheckConstraint(
                name="partner_verified_by_somebody",
                condition=Q(verified_on__isnull=True, verified_by__isnull=True)
                | Q(verified_on__isnull=False, verified_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def is_stale(self, today: date) -> bool:
        """Whether nobody has verified it for 180 days."""
        return self.verified_on is None or today - self.verified_on > STALE_AFTER

    def agreement_has_lapsed(self, today: date) -> bool:
        return self.agreement_until is not None and self.agreement_until < today

    def receives(self, today: date) -> frozenset[str]:
        """Return what they may be told on `today`: nothing but a code once an agreement has lapsed."""
        return frozenset() if self.agreement_has_lapsed(today) else frozenset(self.may_receive)


class PartnerServiceQuerySet(models.QuerySet["PartnerService"]):
    def offered(self) -> "PartnerServiceQuerySet":
        """What is offered now, by partners who are not archived."""
        return self.filter(ended_at__isnull=True, partner__archived_at__isnull=True)

    def in_town(self, town: str) -> "PartnerServiceQuerySet":
        """What is offered in a town, and what is offered in the whole country."""
        return self.filter(Q(town__iexact=town) | Q(town=""))

    def by_place(self) -> "PartnerServiceQuerySet":
        return self.order_by("country", "town", "kind", Lower("partner__name"), "id")


class PartnerService(models.Model):
    """What a partner offers, where, for whom, at what cost, and how soon."""

    class ForWhom(models.TextChoices):
        EVERYBODY = "everybody", _("everybody")
        WOMEN = "women", _("women")
        CHILDREN = "children", _("children")
        FAMILIES = "families", _("families")
        OLDER = "older", _("older people")
        DISABILITY = "disability", _("people with a disability")
        LGBT = "lgbt", _("LGBT+ people")
        SURVIVORS = "survivors", _("survivors of violence or torture")

    class Cost(models.TextChoices):
        UNKNOWN = "unknown", _("not known")
        FREE = "free", _("free")
        REDUCED = "reduced", _("reduced")
        PAID = "paid", _("to be paid")

    class Capacity(models.TextChoices):
        UNKNOWN = "unknown", _("not known")
        OPEN = "open", _("takes people")
        LIMITED = "limited", _("few places")
        FULL = "full", _("full")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="services")
    kind = models.CharField(_("service"), max_length=16, choices=ServiceKind)
    country = models.CharField(_("country"), max_length=2)
    # Blank: in the whole country.
    town = models.CharField(_("town"), max_length=80, blank=True, default="")
    for_whom = models.CharField(_("for whom"), max_length=12, choices=ForWhom, default=ForWhom.EVERYBODY)
    cost = models.CharField(_("cost"), max_length=8, choices=Cost, default=Cost.UNKNOWN)
    capacity = models.CharField(_("capacity"), max_length=8, choices=Capacity, default=Capacity.UNKNOWN)
    capacity_note = models.CharField(_("note on capacity"), max_length=160, blank=True, default="")
    waiting_days = models.PositiveSmallIntegerField(_("days of waiting"), null=True, blank=True)
    ended_at = models.DateTimeField(_("not offered since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PartnerServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service of a partner")
        verbose_name_plural = _("services of partners")
        constraints = [
            models.UniqueConstraint(
                "partner",
                "kind",
                "country",
                Lower("town"),
                "for_whom",
                condition=Q(ended_at__isnull=True),
                name="partner_service_offered_once",
            ),
            models.CheckConstraint(name="partner_service_kind_known", condition=Q(kind__in=list(ServiceKind.values))),
        ]
        indexes = [models.Index(fields=["kind", "country"], name="partner_service_by_kind")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
