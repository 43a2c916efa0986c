"""Two people on record who may be one, and what somebody found who compared them."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .client import Client


class SuspectedPairQuerySet(SealedQuerySet["SuspectedPair"]):
    def visible_to(self, user: User, now: datetime) -> "SuspectedPairQuerySet":
        """Pairs of which the user may see both cases. To see one of them is not enough: it would tell of the other."""
        return self.filter(_wholly_visible(user, now))

    def reviewable_by(self, user: User, now: datetime) -> "SuspectedPairQuerySet":
        """1. Pairs of which the user may see both cases, and
        2. for duplicate reviewers, those of whichever teams, but of no restricted case.
        """
        is_reviewer = Exists(memberships(user, Permission.DUPLICATES_REVIEW, now))
        unrestricted = Q(first__case__restricted=False, second__case__restricted=False)
        return self.filter(_wholly_visible(user, now) | (unrestricted & Q(is_reviewer)))

    def mergeable_by(self, user: User, now: datetime) -> "SuspectedPairQuerySet":
        """1. Pairs of which the user may change both cases, each as somebody of its team: into whichever case they are merged,
           a guest would see for good in their own what they were to see for a time; and
        2. for duplicate reviewers, those of whichever teams, but of no restricted case.
        """
        is_reviewer = Exists(memberships(user, Permission.DUPLICATES_REVIEW, now))
        unrestricted = Q(first__case__restricted=False, second__case__restricted=False)
        works = memberships(user, Permission.CASE_CHANGE, now).values("team")
        of_own_teams = Q(first__case__team__in=works, second__case__team__in=works)
        here, there = (
            cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix=f"{side}__case__")
            for side in ("first", "second")
        )
        return self.filter((here & there & of_own_teams) | (unrestricted & Q(is_reviewer)))

    def open(self) -> "SuspectedPairQuerySet":
        return self.filter(state=SuspectedPair.State.OPEN)

    def decided(self) -> "SuspectedPairQuerySet":
        return self.exclude(state=SuspectedPair.State.OPEN)

    def of(self, clients: Iterable[Client]) -> "SuspectedPairQuerySet":
        ids = [client.pk for client in clients]
        return self.filter(Q(first__in=ids) | Q(second__in=ids))

    def with_people(self) -> "SuspectedPairQuerySet":
        """Load both people with their keys, cases and teams."""
        sides = [f"{side}__{path}" for side in ("first", "second") for path in ("data_key", "case__team")]
        return self.select_related("data_key", "decided_by__data_key", *sides).defer(
            "first__search_form", "second__search_form"
        )


class SuspectedPair(Sealed):
    """A pair is kept once, whichever of the two was compared with the other: the lower id is the first.

    The reason of a decision is sealed under the key of the first person; whoever erases either of them removes the pair.
    """

    class State(models.TextChoices):
        OPEN = "open", _("not decided")
        SAME = "same", _("the same person")
        DIFFERENT = "different", _("different people")
        UNDECIDED = "undecided", _("cannot be told")

    first = models.ForeignKey(Client, models.CASCADE, related_name="+")
    second = models.ForeignKey(Client, models.CASCADE, related_name="+")
    state = models.CharField(_("decision"), max_length=10, choices=State, default=State.OPEN)
    # What the two have in common, as codes (lib.likeness.Reason): never a value.
    found_by = ArrayField(models.CharField(max_length=30), default=list)
    found_at = models.DateTimeField(_("found"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = EncryptedTextField(_("reason"), max_length=600, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = SuspectedPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspected pair")
        verbose_name_plural = _("suspected pairs")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_is_kept_once"),
            models.CheckConstraint(name="pair_is_of_two_in_order", condition=Q(first__lt=models.F("second"))),
            models.CheckConstraint(
                name="pair_state_known", condition=Q(state__in=["open", "same", "different", "undecided"])
            ),
            models.CheckConstraint(
                name="pair_decided_by_somebody_some_time",
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
        ]
        indexes = [
            # The list of what waits, oldest first.
            models.Index(fields=["state", "found_at", "id"], name="pair_by_state_oldest"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def people(self) -> tuple[Client, Client]:
        """Both of them, the one who was registered earlier before the other."""
        earlier, later = sorted((self.first, self.second), key=lambda client: (client.created_at, client.pk))
        return earlier, later

    def other_than(self, client: Client) -> Client:
        """Return the one with whom `client` was compared."""
        return self.second if client.pk == self.first_id else self.first


def _wholly_visible(user: User, now: datetime) -> Q:
    both = (cases_visible_to(user, now, prefix=f"{side}__case__") for side in ("first", "second"))
    return next(both) & next(both)
