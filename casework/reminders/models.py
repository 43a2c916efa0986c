"""Messages that must reach somebody. The rows are the queue and the truth; Celery only works them."""

from datetime import datetime
from functools import reduce
from operator import or_

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Client, Contact
from casework.lib.ids import new_id

from .follow_up import FollowUp
from .policies import KindPolicy, OwnSettings, Policy
from .subjects import DATED, NOTICE
from .words import Word

__all__ = [
    "Attempt",
    "FollowUp",
    "Heartbeat",
    "KindPolicy",
    "OwnSettings",
    "Policy",
    "Reminder",
    "ReminderQuerySet",
    "Word",
]


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: User, now: datetime) -> "ReminderQuerySet":
        """Those about cases that the user may see, and what was said to them about no case, such as a lease."""
        return self.filter(cases_visible_to(user, now, prefix="case__") | Q(case__isnull=True, recipient=user))

    def changeable_by(self, user: User, now: datetime) -> "ReminderQuerySet":
        """Those that the user may send again or note as told: of cases that they may change, and what is said to them of no case."""
        of_case = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__")
        return self.filter(of_case | Q(case__isnull=True, recipient=user))

    def overseen_by(self, user: User, now: datetime) -> "ReminderQuerySet":
        """Those that the user may call off: of cases that they assign, and what is said to them of no case."""
        of_case = cases_visible_to(user, now, permission=Permission.CASE_ASSIGN, prefix="case__")
        return self.filter(of_case | Q(case__isnull=True, recipient=user))

    def about(self, kind: str) -> "ReminderQuerySet":
        """Those whose subject begins so; of `NOTICE`, those of something that has happened."""
        if kind == NOTICE:
            return self.exclude(reduce(or_, (Q(subject__startswith=each) for each in DATED)))
        return self.filter(subject__startswith=kind)

    def claimable(self, now: datetime) -> "ReminderQuerySet":
        """Those to send now.

        1. Waiting, and their time has come.
        2. Claimed by somebody whose lease has run out.
        """
        return self.filter(
            Q(state=Reminder.State.WAITING, send_at__lte=now) | Q(state=Reminder.State.SENDING, lease_until__lt=now)
        )

    def first_of_digests(self, now: datetime) -> "ReminderQuerySet":
        """Leave out what goes in one message with another that is not settled yet."""
        earlier = Reminder.objects.of_a_digest(now).filter(recipient=OuterRef("recipient"), pk__lt=OuterRef("pk"))
        return self.filter(Q(in_digest=False) | ~Exists(earlier))

    def waits_since(self, now: datetime) -> datetime | None:
        """Return since when the oldest of those to send now waits.

        What goes in one message with another waits for that one to be tried again.
        """
        rows = self.claimable(now).first_of_digests(now).order_by("send_at")
        return rows.values_list("send_at", flat=True).first()

    def of_a_digest(self, now: datetime) -> "ReminderQuerySet":
        """Those that wait to be told together, or are being told."""
        return self.filter(
            Q(state=Reminder.State.WAITING) & (Q(send_at__lte=now) | Q(tries__gt=0)) | Q(state=Reminder.State.SENDING),
            in_digest=True,
        )

    def newest_first(self) -> "ReminderQuerySet":
        return self.order_by("-send_at", "-id")


