"""What is done for people: asked for, approved, delivered, with what it cost and from which programme."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .case import Case
from .client import Client
from .need import Need
from .programme import Programme


class ServiceQuerySet(SealedQuerySet["Service"]):
    def delivered(self) -> "ServiceQuerySet":
        return self.filter(state=Service.State.DELIVERED)

    def committed(self) -> "ServiceQuerySet":
        """Those whose money is spent or promised."""
        return self.filter(state__in=[Service.State.APPROVED, Service.State.DELIVERED], amount__isnull=False)

    def under_way(self) -> "ServiceQuerySet":
        return self.filter(state__in=[Service.State.ASKED, Service.State.APPROVED])

    def newest_first(self) -> "ServiceQuerySet":
        return self.order_by("-asked_at", "-id")


class Service(Sealed):
    """One thing done for one person, several or everybody of a case. Sealed under the key of its case.

    `condition` is what the person was to do for it, and whether they did; `restricted` kinds have words of their own
    that only those read who may read the needs (`RESTRICTED_KINDS`).
    """

    class Kind(models.TextChoices):
        LEGAL = "legal", _("legal advice")
        CASH = "cash", _("cash, without conditions")
        CASH_CONDITIONAL = "cash_conditional", _("cash, on a condition")
        RENT = "rent", _("rent or utilities")
        PSYCHOSOCIAL = "psychosocial", _("psychosocial support")
        MEDICAL = "medical", _("medical help")
        IN_KIND = "in_kind", _("things")
        ACCOMMODATION = "accommodation", _("accommodation")
        SCHOOL = "school", _("school")
        TRANSPORT = "transport", _("transport")
        TRANSLATION = "translation", _("translation")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        DELIVERED = "delivered", _("delivered")
        CANCELLED = "cancelled", _("cancelled")

    class Why(models.TextChoices):
        """Why it was refused or cancelled, in words that reports can count."""

        NOT_ELIGIBLE = "not_eligible", _("not eligible")
        NO_MONEY = "no_money", _("no money for it")
        HAS_IT = "has_it", _("has it from elsewhere")
        DECLINED = "declined", _("the person does not want it")
        NOT_REACHED = "not_reached", _("the person could not be reached")
        MISTAKE = "mistake", _("recorded by mistake")
        OTHER = "other", _("another reason")

    class PaidTo(models.TextChoices):
        PERSON = "person", _("to the person")
        OWNER = "owner", _("to the owner")

    class Unit(models.TextChoices):
        PIECE = "piece", _("pieces")
        SET = "set", _("sets")
        KILOGRAM = "kg", _("kg")
        LITRE = "litre", _("litres")
        HOUR = "hour", _("hours")
        SESSION = "session", _("sessions")
        NIGHT = "night", _("nights")
        TRIP = "trip", _("trips")
        PAGE = "page", _("pages")

    case = models.ForeignKey(Case, models.CASCADE, related_name="services")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    # Nobody named: for everybody of the case.
    people: Any = models.ManyToManyField(Client, through="ServicePerson", related_name="services")
    need = models.ForeignKey(Need, models.SET_NULL, null=True, blank=True, related_name="services")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="services")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    period_from = models.DateField(_("for the time from"), null=True, blank=True)
    period_until = models.DateField(_("until"), null=True, blank=True)
    paid_to = models.CharField(_("paid"), max_length=6, choices=PaidTo, blank=True, default="")
    item = EncryptedTextField(_("what"), max_length=200, blank=True, default="")
    quantity = models.DecimalField(_("how many"), max_digits=10, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("of"), max_length=8, choices=Unit, blank=True, default="")
    condition = EncryptedTextField(_("condition"), max_length=600, blank=True, default="")
    condition_met = models.BooleanField(_("condition met"), null=True, blank=True)
    receipt = EncryptedTextField(_("number of the receipt"), max_length=60, blank=True, default="")
    note = EncryptedTextField(_("note"), max_length=4000, blank=True, default="")

    needs_approval = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # When the delivery was recorded: for a day after that it can be taken back.
    delivered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    delivered_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(_("reason"), max_length=12, choices=Why, blank=True, default="")
    why_words = EncryptedTextField(_("reason in words"), max_length=600, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.CheckConstraint(
                name="service_money_has_its_currency",
                condition=Q(amount__isnull=True, currency="")
                | Q(amount__isnull=False, amount__gt=0, currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="service_of_money_has_its_amount",
                condition=~Q(kind__in=["cash", "cash_conditional", "rent"]) | Q(amount__isnull=False),
            ),
            models.CheckConstraint(
                name="service_quantity_is_positive",
                condition=Q(quantity__isnull=True, unit="") | (Q(quantity__isnull=False, quantity__gt=0) & ~Q(unit="")),
            ),
            models.CheckConstraint(
                name="service_delivered_has_its_day",
                condition=Q(
                    state="delivered",
                    delivered_on__isnull=False,
                    delivered_at__isnull=False,
                    delivered_by__isnull=False,
                )
                | (
                    ~Q(state="delivered")
                    & Q(delivered_on__isnull=True, delivered_at__isnull=True, delivered_by__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="service_decided_by_another",
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="service_approved_where_it_must_be",
                condition=~Q(state__in=["approved", "delivered"])
                | Q(needs_approval=False)
                | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="service_approved_or_refused_by_somebody",
                condition=~Q(state__in=["approved", "refused"]) | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="service_ended_says_why",
                condition=(
                    Q(state__in=["refused", "cancelled"], ended_at__isnull=False, ended_by__isnull=False) & ~Q(why="")
                )
                | (~Q(state__in=["refused", "cancelled"]) & Q(ended_at__isnull=True, ended_by__isnull=True, why="")),
            ),
            models.CheckConstraint(
                name="service_period_ends_after_it_begins",
                condition=Q(period_from__isnull=True)
                | Q(period_until__isnull=True)
                | Q(period_until__gte=F("period_from")),
            ),
            models.CheckConstraint(name="service_rent_is_paid_to", condition=Q(paid_to="") | Q(kind="rent")),
        ]
        indexes = [
            models.Index(fields=["case", "-asked_at"], name="service_of_case_newest"),
            # What a programme has spent and promised.
            models.Index(fields=["programme", "state"], name="service_of_programme"),
            # What waits for a second person.
            models.Index(
                fields=["asked_at"], condition=Q(state="asked", needs_approval=True), name="service_waits_for_approval"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def people_here(self) -> models.QuerySet[Client]:
        """Those of them who are in the case still."""
        here: models.QuerySet[Client] = self.people.filter(case=self.case_id)
        return here

    @property
    def is_of_money(self) -> bool:
        return self.kind in OF_MONEY

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


class ServicePerson(models.Model):
    """One of the people for whom a service is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="for_people")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "client"], name="service_for_a_person_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


OF_MONEY = frozenset({Service.Kind.CASH, Service.Kind.CASH_CONDITIONAL, Service.Kind.RENT})
# What is written of these is read by those who may read the needs, and by nobody else.
RESTRICTED_KINDS = frozenset({Service.Kind.PSYCHOSOCIAL, Service.Kind.MEDICAL})
UNDER_WAY = frozenset({Service.State.ASKED, Service.State.APPROVED})

S = Service.State
# Which state may follow which; what follows nothing is the end.
TRANSITIONS: Mapping[Service.State, frozenset[Service.State]] = {
    S.ASKED: frozenset({S.APPROVED, S.REFUSED, S.DELIVERED, S.CANCELLED}),
    S.APPROVED: frozenset({S.DELIVERED, S.CANCELLED}),
    S.DELIVERED: frozenset({S.ASKED, S.APPROVED}),  # taken back within a day
    S.REFUSED: frozenset(),
    S.CANCELLED: frozenset(),
}
