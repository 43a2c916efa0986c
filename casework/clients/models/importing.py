"""Tables of people on their way into the application: what was read, what became of each row, and what can be undone."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.access import teams_with
from casework.accounts.models import Job, Team, User
from casework.accounts.roles import Permission
from casework.vault.fields import EncryptedJSONField
from casework.vault.sealed import Sealed, SealedQuerySet

from .case import Case

# So long an import can be taken back, and what could not be imported is kept to be corrected.
UNDONE_WITHIN = timedelta(days=30)


class ImportQuerySet(SealedQuerySet["Import"]):
    def visible_to(self, user: User, now: datetime) -> "ImportQuerySet":
        """1. One's own, in teams for which one still logs cases, and
        2. those of the teams whose cases one assigns.
        """
        own = Q(by=user, team__in=teams_with(user, Permission.CASE_CHANGE, now))
        return self.filter(own | Q(team__in=teams_with(user, Permission.CASE_ASSIGN, now)))

    def newest_first(self) -> "ImportQuerySet":
        return self.order_by("-created_at", "-id")

    def under_way(self) -> "ImportQuerySet":
        return self.filter(stage__in=Import.UNDER_WAY)

    def silent_since(self, moment: datetime) -> "ImportQuerySet":
        return self.under_way().filter(touched_at__lt=moment)

    def too_old(self, now: datetime) -> "ImportQuerySet":
        """Those that cannot be taken back any more, and those with which nobody went on."""
        return self.exclude(stage__in=Import.UNDER_WAY).filter(touched_at__lte=now - UNDONE_WITHIN)


class Import(Sealed):
    """A table of people that somebody brings into a team. It has a key of its own, which is destroyed with its rows.

    `columns`: for each column of the table what it holds (`lifecycle.importing.columns`), "" for nothing that we take.
    """

    class Stage(models.TextChoices):
        COLUMNS = "columns", _("columns are to be named")
        CHECKING = "checking", _("rows are being checked")
        CHECKED = "checked", _("checked")
        IMPORTING = "importing", _("people are being recorded")
        IMPORTED = "imported", _("imported")
        UNDOING = "undoing", _("is being taken back")
        UNDONE = "undone", _("taken back")

    class Source(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("XLSX")
        KOBO = "kobo", _("KoboToolbox")

    class DayOrder(models.TextChoices):
        NOT_SAID = "", _("not said: ask about each such day")
        DAY_FIRST = "day_first", _("the day first: 31/12/2026")
        MONTH_FIRST = "month_first", _("the month first: 12/31/2026")

    UNDER_WAY = (Stage.CHECKING, Stage.IMPORTING, Stage.UNDOING)

    team = models.ForeignKey(Team, models.PROTECT, related_name="imports")
    by = models.ForeignKey(User, models.PROTECT, related_name="imports")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.COLUMNS)
    source = models.CharField(max_length=5, choices=Source)
    headings: EncryptedJSONField[Any, Any] = EncryptedJSONField(_("headings"))
    columns = models.JSONField(default=list)
    day_order = models.CharField(max_length=12, choices=DayOrder, blank=True, default=DayOrder.NOT_SAID)
    language = models.CharField(max_length=5)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    submit_token = models.UUIDField(unique=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                name="import_undone_has_its_time",
                condition=Q(stage="undone", undone_at__isnull=False) | ~Q(stage="undone") & Q(undone_at__isnull=True),
            ),
            models.CheckConstraint(
                name="import_under_way_has_its_job",
                condition=~Q(stage__in=["checking", "importing", "undoing"]) | Q(job__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["team", "-created_at"], name="import_of_team_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.stage in self.UNDER_WAY


class ImportRowQuerySet(SealedQuerySet["ImportRow"]):
    def in_order(self) -> "ImportRowQuerySet":
        return self.order_by("number")

    def to_check(self) -> "ImportRowQuerySet":
        return self.filter(state=ImportRow.State.WAITING)

    def to_mend(self) -> "ImportRowQuerySet":
        """Those with which somebody has to do something."""
        return self.filter(state__in=ImportRow.TO_MEND)

    def ready(self) -> "ImportRowQuerySet":
        """Good rows, of families of which every row is good: none comes in half."""
        family = ImportRow.objects.filter(of=OuterRef("of"), family=OuterRef("family"))
        unfinished = family.filter(state__in=[ImportRow.State.WAITING, *ImportRow.TO_MEND])
        return self.filter(~Exists(unfinished), state=ImportRow.State.GOOD)


class ImportRow(Sealed):
    """One row of the table. What it says is forgotten as soon as the person is on record, else after thirty days.

    number: as the spreadsheet program counts it; row 1 names the columns. family: the number of the first row of the same
    family, its own if it is alone. cells: None, once forgotten. problems: sentences by column, sealed because they repeat
    what was typed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("not checked yet")
        GOOD = "good", _("can be imported")
        WRONG = "wrong", _("to correct")
        DOUBLE = "double", _("perhaps known already")
        LEFT_OUT = "left_out", _("left out")
        IMPORTED = "imported", _("imported")
        UNDONE = "undone", _("taken back")
        KEPT = "kept", _("kept, somebody has worked on it")

    TO_MEND = (State.WRONG, State.DOUBLE)

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    family = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    cells: EncryptedJSONField[Any, Any] = EncryptedJSONField(_("cells"), null=True)
    problems: EncryptedJSONField[Any, Any] = EncryptedJSONField(_("problems"), null=True)
    # Who may be this person already: {"client": id, "why": codes} on record, {"row": number} in the table, {"case": id} of
    # an earlier table from which the same submission came.
    alike = models.JSONField(default=list)
    is_somebody_new = models.BooleanField(default=False)
    # The name that a collecting tool gave to the submission: what comes twice is known by it.
    source_id = models.CharField(max_length=60, blank=True, default="", db_index=True)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="import_rows")
    imported_at = models.DateTimeField(null=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="import_row_once"),
            models.CheckConstraint(
                name="import_row_imported_has_its_time",
                condition=Q(state__in=["imported", "undone", "kept"], imported_at__isnull=False)
                | ~Q(state__in=["imported", "undone", "kept"]) & Q(imported_at__isnull=True),
            ),
            models.CheckConstraint(
                name="import_row_only_what_is_imported_has_a_case",
                condition=Q(case__isnull=True) | Q(imported_at__isnull=False),
            ),
            models.CheckConstraint(name="import_row_family_comes_first", condition=Q(family__lte=F("number"))),
        ]
        indexes = [models.Index(fields=["of", "state", "family", "number"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"#{self.of_id} {self.number}"


class ImportMemoryQuerySet(SealedQuerySet["ImportMemory"]):
    pass


class ImportMemory(Sealed):
    """How a team names the columns of its tables: what a heading stood for the last time it was seen."""

    team = models.OneToOneField(Team, models.CASCADE, related_name="+")
    known: EncryptedJSONField[Any, Any] = EncryptedJSONField(_("headings and what they hold"), default=dict)

    objects = ImportMemoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("memory of columns")
        verbose_name_plural = _("memories of columns")

    def __str__(self) -> str:
        return f"#{self.pk}"


def counts_by_state(rows: Any) -> dict[str, int]:
    """Return how many rows are in which state."""
    return dict(rows.order_by().values_list("state").annotate(count=models.Count("pk")))
