"""Programmes (streams): what donors pay for, and which cases are supported from which."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib.ids import new_id

from .case import Case


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def in_use(self) -> "ProgrammeQuerySet":
        return self.filter(archived_at__isnull=True)

    def running(self, today: date) -> "ProgrammeQuerySet":
        """Those that a service of `today` may be paid from."""
        return self.in_use().filter(Q(starts_on__isnull=True) | Q(starts_on__lte=today), _ends_not_before(today))

    def by_name(self) -> "ProgrammeQuerySet":
        return self.order_by("name", "code")


def _ends_not_before(today: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gte=today)


class Programme(models.Model):
    """Money of one donor for one purpose. `approval_above`: from which amount cash and rent need a second person.

    Empty `pays_for` means anything; no `budget` means that nobody counts it here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=80)
    donor = models.CharField(_("donor"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    approval_above = models.DecimalField(
        _("approval above"), max_digits=12, decimal_places=2, null=True, blank=True, default=0
    )
    pays_for = ArrayField(models.CharField(max_length=20), verbose_name=_("pays for"), default=list, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(name="programme_currency_is_a_code", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="programme_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="programme_budget_is_positive", condition=Q(budget__isnull=True) | Q(budget__gt=0)
            ),
            models.CheckConstraint(
                name="programme_approval_not_below_zero",
                condition=Q(approval_above__isnull=True) | Q(approval_above__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def pays(self, kind: str) -> bool:
        return not self.pays_for or kind in self.pays_for

    def runs_on(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


class CaseProgramme(models.Model):
    """A case that is supported from a programme."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="in_programmes")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="in_cases")
    tagged_at = models.DateTimeField()
    tagged_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "programme"], name="case_in_programme_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
