"""What was done, by whom, to which record. Bare ids, never values: this table survives every erasure."""

from uuid import UUID

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


def append_only(table: str) -> list[pgtrigger.Trigger]:
    """Return the triggers under which rows are added to a table and never changed, removed or emptied out."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="never_truncated",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func=f"RAISE EXCEPTION '{table} are appended only';",
        ),
    ]


# Holds under `clients` the ids of the people that it found.
SEARCHED = "clients.searched"


class EventQuerySet(models.QuerySet["Event"]):
    def about_case(self, case_id: UUID) -> "EventQuerySet":
        return self.filter(case_id=case_id)

    def newest_first(self) -> "EventQuerySet":
        return self.order_by("-id")


class Event(models.Model):
    """One act: `type` is `<package>.<verb in the past>`, such as `clients.case_logged`.

    Appended only: the database refuses update, delete and truncate.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    type = models.CharField(max_length=64)
    actor_id = models.UUIDField(null=True)  # null: the software itself
    subject_model = models.CharField(max_length=64, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    case_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            # "Who saw this case" reads the newest events of one case.
            models.Index(fields=["case_id", "-id"], name="event_by_case"),
            models.Index(fields=["actor_id", "-id"], name="event_by_actor"),
            GinIndex(
                OpClass("data", name="jsonb_path_ops"),
                condition=models.Q(type=SEARCHED),
                name="event_of_search_by_found",
            ),
        ]
        triggers = [
            *append_only("audit events"),
            # In the transaction of the event: the sealer finds it here, however late it commits. Once a statement: each call of a
            # trigger of pgtrigger rolls a savepoint back, which takes the longer the more checks wait for the end.
            pgtrigger.Trigger(
                name="waits_for_seal",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]  # as the library has it
                func="INSERT INTO audit_unsealed (event_id) SELECT id FROM added; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.type}"


class Unsealed(models.Model):
    """An event that has no seal yet. Filled by a trigger, emptied by the sealer: so sealing never reads the whole trail."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"#{self.pk}"


class Seal(models.Model):
    """The place of an event in the chain, and the hash of it with all before it: see `chain`.

    The order is that of `pos`: a transaction that began early may commit late, and its events are sealed then.
    """

    pos = models.BigIntegerField(primary_key=True)
    # No foreign key: where the event is gone, the seal must stay and say so.
    event_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="seal_places_count_from_one", condition=models.Q(pos__gte=1)),
        ]
        triggers = append_only("seals")

    def __str__(self) -> str:
        return f"{self.pos}"
