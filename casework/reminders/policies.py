"""What an organisation decides about reminders, and what each member of staff does about their own.

What nobody has changed is as the software comes: `schedule.py` says when, and it is on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User

from .hours import Hours
from .schedule import (
    COORDINATORS,
    COORDINATORS_LEAD,
    DEPUTIES,
    DEPUTIES_LEAD,
    FURTHEST_LEAD,
    FURTHEST_RUNG,
    LATEST_LEAD,
    leads_of,
)

QUIET_FROM, QUIET_UNTIL = time(21), time(7)


class Policy(models.Model):
    """One row; none yet is as good as one with the defaults."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=QUIET_FROM)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=QUIET_UNTIL)
    working_days_only = models.BooleanField(_("on working days only"), default=False)
    # The ladder, where nobody answered: how many days before the date whoever stands in is asked, and those who give out the cases.
    deputies_lead = models.SmallIntegerField(_("whoever stands in is asked, days before"), default=DEPUTIES_LEAD)
    coordinators_lead = models.SmallIntegerField(_("coordinators are asked, days before"), default=COORDINATORS_LEAD)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("policy of reminders")
        verbose_name_plural = _("policy of reminders")
        constraints = [
            models.CheckConstraint(name="reminder_policy_is_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="reminder_policy_quiet_from_and_until",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
            models.CheckConstraint(
                name="reminder_policy_asks_coordinators_last",
                condition=Q(
                    coordinators_lead__gte=0,
                    deputies_lead__gte=F("coordinators_lead"),
                    deputies_lead__lte=FURTHEST_RUNG,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class KindPolicy(models.Model):
    """What was decided about one kind of deadline, where it differs from how the software comes."""

    class Also(models.TextChoices):
        """Who is told beside whoever looks after the case."""

        COORDINATOR = "coordinator", _("coordinators")

    duty = models.CharField(_("kind of deadline"), max_length=24, primary_key=True)
    leads = ArrayField(models.SmallIntegerField(), verbose_name=_("days before"))
    also = ArrayField(models.CharField(max_length=12, choices=Also), default=list, blank=True)
    # Whether the people themselves are, where they agreed.
    clients = models.BooleanField(_("the people themselves too"), default=True)

    class Meta:
        verbose_name = _("policy of a kind of deadline")
        verbose_name_plural = _("policies of kinds of deadlines")
        constraints = [
            models.CheckConstraint(name="kind_policy_speaks", condition=Q(leads__len__gt=0)),
            models.CheckConstraint(
                name="kind_policy_leads_in_bounds",
                condition=Q(leads__contained_by=list(range(LATEST_LEAD, FURTHEST_LEAD + 1))),
            ),
            models.CheckConstraint(
                name="kind_policy_tells_whom_we_know", condition=Q(also__contained_by=["coordinator"])
            ),
        ]

    def __str__(self) -> str:
        return self.duty


class OwnSettings(models.Model):
    """How one member of staff wants to be reminded: message by message, or once a day."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="reminder_settings")
    # None: message by message.
    digest_at = models.TimeField(_("once a day at"), null=True, blank=True)

    class Meta:
        verbose_name = _("own settings of reminders")
        verbose_name_plural = _("own settings of reminders")

    def __str__(self) -> str:
        return f"#{self.pk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """All that was decided, read once for a run."""

    policy: Policy
    kinds: Mapping[str, KindPolicy] = field(default_factory=dict)

    def leads_of(self, duty: str) -> tuple[int, ...]:
        """Return the leads of a duty, longest first."""
        return tuple(self.kinds[duty].leads) if duty in self.kinds else leads_of(duty)

    def also(self, duty: str) -> Collection[str]:
        return self.kinds[duty].also if duty in self.kinds else ()

    def tells_clients(self, duty: str) -> bool:
        """Whether the people themselves are reminded of this kind of deadline, where they agreed."""
        return self.kinds[duty].clients if duty in self.kinds else True

    @property
    def rungs(self) -> Mapping[int, int]:
        """How many days before the date each rung of the ladder speaks."""
        return {DEPUTIES: self.policy.deputies_lead, COORDINATORS: self.policy.coordinators_lead}

    @property
    def longest_lead(self) -> int:
        return max([max(each.leads) for each in self.kinds.values()], default=0)

    def hours_of(self, office: Team | None) -> Hours:
        """Return when messages may go to somebody of this office; whoever has none is told at any hour."""
        if office is None:
            return Hours(zone="UTC")
        return Hours(
            zone=office.time_zone,
            quiet_from=self.policy.quiet_from,
            quiet_until=self.policy.quiet_until,
            calendar=office.country if self.policy.working_days_only else "",
        )


def policies() -> Policies:
    """Return what was decided, in two queries."""
    policy = Policy.objects.filter(pk=1).first() or Policy()
    return Policies(policy=policy, kinds={each.duty: each for each in KindPolicy.objects.all()})
