"""Dates by which something must happen, computed from facts and rules or set by an authority."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.absences import oneself_and_those_one_stands_in_for
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Client
from casework.lib.ids import new_id

from ..rules.kinds import DUTY_LABELS
from ..rules.position import SubjectKind
from .rule import Rule


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def visible_to(self, user: User, now: datetime) -> "DeadlineQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def changeable_by(self, user: User, now: datetime) -> "DeadlineQuerySet":
        return self.filter(cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__"))

    def computed(self) -> "DeadlineQuerySet":
        """Those that facts and rules still give rise to, answered or not."""
        return self.filter(gone_at__isnull=True)

    def open(self) -> "DeadlineQuerySet":
        """Still to be met: computed today, of an open case, and nobody has answered it."""
        return self.filter(state=Deadline.State.OPEN, gone_at__isnull=True, client__case__status=Case.Status.OPEN)

    def waiting_for_another_than(self, user: User) -> "DeadlineQuerySet":
        """Those of open cases whose later date waits for a second person, who is not the one that recorded it."""
        rows = self.filter(waiting_on__isnull=False, gone_at__isnull=True, client__case__status=Case.Status.OPEN)
        return rows.exclude(waiting_by=user)

    def looked_after_by(self, user: User, now: datetime) -> "DeadlineQuerySet":
        """Those in cases of the user, and in those of whoever is away and for whom they stand in."""
        return self.filter(client__case__caseworker__in=oneself_and_those_one_stands_in_for(user, now))

    def due_by(self, day: date) -> "DeadlineQuerySet":
        return self.filter(drives_on__lte=day)

    def due_between(self, first: date, last: date) -> "DeadlineQuerySet":
        return self.filter(drives_on__gte=first, drives_on__lte=last)

    def soonest_first(self) -> "DeadlineQuerySet":
        return self.order_by(F("drives_on").asc(nulls_first=True), "id")


class Deadline(models.Model):
    """Identity: client, duty, subject, occurrence. Everything else may be computed anew.

    `due_on` is computed; `imposed_on` was set by an authority or by staff and then drives instead. A later
    date than the rules allow is `waiting_on` until a second person confirms it. A decision is a
    row of its own; `state` says what the latest one still means for the date that drives now, so an
    answer that no longer fits makes the deadline open again (see `residency.standing`).
    """

    class SetBy(models.TextChoices):
        AUTHORITY = "authority", _("by an authority")
        STAFF = "staff", _("by staff")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        WAIVED = "waived", _("waived")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="deadlines")
    duty = models.CharField(_("duty"), max_length=24, choices=[(d.value, _(label)) for d, label in DUTY_LABELS.items()])
    subject_kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in SubjectKind])
    subject_id = models.UUIDField()
    occurrence = models.PositiveSmallIntegerField(default=1)

    country = models.CharField(_("country"), max_length=16)
    due_on = models.DateField(_("due on"), null=True)
    imposed_on = models.DateField(_("imposed by an authority"), null=True)
    # Who set `imposed_on`, "" where nothing is set.
    set_by = models.CharField(max_length=9, choices=SetBy, blank=True, default="")
    waiting_on = models.DateField(_("waits for a second person"), null=True)
    waiting_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    drives_on = models.GeneratedField(
        expression=models.functions.Coalesce("imposed_on", "due_on"),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    opens_on = models.DateField(_("possible from"), null=True)
    alternative_on = models.DateField(_("other reading"), null=True)
    optional = models.BooleanField(default=False)
    # Due only from somebody who is still in the country after this day.
    only_if_here_after = models.DateField(null=True)
    # The fact by which it has been done, such as a registration; then `state` is done without anybody's answer.
    met_by_kind = models.CharField(max_length=16, blank=True, default="")
    met_by_id = models.UUIDField(null=True)
    met_on = models.DateField(null=True)
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, related_name="deadlines")
    rule_ids = models.JSONField(default=list)
    review = models.CharField(max_length=14, choices=Rule.ReviewStatus)
    because = models.JSONField(default=list)
    computed_at = models.DateTimeField()
    # Not computed any more: the person left, or the law or the facts changed.
    gone_at = models.DateTimeField(null=True)
    # The date before the last move, to say "was 12 Mar 2027" until somebody answers or notes it.
    was_due_on = models.DateField(null=True)
    moved_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    # An imposed date that the rules contradict, or an answer that no longer fits: a person must look.
    contradicted = models.BooleanField(default=False)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "duty", "subject_kind", "subject_id", "occurrence"],
                name="deadline_identity",
            ),
            models.CheckConstraint(
                name="deadline_moved_has_its_time",
                condition=Q(was_due_on__isnull=True) | Q(moved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="deadline_set_by_somebody",
                condition=Q(imposed_on__isnull=True, set_by="") | (Q(imposed_on__isnull=False) & ~Q(set_by="")),
            ),
            models.CheckConstraint(
                name="deadline_waiting_has_its_recorder",
                condition=Q(waiting_on__isnull=True, waiting_by__isnull=True)
                | Q(waiting_on__isnull=False, waiting_by__isnull=False),
            ),
            models.CheckConstraint(
                name="deadline_met_by_a_fact",
                condition=Q(met_by_kind="", met_by_id__isnull=True, met_on__isnull=True)
                | (~Q(met_by_kind="") & Q(met_by_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="deadline_contradicted_only_while_open",
                condition=Q(contradicted=False) | Q(state="open"),
            ),
        ]
        indexes = [
            # My day, and the planner of reminders: what is open, by date.
            models.Index(
                fields=["drives_on", "id"],
                condition=Q(state="open", gone_at__isnull=True),
                name="deadline_open_by_date",
            ),
            # My day: what waits for a second person.
            models.Index(fields=["waiting_on"], condition=Q(waiting_on__isnull=False), name="deadline_waiting"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.duty}"

    @property
    def is_met(self) -> bool:
        """Whether a fact on record shows that it has been done."""
        return self.met_by_id is not None

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN and self.gone_at is None
