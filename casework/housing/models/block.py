"""Days on which nobody can be placed in a bed, and why."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .days import apart, sharing_days, until_not_before_since, update_of
from .unit import Bed


class BedBlockQuerySet(SealedQuerySet["BedBlock"]):
    def sharing_days(self, since: date, until: date | None) -> "BedBlockQuerySet":
        return self.filter(sharing_days(since, until))

    def soonest_first(self) -> "BedBlockQuerySet":
        return self.order_by("since", "id")


class BedBlock(Sealed):
    """Without `until` it lasts until somebody ends it. One that was ended before it began blocks nothing."""

    class Reason(models.TextChoices):
        REPAIR = "repair", _("repair")
        CLEANING = "cleaning", _("cleaning")
        QUARANTINE = "quarantine", _("quarantine")
        KEPT_FREE = "kept_free", _("kept free on purpose")
        OTHER = "other", _("another reason")

    bed = models.ForeignKey(Bed, models.PROTECT, related_name="blocks")
    since = models.DateField(_("first day"))
    until = models.DateField(_("free again from"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    note = EncryptedTextField(_("note"), max_length=400, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = BedBlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block of a bed")
        verbose_name_plural = _("blocks of beds")
        constraints = [
            until_not_before_since("block_ends_after_it_begins"),
            models.CheckConstraint(
                name="block_reason_known",
                condition=Q(reason__in=["repair", "cleaning", "quarantine", "kept_free", "other"]),
            ),
            apart("block_of_a_bed_once", "bed"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="nobody_is_placed_in_a_blocked_bed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | update_of("bed_id", "since", "until"),
                func="""
                    PERFORM FROM housing_bed WHERE id = NEW.bed_id FOR NO KEY UPDATE;
                    IF EXISTS (
                        SELECT FROM housing_placement AS p
                        WHERE p.bed_id = NEW.bed_id AND p.state IN ('held', 'booked', 'checked_in', 'checked_out')
                            AND daterange(p.since, p.until) && daterange(NEW.since, NEW.until)
                    ) THEN
                        RAISE EXCEPTION 'block_of_a_bed_without_people: somebody is placed in bed %', NEW.bed_id
                            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'block_of_a_bed_without_people';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
