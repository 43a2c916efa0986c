"""Pieces of a long piece of work, which several workers take."""

from datetime import datetime
from uuid import UUID

from django.db import models

from .staff import Job


class PieceQuerySet(models.QuerySet["Piece"]):
    def waiting(self) -> "PieceQuerySet":
        """Those that nobody has done, whether somebody has them in hand or not."""
        return self.filter(done_at__isnull=True)

    def of_ended_jobs(self) -> "PieceQuerySet":
        return self.exclude(job__state__in=[Job.State.WAITING, Job.State.RUNNING])

    def touched_since(self, moment: datetime) -> "PieceQuerySet":
        return self.filter(touched_at__gte=moment)


class Piece(models.Model):
    """The rows of one job whose ids lie after `after` and not after `until`. `touched_at`: cut, rung for or done."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    after = models.UUIDField()
    until = models.UUIDField()
    size = models.PositiveIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    touched_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects = PieceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="piece_once_a_job", fields=["job", "number"]),
            models.CheckConstraint(
                name="piece_is_not_empty", condition=models.Q(until__gt=models.F("after"), size__gt=0)
            ),
            models.CheckConstraint(
                name="piece_fails_no_more_than_it_holds", condition=models.Q(failed__lte=models.F("size"))
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.job_id} {self.number}"

    @property
    def bounds(self) -> tuple[UUID, UUID]:
        return self.after, self.until
