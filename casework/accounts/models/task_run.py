"""When each task of the workers last ran, and how it went: by name, for all workers together."""

from django.db import models


class TaskRun(models.Model):
    """One row a task. Counts go on for ever, as those who collect figures expect."""

    name = models.CharField(max_length=80, primary_key=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)
    runs = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    last_seconds = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="task_run_failures_are_runs", condition=models.Q(failures__lte=models.F("runs"))
            )
        ]

    def __str__(self) -> str:
        return self.name
