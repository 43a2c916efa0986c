"""Somebody whom a partner or an authority sends to us: not a client yet, and perhaps never."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.access import memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.vault.fields import EncryptedTextField
from casework.vault.hashed import KeyedHashField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from ..local_day import today_of_team
from .case import Case
from .contact import Contact
from .partner import Partner, ServiceKind
from .referral import DeclineReason, Urgency


class IncomingReferralQuerySet(SealedQuerySet["IncomingReferral"]):
    def visible_to(self, user: User, now: datetime) -> "IncomingReferralQuerySet":
        return self._within(user, now, Permission.CASE_VIEW)

    def changeable_by(self, user: User, now: datetime) -> "IncomingReferralQuerySet":
        return self._within(user, now, Permission.CASE_CHANGE)

    def _within(self, user: User, now: datetime, permission: Permission) -> "IncomingReferralQuerySet":
        """Return those that

        1. belong to no case, and were sent to a team for which the user holds the permission, or
        2. led to a case that the user may see (or change): a restricted one hides what led to it.
        """
        teams = memberships(user, permission, now).values("team")
        return self.filter(
            Q(case__isnull=True, team__in=teams) | cases_visible_to(user, now, prefix="case__", permission=permission)
        )

    def waiting(self) -> "IncomingReferralQuerySet":
        return self.filter(state=IncomingReferral.State.WAITING)

    def unanswered(self) -> "IncomingReferralQuerySet":
        """Those whose sender has not heard from us."""
        return self.filter(answered_on__isnull=True)

    def overdue(self, now: datetime) -> "IncomingReferralQuerySet":
        return self.unanswered().filter(answer_due_on__lt=today_of_team("team", now))

    def newest_first(self) -> "IncomingReferralQuerySet":
        return self.order_by("-received_on", "-id")


class IncomingReferral(Sealed):
    """A referral in. It has a key of its own: who is declined can be forgotten without touching anybody else."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be decided")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    class How(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        LETTER = "letter", _("letter")
        IN_PERSON = "in_person", _("in person")
        OTHER = "other", _("other")

    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"))
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from")
    )
    sender = EncryptedTextField(_("who sends them"), max_length=200, blank=True, default="")
    received_on = models.DateField(_("received on"))
    how = models.CharField(_("how it came"), max_length=10, choices=How, default=How.EMAIL)
    family_name = EncryptedTextField(_("family name"), max_length=120, blank=True, default="")
    given_name = EncryptedTextField(_("given name"), max_length=120, blank=True, default="")
    channel = models.CharField(_("way to reach them"), max_length=12, choices=Contact.Channel, blank=True, default="")
    contact = EncryptedTextField(_("number or address"), max_length=160, blank=True, default="")
    people = models.PositiveSmallIntegerField(_("how many people"), default=1)
    service = models.CharField(_("service asked for"), max_length=16, choices=ServiceKind, default=ServiceKind.OTHER)
    asked = EncryptedTextField(_("what is asked"), max_length=4000, blank=True, default="")
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    answer_due_on = models.DateField(_("answer due on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="came_from")
    decline_reason = models.CharField(
        _("reason for declining"), max_length=16, choices=DeclineReason, blank=True, default=""
    )
    decline_words = EncryptedTextField(_("in words"), max_length=2000, blank=True, default="")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Keyed hash of sender, name and contact: the same one that comes by letter and by phone is one.
    same_hash = KeyedHashField(
        hashed_as="clients.IncomingReferral.same",
        forms="casework.clients.actions.referrals_in.forms_of_referral",
        follow=("team",),
        null=True,
    )
    version = models.PositiveIntegerField(default=1)

    objects = IncomingReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral in")
        verbose_name_plural = _("referrals in")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "same_hash"], condition=Q(state="waiting"), name="incoming_referral_waits_once"
            ),
            models.CheckConstraint(
                name="incoming_referral_decided_by_somebody",
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="incoming_referral_declined_has_its_reason",
                condition=Q(state="declined") & ~Q(decline_reason="") | ~Q(state="declined") & Q(decline_reason=""),
            ),
            models.CheckConstraint(
                name="incoming_referral_of_a_case_is_accepted", condition=Q(case__isnull=True) | Q(state="accepted")
            ),
            models.CheckConstraint(
                name="incoming_referral_answered_after_the_decision",
                condition=Q(answered_on__isnull=True) | ~Q(state="waiting"),
            ),
            models.CheckConstraint(
                name="incoming_referral_answered_after_it_came",
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=models.F("received_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["team", "-received_on"], name="incoming_referral_of_team"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def full_name(self) -> str:
        return " ".join(str(part) for part in (self.family_name, self.given_name) if part)

    def is_overdue(self, today: date) -> bool:
        return self.answered_on is None and self.answer_due_on < today
