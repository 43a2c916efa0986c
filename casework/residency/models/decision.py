"""What people decided about deadlines, and how their dates moved."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.audit.history import keeps_history
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .deadline import Deadline


class DecisionQuerySet(SealedQuerySet["Decision"]):
    def in_order(self) -> "DecisionQuerySet":
        return self.order_by("deadline", "number")


@keeps_history()
class Decision(Sealed):
    """What a person decided about a deadline. Kept apart from what is computed, and never changed.

    An answer (done, waived) remembers what it answered: the date that drove, the country, and a
    fingerprint of the fact that the deadline is about. From that every refresh tells whether it still fits.
    An order (imposed by an authority, overridden by staff) that is later than the rules allow drives only
    once another person has confirmed it; that confirmation remembers the computed date that was seen.
    """

    class Kind(models.TextChoices):
        DONE = "done", _("done")
        WAIVED = "waived", _("waived")
        IMPOSED = "imposed", _("date imposed by an authority")
        OVERRIDDEN = "overridden", _("date set by staff in place of the computed one")
        CONFIRMED = "confirmed", _("later date confirmed by a second person")
        REFUSED = "refused", _("later date refused by a second person")
        LIFTED = "lifted", _("imposed date lifted")
        REOPENED = "reopened", _("reopened")

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="decisions")
    number = models.PositiveSmallIntegerField(editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    answered_on = models.DateField(_("due date that it answered"), null=True)
    answered_country = models.CharField(max_length=16, blank=True, default="", editable=False)
    answered_subject = models.CharField(max_length=16, blank=True, default="", editable=False)
    imposed_on = models.DateField(_("imposed date"), null=True)
    # The order that a second person confirmed or refused.
    about = models.ForeignKey("self", models.CASCADE, null=True, related_name="looks", editable=False)
    # Null for everything but an authority's order.
    authority = EncryptedTextField(_("authority"), max_length=200, blank=True, null=True)
    paper = EncryptedTextField(_("number and day of the paper"), max_length=200, blank=True, null=True)
    reason = EncryptedTextField(_("reason"), max_length=600, blank=True, default="")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                name="decision_imposed_has_its_date",
                condition=Q(kind__in=["imposed", "overridden"], imposed_on__isnull=False)
                | (~Q(kind__in=["imposed", "overridden"]) & Q(imposed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="decision_second_look_is_about_an_order",
                condition=Q(kind__in=["confirmed", "refused"], about__isnull=False)
                | (~Q(kind__in=["confirmed", "refused"]) & Q(about__isnull=True)),
            ),
            # A second look at one order against one computed date is one.
            models.UniqueConstraint(fields=["about", "answered_on"], name="decision_looked_at_once"),
            # Two people who answer at once get two numbers or one refusal, never one place in the order.
            models.UniqueConstraint(fields=["deadline", "number"], name="decision_numbered_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="by_a_second_person",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("NEW.about_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM residency_decision AS given
                                   WHERE given.id = NEW.about_id AND given.deadline_id = NEW.deadline_id
                                     AND given.kind IN ('imposed', 'overridden')
                                     AND given.decided_by_id <> NEW.decided_by_id) THEN
                        RAISE EXCEPTION 'nobody confirms or refuses what they recorded themselves'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_by_a_second_person';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class MoveQuerySet(models.QuerySet["Move"]):
    def newest_first(self) -> "MoveQuerySet":
        return self.order_by("-at", "-id")


class Move(models.Model):
    """How a refresh changed the date of a deadline. Appended only."""

    class What(models.TextChoices):
        MOVED = "moved", _("moved")
        GONE = "gone", _("no longer computed")
        BACK = "back", _("computed again")

    class Cause(models.TextChoices):
        FACTS = "facts", _("facts were recorded or changed")
        RULES = "rules", _("country rules changed")
        TIME = "time", _("time passed")
        DECISION = "decision", _("an authority set or lifted a date")

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    what = models.CharField(max_length=5, choices=What)
    cause = models.CharField(max_length=8, choices=Cause)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a deadline")
        verbose_name_plural = _("moves of deadlines")
        indexes = [models.Index(fields=["deadline", "-at"], name="move_of_deadline_newest")]
        triggers = [pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"#{self.pk} {self.what}"