class Reminder(models.Model):
    """Identity: subject, due date, lead, recipient, channel. None of them is ever null.

    It goes to a member of staff (`recipient`) or to a person whom we support (`client`), never to both; `to` is the one
    of the two that there is.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        TELEGRAM = "telegram", _("Telegram")
        WHATSAPP = "whatsapp", _("WhatsApp")
        SIGNAL = "signal", _("Signal")
        WEBHOOK = "webhook", _("server of the organisation")
        INBOX = "inbox", _("inbox")
        LETTER = "letter", _("letter")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        STOPPED = "stopped", _("stopped")
        NEEDS_PERSON = "needs_person", _("needs a person")

    # Why it was stopped, where somebody did it: they may send it after all.
    CALLED_OFF, TOLD_OTHERWISE = "called_off", "told_otherwise"
    BY_HAND = (CALLED_OFF, TOLD_OTHERWISE)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.CharField(max_length=80)  # such as `deadline:<id>`
    due_on = models.DateField(_("due on"))
    lead_days = models.SmallIntegerField(_("days before"))
    recipient = models.ForeignKey(User, models.CASCADE, null=True, related_name="reminders")
    client = models.ForeignKey(Client, models.CASCADE, null=True, related_name="reminders")
    to = models.GeneratedField(
        expression=Coalesce("recipient", "client"), output_field=models.UUIDField(), db_persist=True
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    # None: about no case, such as a notice to those who watch over access.
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="reminders")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    send_at = models.DateTimeField(_("to be sent at"))
    # Before then it goes, whatever the hour. None: it may wait as long as it must.
    at_latest = models.DateTimeField(null=True)
    # Told together with what else its recipient is to be told that day.
    in_digest = models.BooleanField(default=False)
    # Above 0: because nobody answered those before; see `ladder.py`.
    rung = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=40, blank=True, default="")
    # When the recipient marked it as read in the inbox.
    read_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "due_on", "lead_days", "to", "channel"],
                name="reminder_identity",
            ),
            models.CheckConstraint(
                name="reminder_to_staff_or_to_a_client",
                condition=Q(recipient__isnull=False, client__isnull=True)
                | Q(recipient__isnull=True, client__isnull=False, case__isnull=False),
            ),
            models.CheckConstraint(
                name="reminder_read_by_staff_once_sent",
                condition=Q(read_at__isnull=True) | Q(state="sent", recipient__isnull=False),
            ),
            models.CheckConstraint(
                name="reminder_leased_only_while_sending",
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="reminder_settled_has_its_time",
                condition=Q(state__in=["sent", "stopped", "needs_person"], settled_at__isnull=False)
                | Q(state__in=["waiting", "sending"], settled_at__isnull=True),
            ),
        ]
        indexes = [
            # Delivery looks for what is waiting or whose lease ran out.
            models.Index(
                fields=["send_at", "id"],
                condition=Q(state__in=["waiting", "sending"]),
                name="reminder_unsettled",
            ),
            models.Index(fields=["case", "-send_at"], name="reminder_of_case"),
            # The inbox, and how many in it are unread.
            models.Index(
                fields=["recipient", "-settled_at", "-id"], condition=Q(state="sent"), name="reminder_of_inbox"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Attempt(models.Model):
    """One try to deliver a reminder, and what came of it. Appended only."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        RETRY = "retry", _("failed, will be tried again")
        FAILED = "failed", _("failed for good")

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reminder", "number"], name="attempt_numbered_once")]
        triggers = [pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"#{self.pk} {self.outcome}"


class Heartbeat(models.Model):
    """When planner and delivery last ran to their end: what watches over the silence."""

    name = models.CharField(max_length=24, primary_key=True)
    at = models.DateTimeField()
    lag_seconds = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


# Days before a deadline or an appointment on which a person is written to, unless they want it otherwise.
CLIENT_LEADS = (7, 1, 0)
LONGEST_CLIENT_LEAD = 30


def _client_leads() -> list[int]:
    return list(CLIENT_LEADS)


class MessageAgreementQuerySet(models.QuerySet["MessageAgreement"]):
    def in_force(self) -> "MessageAgreementQuerySet":
        """Those of open cases that nobody has stopped."""
        return self.filter(stopped_at__isnull=True, client__case__status=Case.Status.OPEN)


class MessageAgreement(models.Model):
    """What a person agreed to be written to about, and by which way. Who has no row is never written to."""

    class How(models.TextChoices):
        SAID = "said", _("said to the caseworker")
        SIGNED = "signed", _("signed on paper")

    class Why(models.TextChoices):
        ASKED = "asked", _("they asked us to stop")
        ANSWERED = "answered", _("they answered STOP")
        WRONG_NUMBER = "wrong_number", _("the number is somebody else's")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.OneToOneField(Client, models.CASCADE, related_name="message_agreement")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+", verbose_name=_("by which way"))
    about_deadlines = models.BooleanField(_("about deadlines"), default=True)
    about_appointments = models.BooleanField(_("about appointments"), default=True)
    leads = ArrayField(models.SmallIntegerField(), verbose_name=_("days before"), default=_client_leads)
    says_when = models.BooleanField(_("says day and hour of an appointment"), default=False)
    with_code_word = models.BooleanField(_("begins with the code word"), default=False)
    # The contact is a day centre, a friend, a host: they are asked to pass it on, and know for whom by the code word.
    passed_on = models.BooleanField(_("somebody passes it on"), default=False)
    agreed_on = models.DateField(_("agreed on"))
    agreed_how = models.CharField(_("how"), max_length=8, choices=How, default=How.SAID)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    stopped_why = models.CharField(max_length=12, choices=Why, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = MessageAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement to messages")
        verbose_name_plural = _("agreements to messages")
        constraints = [
            models.CheckConstraint(
                name="agreement_is_about_something",
                condition=Q(about_deadlines=True) | Q(about_appointments=True),
            ),
            models.CheckConstraint(
                name="agreement_names_its_days",
                condition=Q(leads__len__gt=0) & Q(leads__contained_by=list(range(LONGEST_CLIENT_LEAD + 1))),
            ),
            models.CheckConstraint(
                name="agreement_passed_on_by_the_code_word", condition=Q(passed_on=False) | Q(with_code_word=True)
            ),
            models.CheckConstraint(
                name="agreement_stopped_says_why",
                condition=Q(stopped_at__isnull=True, stopped_why="")
                | Q(stopped_at__isnull=False, stopped_why__in=["asked", "answered", "wrong_number"]),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class CalendarFeed(models.Model):
    """An address under which a member of staff has their dates in a calendar. Its token is stored as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    # How often it was fetched since then; begun anew after an hour.
    counted_since = models.DateTimeField(null=True)
    fetches = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="calendar_feed_one_a_user"
            ),
            models.CheckConstraint(
                name="calendar_feed_revoked_after_it_was_made",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=models.F("made_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
