"""What reports store: files that wait to be fetched, sealed and gone after an hour, and reports that are kept as first made."""

from datetime import datetime, timedelta

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Job, User
from casework.lib.ids import new_id
from casework.lib.suppression import LARGEST_HIDDEN
from casework.vault import files
from casework.vault.fields import EncryptedTextField
from casework.vault.models import DataKey
from casework.vault.sealed import Sealed, SealedQuerySet

from .periods import MONTH, QUARTER, Period

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


# So many years a report to donors is kept; the database refuses to delete a younger one.
YEARS_KEPT = 7

_REFUSE_WRONG_REPORT = """
    IF NEW.after_on <> (NEW.first_on + make_interval(months => NEW.months))::date THEN
        RAISE EXCEPTION 'a report to donors is of a whole month or quarter'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'donor_report_is_whole';
    END IF;
    IF NEW.made_at < NEW.after_on THEN
        RAISE EXCEPTION 'a report to donors is made when its period is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'donor_report_is_over';
    END IF;
    IF EXISTS (SELECT 1 FROM jsonb_array_elements(NEW.places) AS place
               WHERE (place->>-1)::integer BETWEEN 1 AND {largest}) THEN
        RAISE EXCEPTION 'a report to donors shows no small number of people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'donor_report_hides_small_numbers';
    END IF;
    RETURN NEW;
"""


class DonorReportQuerySet(models.QuerySet["DonorReport"]):
    def of(self, period: Period) -> "DonorReportQuerySet":
        return self.filter(first_on=period.first, months=period.months)

    def newest_first(self) -> "DonorReportQuerySet":
        return self.order_by("-first_on")


class DonorReport(models.Model):
    """What was done for people in a month or a quarter, for donors: kept as it was first made.

    `places` is the table without what may not be told (`reports.donor.suppressed_places`); exact counts are stored nowhere.
    `programmes`: what they were called then.
    """

    class Months(models.IntegerChoices):
        MONTH = MONTH, _("month")
        QUARTER = QUARTER, _("quarter")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first_on = models.DateField()
    after_on = models.DateField()
    months = models.PositiveSmallIntegerField(choices=Months)
    programmes = models.JSONField(default=list)
    places = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = DonorReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report to donors")
        verbose_name_plural = _("reports to donors")
        constraints = [
            models.CheckConstraint(name="donor_report_of_month_or_quarter", condition=Q(months__in=[MONTH, QUARTER])),
            models.CheckConstraint(
                name="donor_report_begins_with_a_month",
                condition=Q(first_on__day=1) & (Q(months=MONTH) | Q(first_on__month__in=[1, 4, 7, 10])),
            ),
            # Of two that overlap, one could be taken from the other.
            ExclusionConstraint(
                name="donor_report_overlaps_no_other",
                expressions=[
                    (Func(F("first_on"), F("after_on"), Value("[)"), function="daterange"), RangeOperators.OVERLAPS)
                ],
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept_as_first_made", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="kept_for_years",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(f"OLD.made_at > now() - interval '{YEARS_KEPT} years'"),
            ),
            pgtrigger.Trigger(
                name="never_truncated",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'reports to donors are kept';",
            ),
            pgtrigger.Trigger(
                name="whole_over_and_without_small_numbers",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=_REFUSE_WRONG_REPORT.format(largest=LARGEST_HIDDEN),
            ),
        ]

    def __str__(self) -> str:
        return self.period.key

    @property
    def period(self) -> Period:
        return Period(self.first_on, self.months)
