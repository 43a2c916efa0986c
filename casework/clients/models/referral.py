"""Sending people to a partner, and what comes back: answer, reason, outcome, or silence."""

from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from ..local_day import today_of_team
from .case import Case
from .client import Client
from .partner import Partner, PartnerService, ServiceKind, Share


class Urgency(models.TextChoices):
    URGENT = "urgent", _("urgent: within 3 days")
    SOON = "soon", _("soon: within 7 days")
    NORMAL = "normal", _("normal: within 14 days")


ANSWER_WITHIN = {Urgency.URGENT: 3, Urgency.SOON: 7, Urgency.NORMAL: 14}


class DeclineReason(models.TextChoices):
    """Why somebody was not taken, in words that figures can count."""

    FULL = "full", _("no place")
    NOT_OFFERED = "not_offered", _("does not offer this")
    NOT_ELIGIBLE = "not_eligible", _("the person is not eligible")
    NOT_REACHED = "not_reached", _("could not reach the person")
    PERSON_REFUSED = "person_refused", _("the person does not wish it")
    UNSAFE = "unsafe", _("not safe")
    OTHER = "other", _("another reason")


class ReferralQuerySet(SealedQuerySet["Referral"]):
    def visible_to(self, user: User, now: datetime) -> "ReferralQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__"))

    def changeable_by(self, user: User, now: datetime) -> "ReferralQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__", permission=Permission.CASE_CHANGE))

    def open(self) -> "ReferralQuerySet":
        """Those about which something is still to happen, drafts included."""
        return self.filter(state__in=Referral.OPEN)

    def waiting(self) -> "ReferralQuerySet":
        """Those that were sent and have no answer yet."""
        return self.filter(state__in=Referral.WAITING)

    def overdue(self, now: datetime) -> "ReferralQuerySet":
        """Those whose answer was due before today, where the team works."""
        return self.waiting().filter(answer_due_on__lt=today_of_team("case__team", now))

    def newest_first(self) -> "ReferralQuerySet":
        return self.order_by("-created_at", "-id")


