"""Tokens with which programs ask on behalf of the person who made them."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..scopes import Scope
from .staff import User

LASTS_AT_MOST = timedelta(days=365)
USUALLY_LASTS = timedelta(days=90)
# So long before the end, pages of its owner say that it ends.
ENDS_SOON = timedelta(days=14)


class ApiTokenQuerySet(SealedQuerySet["ApiToken"]):
    def working(self, now: datetime) -> "ApiTokenQuerySet":
        """Those that open something now: not expired, not revoked, of somebody whose account is open."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)

    def not_revoked(self) -> "ApiTokenQuerySet":
        return self.filter(revoked_at__isnull=True)

    def of_user(self, user: User) -> "ApiTokenQuerySet":
        return self.filter(user=user)

    def newest_first(self) -> "ApiTokenQuerySet":
        return self.order_by("-made_at", "-id")


class ApiToken(Sealed):
    """A secret for one program. The database holds its hash: it has 256 bits of chance, and is shown once.

    It may what its scopes say and its owner may at that moment, whichever is less.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = EncryptedTextField(_("name"), max_length=60)
    token_hash = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("what it may do"))
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("ends"))
    # The day is enough, and is written once a day.
    used_on = models.DateField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[Any] = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        constraints = [
            models.CheckConstraint(
                name="api_token_ends_within_a_year",
                condition=Q(expires_at__gt=F("made_at"), expires_at__lte=F("made_at") + LASTS_AT_MOST),
            ),
            models.CheckConstraint(
                name="api_token_of_known_scopes",
                condition=Q(scopes__contained_by=[scope.value for scope in Scope], scopes__len__gt=0),
            ),
            models.CheckConstraint(
                name="api_token_revoked_at_a_time",
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["user", "-made_at"], name="api_token_of_user")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def is_working(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now

    def ends_soon(self, now: datetime) -> bool:
        return self.is_working(now) and self.expires_at - now <= ENDS_SOON

    def was_used_on(self, day: date) -> bool:
        return self.used_on is not None and self.used_on >= day
