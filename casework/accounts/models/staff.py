"""Who works here: users, teams and what each may do where."""

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from casework.audit.history import keeps_history
from casework.lib.ids import new_id
from casework.vault.fields import EncryptedTextField
from casework.vault.models import DataKey
from casework.vault.sealed import Sealed

from ..roles import DEFINITIONS, Permission, Role, role_choices, roles_with


class Team(models.Model):
    """Staff in one office. A case belongs to one team."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=80)
    country = models.CharField(_("country"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=40)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """Who we are, as it stands on printed forms. One row; none yet is as good as an empty one."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=160, blank=True, default="")
    address = models.TextField(_("address"), max_length=400, blank=True, default="")
    # Whom to write to about one's own data.
    data_contact = models.TextField(_("contact for questions about data"), max_length=400, blank=True, default="")
    # From this age on people agree for themselves; below it a guardian does.
    age_of_consent = models.PositiveSmallIntegerField(_("age of consent"), default=18)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [
            models.CheckConstraint(name="organisation_is_one", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="organisation_age_of_consent_in_bounds",
                condition=models.Q(age_of_consent__gte=14, age_of_consent__lte=18),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().select_related("data_key")

    def create_user(
        self,
        email: str,
        password: str | None = None,
        *,
        display_name: str = "",
        now: datetime,
        **fields: Any,
    ) -> "User":
        key = DataKey.objects.make(DataKey.OwnerKind.USER, now=now)
        user = self.model(email=self.normalize_email(email).lower(), data_key=key, joined_at=now, **fields)
        user.display_name = display_name
        user.set_password(password)
        user.save(using=self._db)
        return user


@keeps_history(but=("password", "last_login", "single_keys", "case_columns"))
class User(Sealed, AbstractBaseUser):
    """A person who works here. Signs in with an e-mail address; what they may do is in memberships."""

    email = models.EmailField(_("e-mail"), unique=True)
    display_name = EncryptedTextField(_("name"), max_length=80, blank=True, default="")
    language = models.CharField(_("language"), max_length=5, default="en")
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"))
    # Whether single keys, such as "j" for the next row, do something (WCAG 2.1.4: whoever speaks to their machine turns them off).
    single_keys = models.BooleanField(_("single keys as shortcuts"), default=True)
    # Which columns the list of cases has, in its order; none named: the usual ones.
    case_columns = ArrayField(
        models.CharField(max_length=20), verbose_name=_("columns of the list of cases"), default=list, blank=True
    )

    objects: ClassVar[UserManager] = UserManager()

    # What they may see, where it was read once for the statements of one page: `clients.in_sight`.
    in_sight: Any = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_session_auth_hash(self) -> str:
        """Return what ends the sessions of somebody whose password changes.

        Without a secret: sessions are sealed, and the framework would give each a new key when the secret is rotated, at which a
        second request on its way would find nobody signed in.
        """
        return hashlib.sha256(f"session|{self.pk}|{self.password}".encode()).hexdigest()

    # Django's admin asks these; what a person may do is decided by their memberships alone.
    @property
    def is_staff(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_perms(self, perm_list: Any, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, now: datetime) -> "MembershipQuerySet":
        """Those that count at `now`: begun, not ended, of an active user and an active team."""
        return self.filter(
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now),
            models.Q(team__isnull=True) | models.Q(team__is_active=True),
            starts_at__lte=now,
            user__is_active=True,
        )

    def current(self, now: datetime) -> "MembershipQuerySet":
        """Those that have begun and not ended, whether or not the user and the team are active."""
        return self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now), starts_at__lte=now)

    def carrying(self, permission: Permission) -> "MembershipQuerySet":
        return self.filter(role__in=roles_with(permission))


@keeps_history()
class Membership(models.Model):
    """A role that a user holds in a team or, for roles without people, in the organisation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=role_choices())
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                name="membership_role_known",
                condition=models.Q(role__in=[role.value for role in Role]),
            ),
            models.CheckConstraint(
                name="membership_team_where_the_role_is_of_a_team",
                condition=models.Q(
                    role__in=[r.value for r, d in DEFINITIONS.items() if d.of_a_team],
                    team__isnull=False,
                )
                | models.Q(
                    role__in=[r.value for r, d in DEFINITIONS.items() if not d.of_a_team],
                    team__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="membership_not_granted_to_oneself",
                condition=models.Q(granted_by__isnull=True) | ~models.Q(granted_by=models.F("user")),
            ),
            models.UniqueConstraint(
                fields=["user", "team", "role"],
                condition=models.Q(ends_at__isnull=True),
                nulls_distinct=False,
                name="membership_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> "InvitationQuerySet":
        """Those whose link still works."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)

    def lapsed(self, now: datetime) -> "InvitationQuerySet":
        """Those that nobody accepted in time."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__lte=now)


class Invitation(models.Model):
    """A place kept for somebody who does not have an account yet. The token is stored as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=role_choices())
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_expires_later",
                condition=models.Q(expires_at__gt=models.F("invited_at")),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Session(AbstractBaseSession):
    """Somebody's browser, signed in or about to be. Neither key nor content can be used by who reads the table.

    `session_key` is the SHA-256 of what the browser sends; `session_data` is sealed; see `sessions.py`.
    """

    session_key = models.CharField(_("hash of the session key"), max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"session of #{self.user_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from ..sessions import SessionStore  # the store reads this table

        return SessionStore


class Job(models.Model):
    """A long piece of work somebody started, to look at while it runs."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True, default="")
    result = models.JSONField(default=dict)
    started_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="jobs")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_not_over_done", condition=models.Q(done__lte=models.F("total")))
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
