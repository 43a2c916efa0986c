"""A room or flat of a site, and the single sleeping places in it."""

from datetime import date, datetime
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import BooleanField, DateField, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.lib.ids import new_id

from ..access import sites_usable_by
from .days import update_of
from .site import Site

MOST_PEOPLE = 500

# Whoever adds a bed and whoever lowers the number of people wait for each other at the unit.
_REFUSE_MORE_BEDS = """
    SELECT capacity INTO most FROM housing_unit WHERE id = {unit} FOR NO KEY UPDATE;
    SELECT count(*) INTO beds FROM housing_bed WHERE unit_id = {unit} AND closed_on IS NULL;
    IF beds > most THEN
        RAISE EXCEPTION 'unit_has_no_more_beds_than_people: % beds for % people', beds, most
            USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_has_no_more_beds_than_people';
    END IF;
    RETURN NULL;
"""


def _no_more_beds_than_people(name: str, operation: pgtrigger.Operation, unit: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=operation,
        declare=[("most", "integer"), ("beds", "integer")],
        func=_REFUSE_MORE_BEDS.format(unit=unit),
    )


class UnitQuerySet(models.QuerySet["Unit"]):
    def usable_by(self, user: User, now: datetime, permission: Permission = Permission.HOUSING_VIEW) -> "UnitQuerySet":
        return self.filter(sites_usable_by(user, now, permission=permission, prefix="site__"))

    def in_use(self) -> "UnitQuerySet":
        return self.filter(closed_on__isnull=True)

    def in_use_on(self, day: date) -> "UnitQuerySet":
        """Those that are there on a day, though they may close later."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def by_label(self) -> "UnitQuerySet":
        return self.order_by("site__code", Lower("label"), "id")


@keeps_history(but=("version",))
class Unit(models.Model):
    """A room or a flat. `capacity` is how many people may live there; each sleeps in a bed, so there are no more beds."""

    class ForWhom(models.TextChoices):
        ANYONE = "anyone", _("anyone")
        FAMILY = "family", _("a family")
        WOMEN = "women", _("women")
        MEN = "men", _("men")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="units")
    label = models.CharField(_("room or flat"), max_length=40)
    capacity = models.PositiveSmallIntegerField(_("for how many people"))
    floor_area = models.DecimalField(_("floor area, m2"), max_digits=6, decimal_places=1, null=True, blank=True)
    step_free = models.BooleanField(_("no steps on the way in"), default=False)
    for_whom = models.CharField(_("for whom"), max_length=8, choices=ForWhom, default=ForWhom.ANYONE)
    has_cot = models.BooleanField(_("a cot can be put up"), default=False)
    takes_pets = models.BooleanField(_("pets are welcome"), default=False)
    registration_possible = models.BooleanField(_("the owner agrees to registration"), null=True, blank=True)
    closed_on = models.DateField(_("closed from"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(
                F("site"), Lower("label"), condition=Q(closed_on__isnull=True), name="unit_of_a_site_named_once"
            ),
            models.CheckConstraint(name="unit_has_a_label", condition=~Q(label="")),
            models.CheckConstraint(
                name="unit_is_for_a_number_of_people", condition=Q(capacity__gte=1, capacity__lte=MOST_PEOPLE)
            ),
            models.CheckConstraint(
                name="unit_floor_area_is_positive", condition=Q(floor_area__isnull=True) | Q(floor_area__gt=0)
            ),
            models.CheckConstraint(
                name="unit_for_whom_known", condition=Q(for_whom__in=["anyone", "family", "women", "men"])
            ),
        ]
        triggers = [_no_more_beds_than_people("unit_keeps_room_for_beds", update_of("capacity"), "NEW.id")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class BedQuerySet(models.QuerySet["Bed"]):
    def usable_by(self, user: User, now: datetime, permission: Permission = Permission.HOUSING_VIEW) -> "BedQuerySet":
        return self.filter(sites_usable_by(user, now, permission=permission, prefix="unit__site__"))

    def in_use(self) -> "BedQuerySet":
        """Those that nobody has closed, nor is to close."""
        return self.filter(closed_on__isnull=True)

    def in_use_on(self, day: date) -> "BedQuerySet":
        """Those that are not closed on a day, though they may close later."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def standing(self, since: date, until: date | None) -> "BedQuerySet":
        """Those that are there on every day of `[since, until)`."""
        stays = Q(closed_on__isnull=True)
        return self.filter(stays if until is None else stays | Q(closed_on__gte=until), opened_on__lte=since)

    def standing_at_all(self, since: date, until: date) -> "BedQuerySet":
        """Those that are there on one day at least of `[since, until)`."""
        not_over = Q(closed_on__isnull=True) | (Q(closed_on__gt=since) & Q(closed_on__gt=F("opened_on")))
        return self.filter(not_over, opened_on__lt=until)

    def free(self, since: date, until: date | None, now: datetime) -> "BedQuerySet":
        """Those in which somebody can be placed on all days of `[since, until)`, by one statement.

        1. The bed is there on every day, and
        2. no placement takes it (a hold whose hour has passed does not), and
        3. nothing blocks it, and
        4. its site takes people who are new there. Whether a lease holds is asked by `within_lease`.
        """
        from .block import BedBlock  # they refer to beds
        from .placement import Placement

        taken = Placement.objects.taking_beds(now).sharing_days(since, until).filter(bed=OuterRef("pk"))
        blocked = BedBlock.objects.sharing_days(since, until).filter(bed=OuterRef("pk"))
        takes_people = Q(unit__site__no_new_since__isnull=True)
        if until is not None:
            takes_people |= Q(unit__site__no_new_since__gte=until)
        return self.standing(since, until).filter(takes_people, ~Exists(taken), ~Exists(blocked))

    def within_lease(self, since: date, until: date | None) -> "BedQuerySet":
        """Those for which a lease holds on all of these days, or that need none: no lease was ever recorded for them."""
        from .lease import Lease

        of_bed = Lease.objects.filter(Q(unit=OuterRef("unit")) | Q(unit__isnull=True), site=OuterRef("unit__site"))
        all_days = Func(Func(F("since"), F("until"), function="daterange"), function="range_agg")
        asked = Func(Value(since, DateField()), Value(until, DateField()), function="daterange")
        holds = Func(all_days, asked, template="(%(expressions)s)", arg_joiner=" @> ", output_field=BooleanField())
        held: Any = Subquery(of_bed.order_by().annotate(holds=holds).values("holds"), output_field=BooleanField())
        return self.filter(Coalesce(held, True))

    def with_place(self) -> "BedQuerySet":
        return self.select_related("unit__site__data_key")


