"""Who is away, and who does their work meanwhile. Why they are away is nobody's business and stands nowhere."""

from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from casework.lib.ids import new_id

from ..roles import Permission
from .staff import Membership, User

# Whoever is away for longer hands their cases over.
LONGEST_ABSENCE = timedelta(days=366)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def running(self, now: datetime) -> "AbsenceQuerySet":
        return self.filter(ended_at__isnull=True, starts_at__lte=now, ends_at__gt=now)

    def not_over(self, now: datetime) -> "AbsenceQuerySet":
        """Those that run or have not begun."""
        return self.filter(ended_at__isnull=True, ends_at__gt=now)

    def between(self, starts_at: datetime, ends_at: datetime) -> "AbsenceQuerySet":
        """Those that share time with this."""
        return self.filter(ended_at__isnull=True, starts_at__lt=ends_at, ends_at__gt=starts_at)

    def changeable_by(self, user: User, now: datetime) -> "AbsenceQuerySet":
        """One's own, and those of people in the teams whose cases one gives out."""
        held = Membership.objects.active(now)
        teams = held.carrying(Permission.CASE_ASSIGN).filter(user=user).values("team")
        people = held.carrying(Permission.CASE_VIEW).filter(team__in=teams).values("user")
        return self.filter(Q(user=user) | Q(user__in=people))

    def visible_to(self, user: User, now: datetime) -> "AbsenceQuerySet":
        """Those that one may change, and those in which one stands in."""
        return self.changeable_by(user, now) | self.filter(deputy=user)

    def soonest_first(self) -> "AbsenceQuerySet":
        return self.order_by("starts_at", "id")


class Absence(models.Model):
    """Somebody does not work for a time. `deputy` is told instead of them; nobody named: those who give out the cases."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name=_("who is away"))
    deputy = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who stands in")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # Before its time.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                name="absence_ends_in_time",
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_ABSENCE),
            ),
            models.CheckConstraint(
                name="absence_deputy_is_somebody_else", condition=Q(deputy__isnull=True) | ~Q(deputy=F("user"))
            ),
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        Func("starts_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
