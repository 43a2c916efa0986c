"""A case offered to somebody else, who becomes responsible for it only by accepting."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.accounts.access import memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case


class TransferQuerySet(SealedQuerySet["Transfer"]):
    def visible_to(self, user: User, now: datetime) -> "TransferQuerySet":
        """Those of cases that the user may see. Who is to answer one need not: see `for_answer_by`."""
        return self.filter(cases_visible_to(user, now, prefix="case__"))

    def open(self) -> "TransferQuerySet":
        return self.filter(state=Transfer.State.OFFERED)

    def for_answer_by(self, user: User, now: datetime) -> "TransferQuerySet":
        """Those that this user may accept or decline, as long as they work where the case would go.

        1. Offered to this user by name; or
        2. offered to a team whose cases this user assigns, and
        3. of a restricted case, only where the user is to be named on it.
        """
        works = memberships(user, Permission.CASE_CHANGE, now).values("team")
        assigns = memberships(user, Permission.CASE_ASSIGN, now).values("team")
        named = Q(case__restricted=False) | Q(named__contains=[user.pk])
        by_name = Q(to_worker=user, to_team__in=works)
        by_team = Q(to_worker__isnull=True, to_team__in=assigns)
        return self.filter(named, by_name | by_team)

    def lapsed_by(self, now: datetime) -> "TransferQuerySet":
        return self.open().filter(lapses_at__lte=now)

    def newest_first(self) -> "TransferQuerySet":
        return self.order_by("-offered_at", "-id")


class Transfer(Sealed):
    """Note and reason are sealed under the key of the case. Whoever is to answer reads the note before they see the case."""

    class State(models.TextChoices):
        OFFERED = "offered", _("waits for an answer")
        ACCEPTED = "accepted", pgettext_lazy("transfer", "accepted")
        DECLINED = "declined", pgettext_lazy("transfer", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "withdrawn")
        LAPSED = "lapsed", _("lapsed without an answer")

    case = models.ForeignKey(Case, models.CASCADE, related_name="transfers")
    from_team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    # Who looked after the case; the offer may be made by a coordinator.
    from_worker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="transfers_offered")
    to_team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"))
    # None: whoever gives out work in the team answers.
    to_worker = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="transfers_received", verbose_name=_("caseworker")
    )
    # Of a restricted case: the only people who will see it there.
    named = ArrayField(models.UUIDField(), default=list, blank=True)
    note = EncryptedTextField(_("hand-over note"), max_length=4000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OFFERED)
    offered_at = models.DateTimeField(_("offered"))
    lapses_at = models.DateTimeField(_("lapses"))
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = EncryptedTextField(_("reason"), max_length=1000, blank=True, default="")

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="offered"), name="transfer_open_once_a_case"),
            models.CheckConstraint(
                name="transfer_answered_has_its_time",
                condition=Q(state="offered", answered_at__isnull=True)
                | (~Q(state="offered") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="transfer_answered_by_somebody",
                condition=Q(state__in=["offered", "lapsed"], answered_by__isnull=True)
                | Q(state__in=["accepted", "declined", "withdrawn"], answered_by__isnull=False),
            ),
            models.CheckConstraint(name="transfer_lapses_later", condition=Q(lapses_at__gt=F("offered_at"))),
        ]
        indexes = [
            # My day: what waits for an answer of a team; the sweep: what lapses.
            models.Index(fields=["to_team", "lapses_at"], condition=Q(state="offered"), name="transfer_open_of_team"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == Transfer.State.OFFERED

    @property
    def leaves_the_team(self) -> bool:
        return self.to_team_id != self.from_team_id
