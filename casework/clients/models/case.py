"""The file under which one or more people are supported together."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.lib.ids import new_id
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .held import kept_while_held

# On a restricted case. Fewer people could be on leave at once, and nobody would look after the case.
NAMED_AT_LEAST = 2

_REFUSE_TOO_FEW = """
    IF (SELECT restricted FROM clients_case WHERE id = {case})
        AND (SELECT count(*) FROM clients_casemember WHERE case_id = {case}) < {fewest} THEN
        RAISE EXCEPTION 'a restricted case needs % people named on it', {fewest}
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_restricted_names_two';
    END IF;
    RETURN NULL;
"""


def _names_two(name: str, operation: pgtrigger.Operation, case: str) -> pgtrigger.Trigger:
    """Refuse, at the end of the transaction, a restricted case on which too few people are named."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func=_REFUSE_TOO_FEW.format(case=case, fewest=NAMED_AT_LEAST),
    )


class CaseQuerySet(SealedQuerySet["Case"]):
    def visible_to(self, user: User, now: datetime) -> "CaseQuerySet":
        return self.filter(cases_visible_to(user, now))

    def changeable_by(self, user: User, now: datetime) -> "CaseQuerySet":
        return self.filter(cases_visible_to(user, now, permission=Permission.CASE_CHANGE))

    def open(self) -> "CaseQuerySet":
        return self.filter(status=Case.Status.OPEN)

    def not_archived(self) -> "CaseQuerySet":
        return self.filter(archived_at__isnull=True)

    def newest_first(self) -> "CaseQuerySet":
        return self.order_by("-opened_at", "-id")


@keeps_history(but=("version", "submit_token"))
class Case(Sealed):
    class Status(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    class Priority(models.TextChoices):
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")
        URGENT = "urgent", _("urgent")

    class ClosingReason(models.TextChoices):
        """Why the work on a case ended, in words that reports can count."""

        NEEDS_MET = "needs_met", _("the needs are met")
        MOVED_ON = "moved_on", _("moved on to another country")
        HANDED_OVER = "handed_over", _("another organisation took over")
        LOST_CONTACT = "lost_contact", _("contact was lost")
        WITHDREW = "withdrew", _("the client does not wish to go on")
        IMPOSSIBLE = "impossible", _("nothing more can be done")
        MISTAKE = "mistake", _("logged by mistake")
        OTHER = "other", _("another reason")
        JOINED = "joined", _("joined into another case")

    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="cases", verbose_name=_("team"))
    caseworker = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("caseworker"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.NORMAL)
    restricted = models.BooleanField(_("restricted"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closing_reason = models.CharField(
        _("reason for closing"), max_length=12, choices=ClosingReason, blank=True, default=""
    )
    # Where its people and everything about them went; it may be followed further from there.
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined_from", verbose_name=_("joined into")
    )
    # Out of every list and search unless asked for, and read-only.
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    # The form that logged the case carried this; sent twice, it still makes one case.
    submit_token = models.UUIDField(unique=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                name="case_closed_has_its_time",
                condition=models.Q(status="closed", closed_at__isnull=False)
                | models.Q(status="open", closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="case_closed_has_its_reason",
                condition=(models.Q(status="closed") & ~models.Q(closing_reason=""))
                | models.Q(status="open", closing_reason=""),
            ),
            models.CheckConstraint(
                name="case_joined_is_closed_for_that",
                condition=models.Q(closing_reason="joined", joined_into__isnull=False)
                | (~models.Q(closing_reason="joined") & models.Q(joined_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_not_joined_into_itself",
                condition=models.Q(joined_into__isnull=True) | ~models.Q(joined_into=models.F("id")),
            ),
            models.CheckConstraint(
                name="case_archived_only_if_closed",
                condition=models.Q(archived_at__isnull=True) | models.Q(status="closed"),
            ),
            models.CheckConstraint(
                name="case_priority_known",
                condition=models.Q(priority__in=["normal", "high", "urgent"]),
            ),
        ]
        indexes = [
            # The case list of a team, newest first.
            models.Index(fields=["team", "-opened_at", "-id"], name="case_of_team_newest"),
        ]
        triggers = [
            _names_two("restricted_names_two", pgtrigger.Insert | pgtrigger.Update, "NEW.id"),
            kept_while_held("id"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class CaseMember(models.Model):
    """A user named on a restricted case. The case is visible to the people named and to nobody else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="named_on")
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_member_named_once")]
        triggers = [_names_two("names_stay_two", pgtrigger.Delete | pgtrigger.Update, "OLD.case_id")]

    def __str__(self) -> str:
        return f"#{self.pk}"