class Bed(models.Model):
    """One sleeping place: half of a double bed is one."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("single bed")
        BUNK = "bunk", _("bunk")
        SHARED_DOUBLE = "shared_double", _("half of a double bed")
        COT = "cot", _("cot")
        MATTRESS = "mattress", _("mattress")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="beds")
    label = models.CharField(_("bed"), max_length=20)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, default=Kind.SINGLE)
    opened_on = models.DateField(_("there since"))
    # The first day on which nobody can sleep in it any more.
    closed_on = models.DateField(_("closed from"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = BedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bed")
        verbose_name_plural = _("beds")
        constraints = [
            models.UniqueConstraint(
                F("unit"), Lower("label"), condition=Q(closed_on__isnull=True), name="bed_of_a_unit_named_once"
            ),
            models.CheckConstraint(name="bed_has_a_label", condition=~Q(label="")),
            models.CheckConstraint(
                name="bed_kind_known", condition=Q(kind__in=["single", "bunk", "shared_double", "cot", "mattress"])
            ),
            models.CheckConstraint(
                name="bed_closes_after_it_opens",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]
        triggers = [
            _no_more_beds_than_people("bed_has_room", pgtrigger.Insert | pgtrigger.Update, "NEW.unit_id"),
            pgtrigger.Trigger(
                name="nobody_sleeps_in_a_closed_bed",
                when=pgtrigger.After,
                operation=update_of("opened_on", "closed_on"),
                func="""
                    IF EXISTS (
                        SELECT FROM housing_placement AS p
                        WHERE p.bed_id = NEW.id AND p.state IN ('held', 'booked', 'checked_in', 'checked_out')
                            AND (p.until IS NULL OR p.until > p.since)
                            AND (p.since < NEW.opened_on OR NEW.closed_on < coalesce(p.until, 'infinity'))
                    ) THEN
                        RAISE EXCEPTION 'placement_in_a_bed_that_is_there: somebody is placed in bed %', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'placement_in_a_bed_that_is_there';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def place(self) -> str:
        """Where it stands, for staff: "BSK-1, Room 2, Bed 3". Names nobody and no street."""
        return f"{self.unit.site.code}, {self.unit.label}, {self.label}"

    def is_closed_on(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on <= day
