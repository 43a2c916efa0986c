"""A client in a bed from a day to a day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.accounts.models import User
from casework.audit.history import keeps_history
from casework.clients.access import cases_visible_to
from casework.clients.models import Address, Client
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import sites_usable_by
from .days import apart, sharing_days, until_not_before_since, update_of
from .unit import Bed

# States as the constraints below name them.
TAKES_A_BED = ("held", "booked", "checked_in", "checked_out")
IS_SOMEWHERE = ("booked", "checked_in", "checked_out")


class PlacementQuerySet(SealedQuerySet["Placement"]):
    def visible_to(self, user: User, now: datetime, *, by_token: bool = False) -> "PlacementQuerySet":
        """Those of people whom the user (or, `by_token`, a program of theirs) may see, wherever they are."""
        return self.filter(cases_visible_to(user, now, prefix="client__case__", by_token=by_token))

    def at_sites_of(self, user: User, now: datetime) -> "PlacementQuerySet":
        """Those in places that the user may see, whoever it is: a board shows that a bed is taken, and not by whom."""
        return self.filter(sites_usable_by(user, now, prefix="bed__unit__site__"))

    def live(self) -> "PlacementQuerySet":
        """What is still to come or goes on: held, booked, checked in."""
        return self.filter(state__in=Placement.LIVE)

    def taking_beds(self, now: datetime) -> "PlacementQuerySet":
        """What takes its bed: everything but what was called off, and holds whose hour has passed."""
        lapsed = Q(state=Placement.State.HELD, held_until__lte=now)
        return self.filter(state__in=TAKES_A_BED).exclude(lapsed)

    def lapsed(self, now: datetime) -> "PlacementQuerySet":
        """Holds whose hour has passed and that nobody has released yet."""
        return self.filter(state=Placement.State.HELD, held_until__lte=now)

    def sharing_days(self, since: date, until: date | None) -> "PlacementQuerySet":
        return self.filter(sharing_days(since, until))

    def on_day(self, day: date) -> "PlacementQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)

    def soonest_first(self) -> "PlacementQuerySet":
        return self.order_by("since", "id")

    def newest_first(self) -> "PlacementQuerySet":
        return self.order_by("-since", "-id")

    def with_place(self) -> "PlacementQuerySet":
        return self.select_related("bed__unit__site__data_key")

    def with_person(self) -> "PlacementQuerySet":
        return self.select_related("client__data_key", "client__case__team").defer("client__search_form")


@keeps_history(but=("version",))
class Placement(Sealed):
    """`until` is the first night not spent there: who leaves on the 9th makes room for who comes on the 9th."""

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("bed", "held")
        BOOKED = "booked", _("booked")
        CHECKED_IN = "checked_in", _("lives there")
        CHECKED_OUT = "checked_out", _("has left")
        NO_SHOW = "no_show", _("did not come")
        CANCELLED = "cancelled", pgettext_lazy("placement", "cancelled")
        LAPSED = "lapsed", _("hold has lapsed")

    class Ending(models.TextChoices):
        """Why somebody left, or did not come after all, in words that reports can count."""

        OWN_HOUSING = "own_housing", _("found housing of their own")
        MOVED_BED = "moved_bed", _("moved to another bed of ours")
        MOVED_ON = "moved_on", _("left the country")
        FAMILY = "family", _("joined family or friends")
        AS_PLANNED = "as_planned", _("the agreed time was over")
        PLACE_ENDED = "place_ended", _("the place is not there any more")
        UNSAFE = "unsafe", _("it was not safe")
        ASKED_TO_LEAVE = "asked_to_leave", _("was asked to leave")
        NOT_NEEDED = "not_needed", _("was not needed any more")
        OTHER = "other", _("another reason")

    TRANSITIONS: dict[str, frozenset[str]] = {
        State.HELD: frozenset({State.BOOKED, State.CHECKED_IN, State.CANCELLED, State.LAPSED}),
        State.BOOKED: frozenset({State.CHECKED_IN, State.NO_SHOW, State.CANCELLED}),
        State.CHECKED_IN: frozenset({State.CHECKED_OUT}),
        State.CHECKED_OUT: frozenset(),
        State.NO_SHOW: frozenset(),
        State.CANCELLED: frozenset(),
        State.LAPSED: frozenset(),
    }
    # What was said by mistake and is taken back leads here.
    TAKEN_BACK: dict[str, str] = {
        State.CHECKED_IN: State.BOOKED,
        State.CHECKED_OUT: State.CHECKED_IN,
        State.NO_SHOW: State.BOOKED,
    }
    LIVE = frozenset({State.HELD, State.BOOKED, State.CHECKED_IN})
    OVER = frozenset({State.CHECKED_OUT, State.NO_SHOW, State.CANCELLED, State.LAPSED})

    bed = models.ForeignKey(Bed, models.PROTECT, related_name="placements")
    client = models.ForeignKey(Client, models.CASCADE, related_name="placements")
    since = models.DateField(_("first night"))
    until = models.DateField(_("leaves on"), null=True, blank=True)
    # What `until` was before somebody left early, did not come or was moved; None: without end, or never cut.
    planned_until = models.DateField(null=True, blank=True)
    state = models.CharField(_("state"), max_length=11, choices=State)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    # Shared by everything that one act has placed, such as a family: the token of its form.
    act = models.UUIDField(editable=False)
    address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="placements")
    moved_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="moved_to")
    # Why somebody is placed where the rules of the room or the lease would not have them.
    exception = EncryptedTextField(_("why all the same"), max_length=400, blank=True, default="")
    # Recorded of a second entry for the same person, beside another bed on the same days: both entries were made one.
    was_double = models.BooleanField(default=False, editable=False)
    ending = models.CharField(_("reason for the end"), max_length=14, choices=Ending, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(null=True)
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # Nobody, where a hold has lapsed by itself.
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.CheckConstraint(
                name="placement_state_known",
                condition=Q(
                    state__in=["held", "booked", "checked_in", "checked_out", "no_show", "cancelled", "lapsed"]
                ),
            ),
            until_not_before_since("placement_ends_after_it_begins"),
            models.CheckConstraint(
                name="placement_lasts_a_night_at_least",
                condition=~Q(state__in=["held", "booked", "checked_in"])
                | Q(until__isnull=True)
                | Q(until__gt=F("since")),
            ),
            models.CheckConstraint(
                name="placement_held_until_an_hour",
                condition=Q(state="held", held_until__isnull=False) | (~Q(state="held") & Q(held_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="placement_booked_by_somebody",
                condition=Q(booked_at__isnull=False, booked_by__isnull=False)
                | Q(
                    booked_at__isnull=True,
                    booked_by__isnull=True,
                    state__in=["held", "cancelled", "lapsed"],
                ),
            ),
            models.CheckConstraint(
                name="placement_checked_in_by_somebody",
                condition=Q(
                    checked_in_at__isnull=False,
                    checked_in_by__isnull=False,
                    state__in=["checked_in", "checked_out"],
                )
                | (
                    Q(checked_in_at__isnull=True, checked_in_by__isnull=True)
                    & ~Q(state__in=["checked_in", "checked_out"])
                ),
            ),
            models.CheckConstraint(
                name="placement_ended_at_a_time",
                condition=(
                    Q(ended_at__isnull=True, ended_by__isnull=True)
                    & ~Q(state__in=["checked_out", "no_show", "cancelled", "lapsed"])
                )
                | Q(ended_at__isnull=False, state__in=["checked_out", "no_show", "cancelled", "lapsed"]),
            ),
            models.CheckConstraint(
                name="placement_not_moved_from_itself",
                condition=Q(moved_from__isnull=True) | ~Q(moved_from=F("id")),
            ),
            models.UniqueConstraint(fields=["act", "client"], name="placement_of_an_act_once"),
            apart("placement_alone_in_a_bed", "bed", Q(state__in=TAKES_A_BED)),
            apart("placement_in_one_bed_at_a_time", "client", Q(state__in=IS_SOMEWHERE, was_double=False)),
            # Only what is over can have been recorded of the second of two entries for one person.
            models.CheckConstraint(
                name="placement_double_is_over", condition=Q(was_double=False) | Q(state="checked_out")
            ),
        ]
        indexes = [
            models.Index(fields=["bed", "since"], name="placement_of_bed"),
            models.Index(fields=["client", "-since"], name="placement_of_client"),
            # What ends soon, and the holds that lapse: few of many.
            models.Index(
                fields=["until"], condition=Q(state__in=["held", "booked", "checked_in"]), name="placement_ending"
            ),
            models.Index(fields=["held_until"], condition=Q(state="held"), name="placement_lapsing"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="nobody_sleeps_where_no_bed_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | update_of("bed_id", "since", "until", "state"),
                condition=pgtrigger.Condition("NEW.state IN ('held', 'booked', 'checked_in', 'checked_out')"),
                declare=[("opened", "date"), ("closed", "date")],
                func="""
                    SELECT opened_on, closed_on INTO opened, closed
                        FROM housing_bed WHERE id = NEW.bed_id FOR NO KEY UPDATE;
                    IF (NEW.until IS NULL OR NEW.until > NEW.since)
                        AND (NEW.since < opened OR closed < coalesce(NEW.until, 'infinity')) THEN
                        RAISE EXCEPTION 'placement_in_a_bed_that_is_there: bed % is not there', NEW.bed_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'placement_in_a_bed_that_is_there';
                    END IF;
                    IF EXISTS (
                        SELECT FROM housing_bedblock AS b
                        WHERE b.bed_id = NEW.bed_id
                            AND daterange(b.since, b.until) && daterange(NEW.since, NEW.until)
                    ) THEN
                        RAISE EXCEPTION 'placement_in_a_bed_not_blocked: bed % is blocked', NEW.bed_id
                            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'placement_in_a_bed_not_blocked';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    bed_id: UUID
    client_id: UUID

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    def has_lapsed(self, now: datetime) -> bool:
        """Whether it is a hold whose hour has passed, released or not."""
        return self.state == self.State.LAPSED or (self.held_until is not None and self.held_until <= now)

    def may_become(self, state: Any) -> bool:
        return state in self.TRANSITIONS[self.state]
