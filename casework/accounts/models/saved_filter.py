"""What somebody looks for again and again in a list."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from .staff import User

# More would be a list of lists.
SAVED_AT_MOST = 20


class SavedFilterQuerySet(SealedQuerySet["SavedFilter"]):
    def of_list(self, user: User, listing: str) -> "SavedFilterQuerySet":
        """Those of one person over one list, the oldest first: where they stand, they stay."""
        return self.filter(user=user, listing=listing).order_by("created_at", "id")


class SavedFilter(Sealed):
    """The filters of a list under a name, for one person alone.

    Name and filters are sealed under the key of that person: either may name somebody, such as a caseworker.
    """

    class Listing(models.TextChoices):
        CASES = "cases", _("Cases")
        MESSAGES = "messages", _("Outgoing messages")
        TO_DOS = "to_dos", _("To-dos")
        CALENDAR = "calendar", _("Calendar of deadlines")

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    listing = models.CharField(max_length=10, choices=Listing)
    name = EncryptedTextField(_("name"), max_length=60)
    query = EncryptedTextField(_("filters"), max_length=1000, blank=True, default="")
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.CheckConstraint(
                name="saved_filter_of_a_known_list",
                condition=models.Q(listing__in=["cases", "messages", "to_dos", "calendar"]),
            ),
        ]
        indexes = [models.Index(fields=["user", "listing", "created_at"], name="saved_filter_of_user")]

    def __str__(self) -> str:
        return f"#{self.pk}"
