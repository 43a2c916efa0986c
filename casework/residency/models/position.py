"""From which state of the facts and rules the deadlines of a client were last computed."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from casework.clients.models import Client


class ComputedPosition(models.Model):
    """One row a client: stale when the facts or the rules that concern them have moved on, or the time has come.

    `looked_at`: the scopes of the rules on which everything stored rests (`rules.scopes`), None where that is not known.
    `country` is where the person was then, "" if nowhere on record; `time_zone` tells which day it is for
    them, "" for the zone of their team. From `recheck_at` only the passing of time may change the answer.
    `failed`: these facts could not be computed; what is stored is older, and a person must look.
    """

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="computed_position")
    facts_version = models.PositiveIntegerField()
    rules_version = models.BigIntegerField()
    looked_at = ArrayField(models.CharField(max_length=40), null=True)
    country = models.CharField(max_length=16, blank=True, default="")
    time_zone = models.CharField(max_length=40, blank=True, default="")
    recheck_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField()
    failed = models.BooleanField(default=False)
    warnings = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["recheck_at"], name="position_recheck")]

    def __str__(self) -> str:
        return f"#{self.pk}"


def today_of(client: str, now: datetime) -> Cast:
    """Return the day that it is for a person, for queries; `client` leads to them, such as "client__"."""
    zone = Coalesce(
        NullIf(F(f"{client}computed_position__time_zone"), Value("")),
        F(f"{client}case__team__time_zone"),
    )
    local = Func(zone, Value(now), function="timezone", output_field=models.DateTimeField())
    return Cast(local, models.DateField())
