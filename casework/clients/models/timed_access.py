"""Access for a time: somebody outside the team sees a case, or all of a team while its people are away."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Permission
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .case import Case

# Whoever is needed for longer belongs into the team.
LONGEST_ACCESS = timedelta(days=92)


class TimedAccessQuerySet(SealedQuerySet["TimedAccess"]):
    def running(self, now: datetime) -> "TimedAccessQuerySet":
        return self.filter(ended_at__isnull=True, starts_at__lte=now, ends_at__gt=now)

    def not_over(self, now: datetime) -> "TimedAccessQuerySet":
        """Those that run or have not begun."""
        return self.filter(ended_at__isnull=True, ends_at__gt=now)

    def letting(self, user: User, permission: Permission, now: datetime) -> "TimedAccessQuerySet":
        """Return those by which `user` may do this now. None gives more than they may do in a team of their own."""
        held = Membership.objects.active(now).carrying(permission).filter(user=user)
        rows = self.running(now).filter(models.Exists(held), user=user)
        return rows if permission == Permission.CASE_VIEW else rows.filter(may_change=True)

    def newest_first(self) -> "TimedAccessQuerySet":
        return self.order_by("-given_at", "-id")


class TimedAccess(Sealed):
    """Of one case, or of the cases of one team. The key of the reason is that of the case, else that of the user."""

    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="timed_access")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="timed_access")
    user = models.ForeignKey(User, models.CASCADE, related_name="timed_access", verbose_name=_("for"))
    may_change = models.BooleanField(_("may change the case"), default=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = EncryptedTextField(_("reason"), max_length=600)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    # Before its time: by somebody, or because the case was restricted.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = TimedAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("access for a time")
        verbose_name_plural = _("access for a time")
        constraints = [
            models.CheckConstraint(
                name="timed_access_of_a_case_or_a_team",
                condition=Q(case__isnull=False, team__isnull=True) | Q(case__isnull=True, team__isnull=False),
            ),
            models.CheckConstraint(name="timed_access_not_given_to_oneself", condition=~Q(given_by=F("user"))),
            models.CheckConstraint(
                name="timed_access_ends_in_time",
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_ACCESS),
            ),
            models.CheckConstraint(
                name="timed_access_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [
            # The predicate asks what one user has been given.
            models.Index(fields=["user", "ends_at"], condition=Q(ended_at__isnull=True), name="timed_access_of_user"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
