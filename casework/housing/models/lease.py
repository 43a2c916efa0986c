"""From when to when we may use a place, and what it costs."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import sites_usable_by
from .days import apart, sharing_days, until_not_before_since
from .site import Site
from .unit import Unit


class LeaseQuerySet(SealedQuerySet["Lease"]):
    def usable_by(
        self, user: User, now: datetime, permission: Permission = Permission.HOUSING_MANAGE
    ) -> "LeaseQuerySet":
        return self.filter(sites_usable_by(user, now, permission=permission, prefix="site__"))

    def sharing_days(self, since: date, until: date | None) -> "LeaseQuerySet":
        return self.filter(sharing_days(since, until))

    def ending_between(self, since: date, until: date) -> "LeaseQuerySet":
        return self.filter(until__gte=since, until__lt=until)

    def notice_due_between(self, since: date, until: date) -> "LeaseQuerySet":
        """Those for which nobody has given notice yet, and the last day to do so lies there."""
        return self.filter(notice_on__gte=since, notice_on__lt=until, notice_given_on__isnull=True)

    def soonest_ending_first(self) -> "LeaseQuerySet":
        return self.order_by(F("until").asc(nulls_last=True), "id")


@keeps_history(but=("version",))
class Lease(Sealed):
    """`until` is the first day on which it does not hold any more; without `unit` it is about the whole site.

    `notice_on` is the last day on which notice can be given, or on which it must be said whether it goes on.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="leases")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="leases")
    landlord_name = EncryptedTextField(_("landlord"), max_length=160, blank=True, default="")
    landlord_phone = EncryptedTextField(_("phone of the landlord"), max_length=80, blank=True, default="")
    since = models.DateField(_("first day"))
    until = models.DateField(_("does not hold any more from"), null=True, blank=True)
    notice_on = models.DateField(_("give notice by"), null=True, blank=True)
    notice_given_on = models.DateField(_("notice given on"), null=True, blank=True)
    deposit = models.DecimalField(_("deposit"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    note = EncryptedTextField(_("note"), max_length=1000, blank=True, default="")
    # Why it ends although people live there, or are booked, past its end.
    exception = EncryptedTextField(_("why all the same"), max_length=400, blank=True, null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        constraints = [
            models.CheckConstraint(
                name="lease_lasts_a_day_at_least", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            until_not_before_since("lease_ends_after_it_begins"),
            models.CheckConstraint(name="lease_currency_is_a_code", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="lease_deposit_not_below_zero", condition=Q(deposit__isnull=True) | Q(deposit__gte=0)
            ),
            models.CheckConstraint(
                name="lease_notice_before_its_end",
                condition=Q(notice_on__isnull=True) | Q(until__isnull=True) | Q(notice_on__lt=F("until")),
            ),
            apart("lease_of_a_unit_once", "unit", Q(unit__isnull=False)),
            apart("lease_of_a_whole_site_once", "site", Q(unit__isnull=True)),
        ]
        indexes = [models.Index(fields=["until"], name="lease_ending")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, as contracts say it."""
        return None if self.until is None else self.until - timedelta(days=1)

    @property
    def place(self) -> str:
        """What it is about, for staff: "BSK-1" or "BSK-1, Room 2"."""
        return self.site.code if self.unit is None else f"{self.site.code}, {self.unit.label}"


class LeaseRent(models.Model):
    """What a lease costs from a day on, until another rent takes its place."""

    class Per(models.TextChoices):
        MONTH = "month", _("a month")
        WEEK = "week", _("a week")
        NIGHT = "night", _("a night")

    # To compare rents: days of a month are those of an average one.
    DAYS = {"month": Decimal("30.4375"), "week": Decimal(7), "night": Decimal(1)}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lease = models.ForeignKey(Lease, models.CASCADE, related_name="rents")
    since = models.DateField(_("from"))
    amount = models.DecimalField(_("rent"), max_digits=12, decimal_places=2)
    per = models.CharField(_("per"), max_length=6, choices=Per, default=Per.MONTH)

    class Meta:
        verbose_name = _("rent")
        verbose_name_plural = _("rents")
        constraints = [
            models.UniqueConstraint(fields=["lease", "since"], name="rent_of_a_lease_once_a_day"),
            models.CheckConstraint(name="rent_not_below_zero", condition=Q(amount__gte=0)),
            models.CheckConstraint(name="rent_per_known", condition=Q(per__in=["month", "week", "night"])),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def a_night(self) -> Decimal:
        return self.amount / self.DAYS[self.per]

    def a_bed_a_month(self, beds: int) -> Decimal | None:
        """Return what one of so many beds comes to, in the currency of the lease; None without beds."""
        return (self.a_night * self.DAYS[self.Per.MONTH] / beds).quantize(Decimal("0.01")) if beds else None
