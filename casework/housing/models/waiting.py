"""Who waits for a bed, what was offered to them, and who had to be turned away."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.accounts.access import memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Client
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet


class HousingRequestQuerySet(SealedQuerySet["HousingRequest"]):
    def visible_to(self, user: User, now: datetime) -> "HousingRequestQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__"))

    def changeable_by(self, user: User, now: datetime) -> "HousingRequestQuerySet":
        return self.filter(cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__"))

    def open(self) -> "HousingRequestQuerySet":
        return self.filter(state=HousingRequest.State.OPEN)

    def longest_waiting_first(self) -> "HousingRequestQuerySet":
        return self.order_by("opened_at", "id")

    def not_contacted_since(self, day: date) -> "HousingRequestQuerySet":
        """Those with whom nobody has spoken since before a day; whoever was never spoken to waits since they asked."""
        return self.filter(Q(last_contact_on__lt=day) | Q(last_contact_on__isnull=True, opened_at__date__lt=day))


@keeps_history(but=("version",))
class HousingRequest(Sealed):
    """What a case needs: one at a time. `leave_by` is said by them; where it is not, their present place may tell it."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        HOUSED = "housed", _("housed")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
        CLOSED = "closed", pgettext_lazy("request", "closed")

    class Closing(models.TextChoices):
        """Why nobody waits any more."""

        HOUSED_BY_US = "housed_by_us", _("placed in a bed of ours")
        FOUND_OWN = "found_own", _("found housing of their own")
        MOVED_ON = "moved_on", _("left the country")
        NO_CONTACT = "no_contact", _("contact was lost")
        NOT_WISHED = "not_wished", _("do not wish it any more")
        MISTAKE = "mistake", _("recorded by mistake")
        OTHER = "other", _("another reason")

    case = models.ForeignKey(Case, models.CASCADE, related_name="housing_requests")
    needed_from = models.DateField(_("needed from"))
    leave_by = models.DateField(_("must leave where they are by"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("town"), max_length=80, blank=True, default="")
    step_free = models.BooleanField(_("no steps on the way in"), default=False)
    pets = models.BooleanField(_("with a pet"), default=False)
    cot = models.BooleanField(_("with a cot"), default=False)
    together = models.BooleanField(_("all of them in one place"), default=True)
    note = EncryptedTextField(_("note"), max_length=1000, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    closing = models.CharField(_("reason"), max_length=14, choices=Closing, blank=True, default="")
    opened_at = models.DateTimeField(_("waiting since"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    last_contact_on = models.DateField(_("last contact"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = HousingRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("housing request")
        verbose_name_plural = _("housing requests")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="request_of_a_case_open_once"),
            models.CheckConstraint(
                name="request_state_known", condition=Q(state__in=["open", "housed", "withdrawn", "closed"])
            ),
            models.CheckConstraint(
                name="request_closed_for_a_reason_by_somebody",
                condition=Q(state="open", closing="", closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(state="open") & ~Q(closing="") & Q(closed_at__isnull=False, closed_by__isnull=False)),
            ),
        ]
        indexes = [
            # The waiting list: few of all that ever were.
            models.Index(fields=["opened_at"], condition=Q(state="open"), name="request_waiting"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def people_here(self) -> models.QuerySet[Client]:
        """Those of them who are in the case still. Whoever has left it is in another, which its readers may not see."""
        return Client.objects.filter(pk__in=self.people.values("client"), case=self.case_id)


class RequestPerson(models.Model):
    """Somebody of the case who needs a bed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(HousingRequest, models.CASCADE, related_name="people")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "client"], name="request_of_a_person_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class BedOfferQuerySet(SealedQuerySet["BedOffer"]):
    def visible_to(self, user: User, now: datetime) -> "BedOfferQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="request__case__"))

    def changeable_by(self, user: User, now: datetime) -> "BedOfferQuerySet":
        return self.filter(cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="request__case__"))

    def unanswered(self, now: datetime) -> "BedOfferQuerySet":
        return self.filter(state=BedOffer.State.OFFERED, lapses_at__gt=now)

    def newest_first(self) -> "BedOfferQuerySet":
        return self.order_by("-made_at", "-id")


class BedOffer(Sealed):
    """Beds that are held for those who wait, until they answer or the hour has passed. `act` is that of the hold."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("bed", "offered")
        ACCEPTED = "accepted", pgettext_lazy("bed", "accepted")
        DECLINED = "declined", pgettext_lazy("bed", "declined")
        LAPSED = "lapsed", pgettext_lazy("bed", "lapsed")
        WITHDRAWN = "withdrawn", pgettext_lazy("bed", "withdrawn")

    class Why(models.TextChoices):
        """Why beds are declined, in words that reports can count."""

        TOO_FAR = "too_far", _("too far away")
        NOT_SAFE = "not_safe", _("do not feel safe there")
        NOT_TOGETHER = "not_together", _("want to stay together")
        SHARED = "shared", _("do not want to share a room")
        NO_REGISTRATION = "no_registration", _("cannot be registered there")
        PET = "pet", _("the pet cannot come along")
        STAIRS = "stairs", _("cannot manage the stairs")
        FOUND_OWN = "found_own", _("found something else")
        OTHER = "other", _("another reason")

    request = models.ForeignKey(HousingRequest, models.CASCADE, related_name="offers")
    act = models.UUIDField(unique=True, editable=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lapses_at = models.DateTimeField(_("answer until"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OFFERED)
    why = models.CharField(_("reason"), max_length=16, choices=Why, blank=True, default="")
    note = EncryptedTextField(_("in their words"), max_length=400, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = BedOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of a bed")
        verbose_name_plural = _("offers of beds")
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="offered"), name="offer_of_a_request_open_once"
            ),
            models.CheckConstraint(
                name="offer_state_known",
                condition=Q(state__in=["offered", "accepted", "declined", "lapsed", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="offer_declined_for_a_reason",
                condition=(Q(state="declined") & ~Q(why="")) | (~Q(state="declined") & Q(why="")),
            ),
            models.CheckConstraint(
                name="offer_answered_at_a_time",
                condition=Q(state="offered", answered_at__isnull=True)
                | (~Q(state="offered") & Q(answered_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["lapses_at"], condition=Q(state="offered"), name="offer_unanswered"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def is_open(self, now: datetime) -> bool:
        return self.state == self.State.OFFERED and self.lapses_at > now


class TurnAwayQuerySet(models.QuerySet["TurnAway"]):
    def of_teams_of(
        self, user: User, now: datetime, permission: Permission = Permission.HOUSING_VIEW
    ) -> "TurnAwayQuerySet":
        return self.filter(team__in=memberships(user, permission, now).values("team"))

    def between(self, since: date, until: date) -> "TurnAwayQuerySet":
        return self.filter(day__gte=since, day__lt=until)

    def newest_first(self) -> "TurnAwayQuerySet":
        return self.order_by("-day", "-made_at", "-id")


class TurnAway(models.Model):
    """People to whom no bed could be given: how many, where, why. Counted, never searched; `case` only if there is one."""

    class Reason(models.TextChoices):
        FULL = "full", _("no bed was free")
        NOT_TOGETHER = "not_together", _("not enough beds in one place")
        NO_FIT = "no_fit", _("no bed that fits them")
        NOT_OURS = "not_ours", _("not for whom we are there")
        NO_MONEY = "no_money", _("no money for a rent")
        UNSAFE = "unsafe", _("no place that is safe for them")
        OTHER = "other", _("another reason")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("town"), max_length=80, blank=True, default="")
    day = models.DateField(_("day"))
    people = models.PositiveSmallIntegerField(_("how many people"))
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = TurnAwayQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn-away")
        verbose_name_plural = _("turn-aways")
        constraints = [
            models.CheckConstraint(name="turn_away_of_somebody", condition=Q(people__gte=1, people__lte=999)),
            models.CheckConstraint(
                name="turn_away_reason_known",
                condition=Q(reason__in=["full", "not_together", "no_fit", "not_ours", "no_money", "unsafe", "other"]),
            ),
        ]
        indexes = [models.Index(fields=["team", "day"], name="turn_away_of_team")]

    def __str__(self) -> str:
        return f"#{self.pk}"
