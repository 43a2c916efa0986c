"""What was said of a deadline before it was computed otherwise: date, reasons and rules, as they were then."""

import pgtrigger
from django.db import models
from django.db.models import Q

from .deadline import Deadline
from .decision import Move


class DerivationQuerySet(models.QuerySet["Derivation"]):
    def newest_first(self) -> "DerivationQuerySet":
        return self.order_by("-replaced_at", "-id")


class Derivation(models.Model):
    """One earlier state of a deadline, said from `computed_at` until `replaced_at`. Appended only.

    `because` is as in `Deadline`: codes, numbers, ISO days and ids. Goes with the person.
    """

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="derivations")
    due_on = models.DateField(null=True)
    opens_on = models.DateField(null=True)
    alternative_on = models.DateField(null=True)
    rule_ids = models.JSONField(default=list)
    review = models.CharField(max_length=14)
    because = models.JSONField(default=list)
    computed_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    cause = models.CharField(max_length=8, choices=Move.Cause)

    objects = DerivationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="derivation_replaced_after_computed", condition=Q(replaced_at__gte=models.F("computed_at"))
            ),
        ]
        indexes = [models.Index(fields=["deadline", "-replaced_at"], name="derivation_of_deadline_newest")]
        triggers = [pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"#{self.pk}"
