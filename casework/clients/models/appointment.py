"""A meeting at a wall time in a zone. What clocks on the wall will show was agreed; the instant follows from it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case
from .client import Client


class AppointmentQuerySet(SealedQuerySet["Appointment"]):
    def visible_to(self, user: User, now: datetime) -> "AppointmentQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__"))

    def changeable_by(self, user: User, now: datetime) -> "AppointmentQuerySet":
        return self.filter(cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__"))

    def planned(self) -> "AppointmentQuerySet":
        return self.filter(state=Appointment.State.PLANNED)

    def concerning(self, user: User) -> "AppointmentQuerySet":
        """Return those that this user goes to, and of cases that they look after those that nobody of us goes to."""
        return self.filter(Q(staff=user) | Q(staff__isnull=True, case__caseworker=user))

    def ending_after(self, instant: datetime) -> "AppointmentQuerySet":
        return self.filter(ends_at__gt=instant)

    def overlapping(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def soonest_first(self) -> "AppointmentQuerySet":
        return self.order_by("starts_at", "id")


class Appointment(Sealed):
    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        KEPT = "kept", _("kept")
        MISSED = "missed", _("missed")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")

    class With(models.TextChoices):
        AUTHORITY = "authority", _("authority")
        LAWYER = "lawyer", _("lawyer")
        DOCTOR = "doctor", _("doctor")
        SCHOOL = "school", _("school")
        OURS = "ours", _("our organisation")
        OTHER = "other", _("somebody else")

    case = models.ForeignKey(Case, models.CASCADE, related_name="appointments")
    # What was agreed. `fold` says which of the two is meant where an hour comes twice: 0 the first, 1 the second.
    day = models.DateField(_("day"))
    wall_time = models.TimeField(_("time"))
    zone = models.CharField(_("time zone"), max_length=40)
    fold = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(_("how long"), default=60)
    # What follows from it by the tables of zones that we have; computed anew when those change.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The zone has changed since, and the hour that was agreed is not there any more: somebody must ask.
    is_unclear = models.BooleanField(default=False)
    with_kind = models.CharField(_("with whom"), max_length=10, choices=With, default=With.OURS)
    with_name = EncryptedTextField(_("who exactly"), max_length=200, blank=True, default="")
    place = EncryptedTextField(_("place"), max_length=400, blank=True, default="")
    papers = EncryptedTextField(_("papers to take along"), max_length=600, blank=True, default="")
    remark = EncryptedTextField(_("remark"), max_length=2000, blank=True, default="")
    interpreter = models.CharField(_("language of the interpreter"), max_length=5, blank=True, default="")
    staff = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("goes along")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    moved_to = models.OneToOneField("self", models.PROTECT, null=True, related_name="moved_from")
    reason = EncryptedTextField(_("reason"), max_length=400, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                name="appointment_state_known",
                condition=Q(state__in=["planned", "kept", "missed", "moved", "cancelled"]),
            ),
            models.CheckConstraint(
                name="appointment_moved_says_where_to",
                condition=Q(state="moved", moved_to__isnull=False) | (~Q(state="moved") & Q(moved_to__isnull=True)),
            ),
            models.CheckConstraint(
                name="appointment_not_moved_to_itself",
                condition=Q(moved_to__isnull=True) | ~Q(moved_to=models.F("id")),
            ),
            models.CheckConstraint(
                name="appointment_ends_after_it_begins", condition=Q(ends_at__gt=models.F("starts_at"))
            ),
            models.CheckConstraint(
                name="appointment_lasts_a_day_at_most", condition=Q(minutes__gte=5, minutes__lte=1440)
            ),
            models.CheckConstraint(name="appointment_fold_is_one_of_two", condition=Q(fold__in=[0, 1])),
        ]
        indexes = [
            models.Index(fields=["case", "starts_at"], name="appointment_of_case"),
            # My day of the colleague who goes along, and whether they are free.
            models.Index(fields=["staff", "starts_at"], condition=Q(state="planned"), name="appointment_of_staff"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_planned(self) -> bool:
        return self.state == Appointment.State.PLANNED

    @property
    def people_here(self) -> models.QuerySet[Client]:
        """Those of them who are in the case still. Whoever has left it is in another, which its readers may not see."""
        return Client.objects.filter(pk__in=self.people.values("client"), case=self.case_id)


class AppointmentPerson(models.Model):
    """A person of the case who is to be there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="people")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appointment", "client"], name="appointment_of_a_person_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
