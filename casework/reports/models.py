"""Files that are being made, or wait to be fetched: sealed under the key of whoever asked for them, and gone after an hour."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Job, User
from casework.lib.ids import new_id
from casework.vault import files
from casework.vault.fields import EncryptedTextField
from casework.vault.models import DataKey
from casework.vault.sealed import Sealed, SealedQuerySet

KEPT = timedelta(hours=1)
# What is not finished by then never will be.
GIVEN_UP = timedelta(hours=12)
UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)


class ExportQuerySet(SealedQuerySet["Export"]):
    def of(self, user: User) -> "ExportQuerySet":
        return self.filter(owner=user)

    def unfinished(self) -> "ExportQuerySet":
        return self.filter(job__state__in=UNFINISHED)

    def fetchable(self, now: datetime) -> "ExportQuerySet":
        return self.filter(job__state=Job.State.DONE, ready_at__gt=now - KEPT)

    def too_old(self, now: datetime) -> "ExportQuerySet":
        """Fetched or not within the hour; stopped or failed an hour ago; never finished."""
        ended = Q(job__finished_at__lte=now - KEPT)
        return self.filter(ended | Q(created_at__lte=now - GIVEN_UP))


class Export(Sealed):
    """A list that somebody asked for and that is too long to be answered at once.

    `asked`: the filters as the address had them, sealed. `attempt` names the worker that may write; another worker that
    begins takes its place, and what the first one writes after that is refused.
    """

    class Format(models.TextChoices):
        XLSX = "xlsx", _("spreadsheet (XLSX)")
        CSV = "csv", _("text table (CSV)")
        PDF = "pdf", _("to print (PDF)")

    owner = models.ForeignKey(User, models.CASCADE, related_name="exports")
    job = models.OneToOneField(Job, models.CASCADE, related_name="export")
    listing = models.CharField(max_length=24)
    format = models.CharField(max_length=4, choices=Format)
    with_hxl = models.BooleanField(default=False)
    asked: EncryptedTextField[str, str] = EncryptedTextField(_("filters"), blank=True, default="")
    filters = ArrayField(models.CharField(max_length=40), default=list)
    language = models.CharField(max_length=5)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    attempt = models.UUIDField(default=new_id)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(name="export_format_known", condition=Q(format__in=["xlsx", "csv", "pdf"])),
            models.CheckConstraint(
                name="export_ready_after_it_is_asked_for",
                condition=Q(ready_at__isnull=True) | Q(ready_at__gte=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.listing}"

    def files_under(self, fresh: DataKey) -> bool:
        """Seal the key of the file anew, which stands in its first piece. One that a worker writes is let alone until it is done."""
        if self.job.state in UNFINISHED:
            return False
        first = self.pieces.filter(attempt=self.attempt).order_by("number").first()
        if first is not None:
            first.content = files.under_another_key(
                bytes(first.content), file_id=self.attempt, old=self.data_key, new=fresh
            )
            first.save(update_fields=["content"])
        return True


class ExportPiece(models.Model):
    """A part of a sealed file, and the cases that its rows are about: whoever fetches the file must see them all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    attempt = models.UUIDField()
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    case_ids = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "attempt", "number"], name="export_piece_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.export_id} {self.number}"
