"""Complaints, kept apart: from the person complained about, and from every case.

A complaint knows no case. It is in nobody's timeline, search or export, and its audit events carry no case.
"""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..complaint_access import complaints_visible_to
from ..local_day import today_of_team
from .partner import Partner


class ComplaintQuerySet(SealedQuerySet["Complaint"]):
    def visible_to(self, user: User, now: datetime) -> "ComplaintQuerySet":
        return self.filter(complaints_visible_to(user, now))

    def open(self) -> "ComplaintQuerySet":
        return self.exclude(state=Complaint.State.CLOSED)

    def unacknowledged(self) -> "ComplaintQuerySet":
        return self.filter(state=Complaint.State.RECEIVED)

    def overdue(self, now: datetime) -> "ComplaintQuerySet":
        """Those that should have been acknowledged before today, where the team works."""
        of_no_team = Q(team__isnull=True, acknowledge_due_on__lt=now.date())
        return self.unacknowledged().filter(of_no_team | Q(acknowledge_due_on__lt=today_of_team("team", now)))

    def gravest_first(self) -> "ComplaintQuerySet":
        """Safeguarding before everything, then the newest."""
        return self.order_by("-is_safeguarding", "-received_on", "-id")


class Complaint(Sealed):
    """What somebody complains about. It has a key of its own, so that it can be erased alone."""

    class How(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        LETTER = "letter", _("letter")
        BOX = "box", _("complaints box")
        PARTNER = "partner", _("through a partner")
        OTHER = "other", _("other")

    class About(models.TextChoices):
        SERVICE = "service", _("a service of ours")
        PARTNER = "partner", _("a partner")
        STAFF = "staff", _("a member of staff")
        DECISION = "decision", _("a decision")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        LOOKED_INTO = "looked_into", _("being looked into")
        ANSWERED = "answered", _("answered")
        APPEALED = "appealed", _("appealed")
        CLOSED = "closed", _("closed")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("upheld")
        PARTLY = "partly", _("upheld in part")
        NOT_UPHELD = "not_upheld", _("not upheld")
        PASSED_ON = "passed_on", _("passed on to whoever is responsible")
        WITHDRAWN = "withdrawn", _("taken back")
        NOT_CLEARED = "not_cleared", _("could not be cleared up")

    TRANSITIONS: dict[str, frozenset[str]] = {
        State.RECEIVED: frozenset({State.ACKNOWLEDGED, State.LOOKED_INTO, State.CLOSED}),
        State.ACKNOWLEDGED: frozenset({State.LOOKED_INTO, State.ANSWERED, State.CLOSED}),
        State.LOOKED_INTO: frozenset({State.ANSWERED, State.CLOSED}),
        State.ANSWERED: frozenset({State.APPEALED, State.CLOSED}),
        State.APPEALED: frozenset({State.LOOKED_INTO, State.ANSWERED, State.CLOSED}),
        State.CLOSED: frozenset({State.APPEALED}),
    }

    # Given to whoever records it, and by them to whoever complains: it opens nothing.
    receipt = models.CharField(_("receipt"), max_length=12, unique=True, editable=False)
    # None: nobody said which team, so all who handle complaints look at it.
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", verbose_name=_("team"))
    # Nobody of this team handles it: its people are too near to what it is about.
    away_from_team = models.BooleanField(_("handled outside this team"), default=False)
    received_on = models.DateField(_("received on"))
    how = models.CharField(_("how it came"), max_length=10, choices=How)
    from_name = EncryptedTextField(_("who complains"), max_length=200, blank=True, default="")
    from_contact = EncryptedTextField(_("how to reach them"), max_length=200, blank=True, default="")
    subject = models.CharField(_("about"), max_length=10, choices=About)
    is_safeguarding = models.BooleanField(_("sexual exploitation, abuse or harassment"), default=False)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+")
    happened = EncryptedTextField(_("what happened"), max_length=20_000)
    wished = EncryptedTextField(_("what is wished"), max_length=4000, blank=True, default="")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED)
    acknowledge_due_on = models.DateField(_("to be acknowledged by"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, default="")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        constraints = [
            models.CheckConstraint(
                name="complaint_closed_has_time_and_outcome",
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, outcome=""),
            ),
            models.CheckConstraint(
                name="complaint_away_from_a_team", condition=Q(away_from_team=False) | Q(team__isnull=False)
            ),
            models.CheckConstraint(
                name="complaint_received_is_not_acknowledged",
                condition=~Q(state="received") | Q(acknowledged_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["-is_safeguarding", "-received_on", "-id"], name="complaint_gravest_first")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    def is_overdue(self, today: date) -> bool:
        return self.state == self.State.RECEIVED and self.acknowledge_due_on < today

    def may_become(self, state: str) -> bool:
        return state in self.TRANSITIONS[self.state]


class ComplaintPerson(models.Model):
    """A member of staff who is complained about, and therefore sees nothing of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="people")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "user"], name="complaint_person_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ComplaintStepQuerySet(SealedQuerySet["ComplaintStep"]):
    def newest_first(self) -> "ComplaintStepQuerySet":
        return self.order_by("-at", "-id")


class ComplaintStep(Sealed):
    """One thing that was done about a complaint. Appended, never changed."""

    class Kind(models.TextChoices):
        STATE = "state", _("change of state")
        NOTE = "note", _("note")
        PEOPLE = "people", _("who is complained about")

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.STATE)
    state = models.CharField(max_length=12, choices=Complaint.State)
    text = EncryptedTextField(_("words"), max_length=8000, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ComplaintStepQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["complaint", "-at"], name="complaint_step_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
