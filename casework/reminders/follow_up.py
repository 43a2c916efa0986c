"""Somebody wants to hear on a day if no answer has come by then: of a partner to a referral, or a to-do that is not done."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Referral, ToDo
from casework.lib.ids import new_id


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def of(self, user: User) -> "FollowUpQuerySet":
        return self.filter(asked_by=user)

    def standing(self) -> "FollowUpQuerySet":
        """Those that nobody took back."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: User, now: datetime) -> "FollowUpQuerySet":
        """Those about what the user may see: of cases that they see, and of what they or others have to do about no case."""
        theirs = (Q(to_do__owner=user) | Q(to_do__created_by=user)) & Q(to_do__case__isnull=True)
        of_referral = cases_visible_to(user, now, prefix="referral__case__")
        return self.filter(theirs | of_referral | cases_visible_to(user, now, prefix="to_do__case__"))

    def unanswered(self) -> "FollowUpQuerySet":
        """Those of referrals that wait for an answer and of to-dos that are not done, in open cases."""
        waits = Q(referral__state__in=Referral.WAITING, referral__case__status=Case.Status.OPEN)
        in_open_case = Q(to_do__case__isnull=True) | Q(to_do__case__status=Case.Status.OPEN)
        return self.filter(waits | Q(to_do__isnull=False, to_do__done_at__isnull=True) & in_open_case)


class FollowUp(models.Model):
    """It is for whoever asked. What they are reminded of is the referral or the to-do; nothing is written here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, null=True, related_name="follow_ups")
    to_do = models.ForeignKey(ToDo, models.CASCADE, null=True, related_name="follow_ups")
    on = models.DateField(_("remind me on"))
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder if no answer comes")
        verbose_name_plural = _("reminders if no answer comes")
        constraints = [
            models.CheckConstraint(
                name="follow_up_of_a_referral_or_a_to_do",
                condition=Q(referral__isnull=False, to_do__isnull=True) | Q(referral__isnull=True, to_do__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["asked_by", "referral"], condition=Q(ended_at__isnull=True), name="follow_up_once_a_referral"
            ),
            models.UniqueConstraint(
                fields=["asked_by", "to_do"], condition=Q(ended_at__isnull=True), name="follow_up_once_a_to_do"
            ),
        ]
        indexes = [models.Index(fields=["on"], condition=Q(ended_at__isnull=True), name="follow_up_standing")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def about(self) -> Any:
        return self.referral or self.to_do

    @property
    def case(self) -> Case | None:
        case: Case | None = self.about.case
        return case


def unanswered_of_user(user: User, now: datetime) -> FollowUpQuerySet:
    """Return what somebody wanted to hear of by tomorrow, and that no answer came to."""
    rows = FollowUp.objects.of(user).standing().unanswered().visible_to(user, now)
    return rows.filter(on__lte=now.date() + timedelta(days=1))


def in_brief_of(rows: FollowUpQuerySet) -> Any:
    """Return the rows as My day reads them within one query: what about, of which case, since when."""
    told = JSONObject(
        referral="referral",
        to_do="to_do",
        on="on",
        code_of_referral="referral__case__code",
        code_of_to_do="to_do__case__code",
    )
    return rows.order_by("on", "pk").values(told=told)
