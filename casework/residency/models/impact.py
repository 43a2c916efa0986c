"""What a change of country rules means for people: computed before it is published, and followed up after."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Job, Team, User
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Client
from casework.lib.ids import new_id

from ..rules.kinds import DUTY_LABELS
from ..rules.position import SubjectKind
from .deadline import Deadline
from .rule import Rule


class ImpactQuerySet(models.QuerySet["Impact"]):
    def newest_first(self) -> "ImpactQuerySet":
        return self.order_by("-at", "-id")

    def unfinished(self) -> "ImpactQuerySet":
        return self.filter(job__state__in=[Job.State.WAITING, Job.State.RUNNING])


class Impact(models.Model):
    """One comparison of the whole caseload by two states of the rules, as on the instant `at`.

    Of a draft: the rules held then, and the same with the draft published. Of a publication or a withdrawal: the
    rules held just before `at`, and from `at`. Nothing here changes a deadline.
    """

    class Kind(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLICATION = "publication", _("publication")
        WITHDRAWAL = "withdrawal", _("withdrawal")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="impacts")
    job = models.OneToOneField(Job, models.PROTECT, related_name="impact")
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    # What the draft said and what we held to be law: if either is another one by now, this is of an earlier state.
    digest = models.CharField(max_length=64)
    rules_version = models.BigIntegerField()
    keep_rest = models.BooleanField(default=True)
    # When a worker last did something; after a while without it, another one is asked.
    touched_at = models.DateTimeField()

    objects = ImpactQuerySet.as_manager()

    class Meta:
        constraints = [
            # Publishing and withdrawing happen once to a rule.
            models.UniqueConstraint(fields=["rule", "kind"], condition=~Q(kind="draft"), name="impact_of_an_act_once"),
        ]
        indexes = [models.Index(fields=["rule", "-at"], name="impact_of_rule_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def is_of_a_draft(self) -> bool:
        return self.kind == self.Kind.DRAFT


class ImpactLineQuerySet(models.QuerySet["ImpactLine"]):
    def visible_to(self, user: User, now: datetime) -> "ImpactLineQuerySet":
        """Those of people whose case the user may see."""
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def told_to(self, user: User) -> "ImpactLineQuerySet":
        return self.filter(recipients__contains=[user.pk])

    def unseen(self) -> "ImpactLineQuerySet":
        return self.filter(seen_at__isnull=True)


class ImpactLine(models.Model):
    """One deadline of one person that would be, or is, another one. Team and caseworker are those of that time.

    What a date would be rests on codes, numbers and ids alone, as in `Deadline.because`.
    """

    class What(models.TextChoices):
        NEW = "new", _("new")
        GONE = "gone", _("no longer applies")
        MOVED = "moved", _("moves")
        ASKED = "asked", _("asked again")
        SETTLED = "settled", _("asks for nothing more")
        REVIEW = "review", _("other review status")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    impact = models.ForeignKey(Impact, models.CASCADE, related_name="lines")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    caseworker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Whoever gets a to-do about it, once it has happened.
    recipients = ArrayField(models.UUIDField(), default=list)
    duty = models.CharField(_("duty"), max_length=24, choices=[(d.value, _(label)) for d, label in DUTY_LABELS.items()])
    subject_kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in SubjectKind])
    subject_id = models.UUIDField()
    occurrence = models.PositiveSmallIntegerField()
    country = models.CharField(_("country"), max_length=16)
    what = models.CharField(max_length=8, choices=What)
    before_on = models.DateField(null=True)
    after_on = models.DateField(null=True)
    # The earlier of both, or far in the future: what comes first in a list.
    sort_on = models.DateField()
    # Days to stay that are gained, or lost if below zero; None where that cannot be said.
    days = models.IntegerField(null=True)
    becomes_overdue = models.BooleanField(default=False)
    stops_overdue = models.BooleanField(default=False)
    # Whether reminders speak of it: open, not optional, with a date.
    reminds_before = models.BooleanField(default=False)
    reminds_after = models.BooleanField(default=False)
    today = models.DateField()
    before_review = models.CharField(max_length=14, blank=True, default="", choices=Rule.ReviewStatus)
    after_review = models.CharField(max_length=14, blank=True, default="", choices=Rule.ReviewStatus)
    before_state = models.CharField(max_length=8, blank=True, default="", choices=Deadline.State)
    after_state = models.CharField(max_length=8, blank=True, default="", choices=Deadline.State)
    before_rules = models.JSONField(default=list)
    after_rules = models.JSONField(default=list)
    before_because = models.JSONField(default=list)
    after_because = models.JSONField(default=list)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ImpactLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["impact", "client", "duty", "subject_kind", "subject_id", "occurrence"],
                name="impact_line_identity",
            ),
            models.CheckConstraint(
                name="impact_line_seen_by_somebody",
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["impact", "sort_on", "id"], name="impact_line_in_order"),
            # The people of one to-do.
            GinIndex(fields=["recipients"], name="impact_line_recipients"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.what}"

    @property
    def case(self) -> Case:
        return self.client.case
