"""From which state of the facts and rules the deadlines of a client were last computed."""

from django.db import models

from casework.clients.models import Client


class ComputedPosition(models.Model):
    """One row a client: stale when the facts or the rules have moved on, or the day has come."""

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="computed_position")
    facts_version = models.PositiveIntegerField()
    rules_version = models.BigIntegerField()
    recheck_on = models.DateField(null=True)
    computed_at = models.DateTimeField()
    warnings = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["recheck_on"], name="position_recheck")]

    def __str__(self) -> str:
        return f"#{self.pk}"
