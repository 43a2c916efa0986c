"""People who offer a room at home, and what was found when somebody looked; what must be known about a place."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.accounts.access import memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import sites_usable_by
from .days import until_not_before_since
from .site import Site
from .unit import Unit


class HostOfferQuerySet(SealedQuerySet["HostOffer"]):
    def visible_to(self, user: User, now: datetime) -> "HostOfferQuerySet":
        """To those who keep the places of the team to which it was made."""
        return self.filter(team__in=memberships(user, Permission.HOUSING_MANAGE, now).values("team"))

    def open(self) -> "HostOfferQuerySet":
        return self.filter(state__in=HostOffer.OPEN)

    def newest_first(self) -> "HostOfferQuerySet":
        return self.order_by("-made_at", "-id")


@keeps_history(but=("version",))
class HostOffer(Sealed):
    """Sealed under a key of its own, so that a host who is not taken can be forgotten alone."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("host", "offered")
        VISIT_PLANNED = "visit_planned", _("visit planned")
        VISITED = "visited", pgettext_lazy("host", "visited")
        ACCEPTED = "accepted", pgettext_lazy("host", "accepted")
        IN_USE = "in_use", pgettext_lazy("host", "in use")
        DECLINED = "declined", pgettext_lazy("host", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("host", "withdrawn")

    class Check(models.TextChoices):
        """What somebody who visits looks for."""

        HOUSEHOLD_MET = "household_met", _("everybody who lives there was met")
        IDENTITY_SEEN = "identity_seen", _("the host showed who they are")
        OWN_ROOM = "own_room", _("guests have a room of their own")
        LOCKS = "locks", _("its door can be locked from inside")
        HEATED = "heated", _("it is dry and can be heated")
        WATER = "water", _("running water and a toilet")
        CHILDREN_SAFE = "children_safe", _("nothing there is dangerous for children")
        NO_MONEY = "no_money", _("no money is expected")
        NO_WORK = "no_work", _("no work or other favour is expected")
        NO_OFFICIALS = "no_officials", _("nobody there works for an authority that guests may fear")
        REGISTRATION = "registration", _("the host agrees to registration")
        OWN_KEY = "own_key", _("guests get a key")

    # Without these nobody is placed there.
    NEEDED = frozenset({"household_met", "identity_seen", "no_money", "no_work"})
    TRANSITIONS: dict[str, frozenset[str]] = {
        State.OFFERED: frozenset({State.VISIT_PLANNED, State.VISITED, State.DECLINED, State.WITHDRAWN}),
        State.VISIT_PLANNED: frozenset({State.VISIT_PLANNED, State.VISITED, State.DECLINED, State.WITHDRAWN}),
        State.VISITED: frozenset({State.VISITED, State.ACCEPTED, State.DECLINED, State.WITHDRAWN}),
        State.ACCEPTED: frozenset({State.IN_USE, State.DECLINED, State.WITHDRAWN}),
        State.IN_USE: frozenset({State.WITHDRAWN}),
        State.DECLINED: frozenset({State.OFFERED}),
        State.WITHDRAWN: frozenset({State.OFFERED}),
    }
    OPEN = frozenset({State.OFFERED, State.VISIT_PLANNED, State.VISITED, State.ACCEPTED})

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=13, choices=State, default=State.OFFERED)
    contact_name = EncryptedTextField(_("host"), max_length=160)
    contact_phone = EncryptedTextField(_("phone"), max_length=80, blank=True, default="")
    line = EncryptedTextField(_("street, house, flat"), max_length=240, blank=True, default="")
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("town"), max_length=80)
    beds = models.PositiveSmallIntegerField(_("beds"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    for_whom = models.CharField(_("for whom"), max_length=8, choices=Unit.ForWhom, default=Unit.ForWhom.ANYONE)
    takes_pets = models.BooleanField(_("pets are welcome"), default=False)
    note = EncryptedTextField(_("note"), max_length=1000, blank=True, default="")
    made_at = models.DateTimeField(_("recorded"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    visit_on = models.DateField(_("visit planned for"), null=True, blank=True)
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    visited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    found = ArrayField(
        models.CharField(max_length=14, choices=Check), verbose_name=_("what was found"), default=list, blank=True
    )
    visit_note = EncryptedTextField(_("note on the visit"), max_length=2000, blank=True, default="")
    reason = EncryptedTextField(_("reason"), max_length=400, blank=True, default="")
    site = models.OneToOneField(Site, models.PROTECT, null=True, related_name="host_offer")
    version = models.PositiveIntegerField(default=1)

    objects = HostOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of a host")
        verbose_name_plural = _("offers of hosts")
        constraints = [
            models.CheckConstraint(
                name="host_state_known",
                condition=Q(
                    state__in=[
                        "offered",
                        "visit_planned",
                        "visited",
                        "accepted",
                        "in_use",
                        "declined",
                        "withdrawn",
                    ]
                ),
            ),
            until_not_before_since("host_offer_ends_after_it_begins"),
            models.CheckConstraint(name="host_offers_a_bed_at_least", condition=Q(beds__gte=1, beds__lte=50)),
            models.CheckConstraint(
                name="host_for_whom_known", condition=Q(for_whom__in=["anyone", "family", "women", "men"])
            ),
            models.CheckConstraint(
                name="host_visited_by_somebody",
                condition=Q(visited_on__isnull=True, visited_by__isnull=True)
                | Q(visited_on__isnull=False, visited_by__isnull=False),
            ),
            models.CheckConstraint(
                name="host_accepted_after_a_visit",
                condition=~Q(state__in=["visited", "accepted", "in_use"]) | Q(visited_on__isnull=False),
            ),
            models.CheckConstraint(name="host_in_use_has_a_site", condition=~Q(state="in_use") | Q(site__isnull=False)),
            models.CheckConstraint(
                name="host_found_what_we_look_for",
                condition=Q(
                    found__contained_by=[
                        "household_met",
                        "identity_seen",
                        "own_room",
                        "locks",
                        "heated",
                        "water",
                        "children_safe",
                        "no_money",
                        "no_work",
                        "no_officials",
                        "registration",
                        "own_key",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def may_become(self, state: str) -> bool:
        return state in self.TRANSITIONS[self.state]

    @property
    def missing(self) -> frozenset[str]:
        """What must be found before anybody is placed there, and was not."""
        return self.NEEDED - set(self.found)


class SafetyNoteQuerySet(SealedQuerySet["SafetyNote"]):
    def readable_by(self, user: User, now: datetime) -> "SafetyNoteQuerySet":
        """To those who keep the site. Others learn that there is one, and whom to ask: see `standing`."""
        return self.filter(sites_usable_by(user, now, permission=Permission.HOUSING_MANAGE, prefix="site__"))

    def standing(self) -> "SafetyNoteQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def newest_first(self) -> "SafetyNoteQuerySet":
        return self.order_by("-written_at", "-id")


class SafetyNote(Sealed):
    """Something dangerous about a place that not everybody who places people there needs to read."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="safety_notes")
    text = EncryptedTextField(_("what must be known"), max_length=2000)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SafetyNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("safety note")
        verbose_name_plural = _("safety notes")
        constraints = [
            models.CheckConstraint(
                name="safety_note_withdrawn_by_somebody",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__gte=F("written_at"), withdrawn_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