class Referral(Sealed):
    """People of one case sent to one partner for one service. Its key is that of the case as it was made."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("sent")
        RECEIVED = "received", _("received")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class SentHow(models.TextChoices):
        EMAIL = "email", _("e-mail, written by hand")
        PHONE = "phone", _("phone")
        LETTER = "letter", _("letter")
        IN_PERSON = "in_person", _("in person")

    class ConsentHow(models.TextChoices):
        SIGNED = "signed", _("signed")
        SAID = "said", _("said so")
        GUARDIAN = "guardian", _("a guardian agreed")

    class Outcome(models.TextChoices):
        HELPED = "helped", _("got what they needed")
        PARTLY = "partly", _("got a part of it")
        NOT_HELPED = "not_helped", _("got nothing")
        DID_NOT_GO = "did_not_go", _("did not go there")
        UNKNOWN = "unknown", _("not known")

    class WithdrawnWhy(models.TextChoices):
        CONSENT = "consent", _("the client takes back their consent")
        NOT_NEEDED = "not_needed", _("not needed any more")
        NO_ANSWER = "no_answer", _("no answer came")
        MISTAKE = "mistake", _("made by mistake")
        OTHER = "other", _("another reason")

    OPEN = frozenset({State.DRAFT, State.SENT, State.RECEIVED, State.ACCEPTED})
    WAITING = frozenset({State.SENT, State.RECEIVED})
    ANSWERED = frozenset({State.ACCEPTED, State.DECLINED, State.DONE})
    CLOSED = frozenset({State.DECLINED, State.DONE, State.WITHDRAWN})
    TRANSITIONS: dict[str, frozenset[str]] = {
        State.DRAFT: frozenset({State.SENT, State.WITHDRAWN}),
        State.SENT: frozenset({State.RECEIVED, State.ACCEPTED, State.DECLINED, State.WITHDRAWN}),
        State.RECEIVED: frozenset({State.ACCEPTED, State.DECLINED, State.WITHDRAWN}),
        State.ACCEPTED: frozenset({State.DONE, State.DECLINED, State.WITHDRAWN}),
        State.DECLINED: frozenset(),
        State.DONE: frozenset(),
        State.WITHDRAWN: frozenset(),
    }
    # Where an answer that was recorded by mistake leads back to.
    TAKEN_BACK: dict[str, str] = {
        State.RECEIVED: State.SENT,
        State.ACCEPTED: State.SENT,
        State.DECLINED: State.SENT,
        State.DONE: State.ACCEPTED,
    }

    case = models.ForeignKey(Case, models.CASCADE, related_name="referrals")
    people = models.ManyToManyField(Client, through="ReferralPerson", related_name="referrals")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="referrals", verbose_name=_("partner"))
    # What the partner offers, if it stands in the directory; `service` is kept, whatever becomes of that.
    offer = models.ForeignKey(PartnerService, models.SET_NULL, null=True, blank=True, related_name="+")
    service = models.CharField(_("service"), max_length=16, choices=ServiceKind)
    reason = EncryptedTextField(_("what they need, and why"), max_length=4000, blank=True, default="")
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    shared = ArrayField(
        models.CharField(max_length=8, choices=Share), verbose_name=_("what is shared"), default=list, blank=True
    )
    consent_how = models.CharField(_("how the client agreed"), max_length=8, choices=ConsentHow, blank=True, default="")
    consent_on = models.DateField(_("agreed on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    sent_how = models.CharField(_("how it was sent"), max_length=10, choices=SentHow, blank=True, default="")
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answer_due_on = models.DateField(_("answer due on"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    decline_reason = models.CharField(
        _("reason for declining"), max_length=16, choices=DeclineReason, blank=True, default=""
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, default="")
    withdrawn_why = models.CharField(
        _("reason for withdrawing"), max_length=12, choices=WithdrawnWhy, blank=True, default=""
    )
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.CheckConstraint(
                name="referral_sent_has_day_way_and_consent",
                condition=Q(sent_at__isnull=True, sent_how="", answer_due_on__isnull=True)
                | Q(sent_at__isnull=False, answer_due_on__isnull=False, consent_on__isnull=False)
                & ~Q(sent_how="")
                & ~Q(consent_how=""),
            ),
            models.CheckConstraint(
                name="referral_beyond_a_draft_was_sent",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_draft_was_not_sent", condition=~Q(state="draft") | Q(sent_at__isnull=True)
            ),
            models.CheckConstraint(
                name="referral_consent_has_its_day",
                condition=Q(consent_how="", consent_on__isnull=True) | ~Q(consent_how="") & Q(consent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_answer_has_its_time",
                condition=Q(state__in=["accepted", "declined", "done"], answered_at__isnull=False)
                | Q(state__in=["draft", "sent", "received"], answered_at__isnull=True)
                | Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="referral_declined_has_its_reason",
                condition=Q(state="declined") & ~Q(decline_reason="") | ~Q(state="declined") & Q(decline_reason=""),
            ),
            models.CheckConstraint(
                name="referral_done_has_its_outcome",
                condition=Q(state="done") & ~Q(outcome="") | ~Q(state="done") & Q(outcome=""),
            ),
            models.CheckConstraint(
                name="referral_withdrawn_says_why",
                condition=Q(state="withdrawn") & ~Q(withdrawn_why="") | ~Q(state="withdrawn") & Q(withdrawn_why=""),
            ),
            models.CheckConstraint(
                name="referral_ended_has_its_time",
                condition=Q(state__in=["declined", "done", "withdrawn"], closed_at__isnull=False)
                | Q(state__in=["draft", "sent", "received", "accepted"], closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_shares_what_we_know", condition=Q(shared__contained_by=list(Share.values))
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-created_at"], name="referral_of_case_newest"),
            # What is awaited, the soonest first: the list of a team and the task that gives to-dos.
            models.Index(
                fields=["answer_due_on"], condition=Q(state__in=["sent", "received"]), name="referral_awaited"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING

    @property
    def people_here(self) -> models.QuerySet[Client]:
        """Those of them who are in the case still. Whoever has left it is in another, which its readers may not see."""
        return self.people.filter(case=self.case_id)

    def is_overdue(self, today: date) -> bool:
        return self.is_waiting and self.answer_due_on is not None and self.answer_due_on < today

    def may_become(self, state: str) -> bool:
        return state in self.TRANSITIONS[self.state]


class ReferralPerson(models.Model):
    """One of the people whom a referral is about."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "client"], name="referral_person_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReferralStepQuerySet(SealedQuerySet["ReferralStep"]):
    def newest_first(self) -> "ReferralStepQuerySet":
        return self.order_by("-at", "-id")


class ReferralStep(Sealed):
    """One thing that happened to a referral: a change of state, or what the partner said. Appended, never changed."""

    class Kind(models.TextChoices):
        STATE = "state", _("change of state")
        FEEDBACK = "feedback", _("what the partner said")
        TAKEN_BACK = "taken_back", _("recorded by mistake")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.STATE)
    state = models.CharField(max_length=10, choices=Referral.State)
    text = EncryptedTextField(_("words"), max_length=4000, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ReferralStepQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["referral", "-at"], name="referral_step_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
