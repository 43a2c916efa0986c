"""What was done, by whom, to which record. Bare ids, never values: this table survives every erasure."""

from uuid import UUID

import pgtrigger
from django.db import models


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
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_truncated",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'audit events are appended only';",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.type}"
