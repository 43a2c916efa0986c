"""Dates by which something must happen, and what people decided about them."""

from datetime import date, datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Client
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedManager

from ..rules.kinds import DUTY_LABELS
from ..rules.position import SubjectKind
from .rule import Rule


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def visible_to(self, user: User, now: datetime) -> "DeadlineQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def open(self) -> "DeadlineQuerySet":
        """Still to be met: computed today, of an open case, and nobody has answered it."""
        return self.filter(state=Deadline.State.OPEN, gone_at__isnull=True, client__case__status=Case.Status.OPEN)

    def looked_after_by(self, user: User) -> "DeadlineQuerySet":
        return self.filter(client__case__caseworker=user)

    def due_by(self, day: date) -> "DeadlineQuerySet":
        return self.filter(drives_on__lte=day)

    def due_between(self, first: date, last: date) -> "DeadlineQuerySet":
        return self.filter(drives_on__gte=first, drives_on__lte=last)

    def soonest_first(self) -> "DeadlineQuerySet":
        return self.order_by(F("drives_on").asc(nulls_first=True), "id")


class Deadline(models.Model):
    """Identity: client, duty, subject, occurrence. Everything else may be computed anew.

    `due_on` is computed; `imposed_on` was set by an authority and then drives instead.
    A decision is a row of its own; `state` repeats the latest one for queries.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        WAIVED = "waived", _("waived")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="deadlines")
    duty = models.CharField(_("duty"), max_length=24, choices=[(d.value, label) for d, label in DUTY_LABELS.items()])
    subject_kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in SubjectKind])
    subject_id = models.UUIDField()
    occurrence = models.PositiveSmallIntegerField(default=1)

    country = models.CharField(_("country"), max_length=16)
    due_on = models.DateField(_("due on"), null=True)
    imposed_on = models.DateField(_("imposed by an authority"), null=True)
    drives_on = models.GeneratedField(
        expression=models.functions.Coalesce("imposed_on", "due_on"),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    opens_on = models.DateField(_("possible from"), null=True)
    alternative_on = models.DateField(_("other reading"), null=True)
    optional = models.BooleanField(default=False)
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, related_name="deadlines")
    rule_ids = models.JSONField(default=list)
    review = models.CharField(max_length=14, choices=Rule.ReviewStatus)
    because = models.JSONField(default=list)
    recheck_on = models.DateField(null=True)
    computed_at = models.DateTimeField()
    # Not computed any more: the person left, or the law or the facts changed.
    gone_at = models.DateTimeField(null=True)
    # The date before the last change, to say "was 12 Mar 2027" until somebody has seen it.
    was_due_on = models.DateField(null=True)
    moved_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    # An imposed date that the rules contradict, or an answered date that has moved since.
    contradicted = models.BooleanField(default=False)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "duty", "subject_kind", "subject_id", "occurrence"],
                name="deadline_identity",
            )
        ]
        indexes = [
            # My day, and the planner of reminders: what is open, by date.
            models.Index(
                fields=["drives_on", "id"],
                condition=Q(state="open", gone_at__isnull=True),
                name="deadline_open_by_date",
            ),
            # The sweep for what only the passing of time changes.
            models.Index(fields=["recheck_on"], name="deadline_recheck"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.duty}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN and self.gone_at is None


class Decision(Sealed):
    """What a person decided about a deadline. Kept apart from what is computed, and never changed."""

    class Kind(models.TextChoices):
        DONE = "done", _("done")
        WAIVED = "waived", _("waived")
        IMPOSED = "imposed", _("date imposed by an authority")
        REOPENED = "reopened", _("reopened")

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    answered_on = models.DateField(_("due date that it answered"), null=True)
    imposed_on = models.DateField(_("imposed date"), null=True)
    reason = EncryptedTextField(_("reason"), max_length=600, blank=True, default="")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    objects: ClassVar[SealedManager["Decision"]] = SealedManager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                name="decision_imposed_has_its_date",
                condition=Q(kind="imposed", imposed_on__isnull=False)
                | (~Q(kind="imposed") & Q(imposed_on__isnull=True)),
            )
        ]
        triggers = [pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
