"""Presence of a client in a country from an entry to an exit."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from casework.audit.history import keeps_history
from casework.clients.models import Client
from casework.documents.models import Document
from casework.lib.dates import BoundedDay
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet


class StayQuerySet(SealedQuerySet["Stay"]):
    def newest_first(self) -> "StayQuerySet":
        return self.order_by(F("entered_latest").desc(nulls_first=True), F("left_latest").desc(nulls_first=True), "-id")


@keeps_history(but=("version",))
class Stay(Sealed):
    """Either day may be unknown (both bounds empty) or lie between two days.

    `has_left` false: still there. `has_left` true with empty bounds: left, nobody knows when.
    `planned`: has not happened yet.
    """

    class LegalBasis(models.TextChoices):
        VISA_FREE = "visa_free", _("without a visa")
        VISA = "visa", _("visa")
        PERMIT = "permit", _("permit")
        APPLICATION = "application", _("pending application")
        NONE = "none", _("none")
        UNKNOWN = "unknown", _("not known")

    class Purpose(models.TextChoices):
        NOT_RECORDED = "", _("not recorded")
        PRIVATE = "private", _("private")
        WORK = "work", _("work")
        STUDY = "study", _("study")
        TRANSIT = "transit", _("transit")

    class EntryMode(models.TextChoices):
        NOT_RECORDED = "", _("not recorded")
        AIR = "air", _("by air")
        LAND = "land", _("by land")
        SEA = "sea", _("by sea")

    class Evidence(models.TextChoices):
        NOT_RECORDED = "", _("not recorded")
        STAMP = "stamp", _("stamp in the passport")
        MIGRATION_CARD = "migration_card", _("migration card")
        TICKET = "ticket", _("ticket")
        SELF_REPORT = "self_report", _("told by the client")

    client = models.ForeignKey(Client, models.CASCADE, related_name="stays")
    country = models.CharField(_("country"), max_length=2)
    entered_earliest = models.DateField(_("entered on or after"), null=True, blank=True)
    entered_latest = models.DateField(_("entered on or before"), null=True, blank=True)
    has_left = models.BooleanField(_("has left"), default=False)
    left_earliest = models.DateField(_("left on or after"), null=True, blank=True)
    left_latest = models.DateField(_("left on or before"), null=True, blank=True)
    planned = models.BooleanField(_("planned, not yet happened"), default=False)
    document = models.ForeignKey(
        Document,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stays",
        verbose_name=_("document used to enter"),
    )
    legal_basis = models.CharField(_("legal basis"), max_length=12, choices=LegalBasis, default=LegalBasis.VISA_FREE)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, blank=True, default=Purpose.NOT_RECORDED)
    entry_mode = models.CharField(
        _("way of entry"), max_length=6, choices=EntryMode, blank=True, default=EntryMode.NOT_RECORDED
    )
    evidence = models.CharField(
        _("evidence"), max_length=16, choices=Evidence, blank=True, default=Evidence.NOT_RECORDED
    )
    remark = EncryptedTextField(_("remark"), max_length=400, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = StayQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        constraints = [
            models.CheckConstraint(
                name="stay_entry_bounds_in_order",
                condition=Q(entered_earliest__isnull=True)
                | Q(entered_latest__isnull=True)
                | Q(entered_latest__gte=F("entered_earliest")),
            ),
            models.CheckConstraint(
                name="stay_exit_bounds_in_order",
                condition=Q(left_earliest__isnull=True)
                | Q(left_latest__isnull=True)
                | Q(left_latest__gte=F("left_earliest")),
            ),
            models.CheckConstraint(
                name="stay_exit_not_before_entry",
                condition=Q(left_latest__isnull=True)
                | Q(entered_earliest__isnull=True)
                | Q(left_latest__gte=F("entered_earliest")),
            ),
            models.CheckConstraint(
                name="stay_exit_only_after_leaving",
                condition=Q(has_left=True) | Q(left_earliest__isnull=True, left_latest__isnull=True),
            ),
            # Nobody is in two places on a day that is neither travel day: the days strictly between a
            # certain entry and a certain exit exclude each other. Plans may still contradict.
            ExclusionConstraint(
                name="stay_in_one_place_at_a_time",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    (
                        Func(
                            F("entered_latest"),
                            F("left_earliest"),
                            Value("()"),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(planned=False, entered_latest__isnull=False)
                & (Q(has_left=False) | Q(left_earliest__isnull=False, left_earliest__gte=F("entered_latest"))),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def entered(self) -> BoundedDay:
        return BoundedDay(self.entered_earliest, self.entered_latest)

    @property
    def left(self) -> BoundedDay | None:
        """The day of exit as far as it is known; None if the client has not left."""
        return BoundedDay(self.left_earliest, self.left_latest) if self.has_left else None

    def is_going_on(self, today: date) -> bool:
        """Whether the client is there on `today` as far as anybody knows."""
        begun = self.entered_earliest is None or self.entered_earliest <= today
        return begun and not self.planned and not self.has_left
