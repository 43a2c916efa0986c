"""A place with an address where people live, and the teams that may use it."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import sites_usable_by

NIGHT_LASTS_INTO_THE_DAY = timedelta(hours=6)


class SiteQuerySet(SealedQuerySet["Site"]):
    def usable_by(self, user: User, now: datetime, permission: Permission = Permission.HOUSING_VIEW) -> "SiteQuerySet":
        return self.filter(sites_usable_by(user, now, permission=permission))

    def in_use_on(self, day: date) -> "SiteQuerySet":
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day), opened_on__lte=day)

    def by_code(self) -> "SiteQuerySet":
        return self.order_by("code")


@keeps_history(but=("version",))
class Site(Sealed):
    """Everything about the place and whoever runs it is sealed under a key of its own; lists and reports say its code."""

    class Kind(models.TextChoices):
        HOST_FAMILY = "host_family", _("host family")
        SHARED_RENTAL = "shared_rental", _("shared rented flat")
        PRIVATE_RENTAL = "private_rental", _("rented flat")
        HOSTEL_HOTEL = "hostel_hotel", _("hostel or hotel")
        NGO_SHELTER = "ngo_shelter", _("shelter of an organisation")
        COLLECTIVE_CENTRE = "collective_centre", _("collective centre")
        TRANSIT = "transit", _("transit accommodation")
        OTHER = "other", _("other accommodation")

    code = models.CharField(_("code"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=18, choices=Kind)
    name = EncryptedTextField(_("name"), max_length=120)
    line = EncryptedTextField(_("street, house"), max_length=240, blank=True, default="")
    contact_name = EncryptedTextField(_("whom to turn to there"), max_length=160, blank=True, default="")
    contact_phone = EncryptedTextField(_("phone there"), max_length=80, blank=True, default="")
    house_rules = EncryptedTextField(_("house rules"), max_length=4000, blank=True, default="")
    country = models.CharField(_("country"), max_length=2)
    region = models.CharField(_("region"), max_length=80, blank=True, default="")
    city = models.CharField(_("town"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40)
    area_closed = models.BooleanField(_("the area is closed to new permits"), null=True, blank=True)
    opened_on = models.DateField(_("in use since"))
    # The first day on which nobody can sleep there any more.
    closed_on = models.DateField(_("closed from"), null=True, blank=True)
    # Who lives there stays until they have somewhere to go; nobody else comes from this day on.
    no_new_since = models.DateField(_("takes nobody new from"), null=True, blank=True)
    teams: "models.ManyToManyField[Team, SiteTeam]" = models.ManyToManyField(
        Team, through="SiteTeam", related_name="sites", verbose_name=_("teams that may use it")
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("place", "site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(name="site_code_is_a_code", condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]{1,11}$")),
            models.CheckConstraint(
                name="site_kind_known",
                condition=Q(
                    kind__in=[
                        "host_family",
                        "shared_rental",
                        "private_rental",
                        "hostel_hotel",
                        "ngo_shelter",
                        "collective_centre",
                        "transit",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="site_closes_after_it_opens",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def today(self, now: datetime) -> date:
        return today_in(self.time_zone, now)

    def tonight(self, now: datetime) -> date:
        """The earliest night that can still be given: who comes at two in the morning comes for the one that began the day before."""
        return today_in(self.time_zone, now - NIGHT_LASTS_INTO_THE_DAY)

    def is_closed_on(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on <= day


class SiteTeam(models.Model):
    """A team that may use a site."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="of_teams")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "team"], name="site_of_a_team_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
