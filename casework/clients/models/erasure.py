"""What erasure leaves behind: that it was asked for and done, by bare ids; whose names every process must forget; and what stands in its way."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def waiting(self) -> "ErasureQuerySet":
        return self.filter(state=Erasure.State.ASKED)

    def about_cases_of(self, user: User, now: datetime, *, permission: Permission) -> "ErasureQuerySet":
        """Of cases that are there still and that the user may see, or change, or assign; archived ones too."""
        seen = Case.objects.filter(cases_visible_to(user, now, permission=permission, archived=True))
        return self.filter(Exists(seen.filter(pk=OuterRef("case_id"))))

    def oldest_first(self) -> "ErasureQuerySet":
        return self.order_by("asked_at", "id")


class Erasure(models.Model):
    """Somebody asks to erase a case or a person; another one confirms, and it is done in the same moment.

    No foreign key leads to the case or the person: the row stays when they are gone. `counts` says how many rows of which table
    went, and `remains` how many of what stayed that names nobody.
    """

    class Reason(models.TextChoices):
        WISH = "wish", _("the person asks for it")
        PERIOD = "period", _("the period for keeping it is over")
        MISTAKE = "mistake", _("it should never have been recorded")
        DANGER = "danger", _("keeping it puts somebody in danger")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for a second person")
        WITHDRAWN = "withdrawn", _("taken back")
        REFUSED = "refused", _("refused")
        DONE = "done", _("done")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField(_("case"))
    client_id = models.UUIDField(_("person"), null=True)  # None: the whole case
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    # Of one person in a case of several: what is written of the case and says of nobody whom it is about goes too.
    unassigned_too = models.BooleanField(_("notes that name nobody go too"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    counts = models.JSONField(default=dict)
    remains = models.JSONField(default=dict)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(
                fields=["case_id", "client_id"],
                condition=Q(state="asked"),
                nulls_distinct=False,
                name="erasure_asked_for_once",
            ),
            models.CheckConstraint(
                name="erasure_decided_some_time",
                condition=Q(state="asked", decided_at__isnull=True) | (~Q(state="asked") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="erasure_done_by_another_than_asked",
                condition=~Q(state="done", decided_by=F("asked_by")),
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="erasure_by_state")]
        triggers = [
            pgtrigger.Protect(
                name="done_stays_done", operation=pgtrigger.Update, condition=pgtrigger.Condition("OLD.state = 'done'")
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.ASKED


class ErasedPerson(models.Model):
    """The id of somebody who was erased, and the transaction that did it: the index of names of every process forgets them by it."""

    id = models.UUIDField(primary_key=True, editable=False)
    search_xid = models.BigIntegerField(db_default=RawSQL("pg_current_xact_id()::text::bigint", []), db_index=True)

    def __str__(self) -> str:
        return f"#{self.pk}"


class LegalHoldQuerySet(SealedQuerySet["LegalHold"]):
    def in_force(self) -> "LegalHoldQuerySet":
        return self.filter(lifted_at__isnull=True)


@keeps_history()
class LegalHold(Sealed):
    """Nothing of the case may be erased, because it is evidence: for a court, a complaint, an investigation. The database refuses it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="legal_holds")
    reason = EncryptedTextField(_("why"), max_length=1000)
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("since"))
    look_again_on = models.DateField(_("look again on"), null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at__isnull=True), name="legal_hold_once_a_case"
            ),
            models.CheckConstraint(
                name="legal_hold_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RetentionPeriod(models.Model):
    """How many months after its end a class of data is kept. None: no period is set, and nothing becomes due by itself."""

    class Kind(models.TextChoices):
        """Named as the register names them: `vault/columns/retention.toml`."""

        CASE = "case", _("cases and everything in them")
        SCAN = "scan", _("pictures of papers")
        REFERRAL_IN = "referral_in", _("referrals to us that did not become a case")
        COMPLAINT = "complaint", _("complaints")
        HOST = "host", _("offers of hosts that came to nothing")

    kind = models.CharField(_("what"), max_length=12, choices=Kind, primary_key=True)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="retention_period_of_some_months", condition=Q(months__isnull=True) | Q(months__gte=1)
            ),
            models.CheckConstraint(
                name="retention_kind_known", condition=Q(kind__in=["case", "scan", "referral_in", "complaint", "host"])
            ),
        ]

    def __str__(self) -> str:
        return self.kind
