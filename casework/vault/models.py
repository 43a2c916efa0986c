"""Data keys: one per owner, wrapped by a key that is not in the database."""

import secrets
from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.lib.ids import new_id
from casework.vault import envelope
from casework.vault.errors import KeyDestroyed, TamperedData
from casework.vault.keys import provider

DATA_KEY_BYTES = 32


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    """Adjectives of data keys."""

    def usable(self) -> "DataKeyQuerySet":
        """Keys that have not been destroyed."""
        return self.filter(destroyed_at__isnull=True)

    def wrapped_by_another_than(self, kek_id: str) -> "DataKeyQuerySet":
        """Usable keys that a rotation to `kek_id` has not reached."""
        return self.usable().exclude(kek_id=kek_id)

    def replaced(self) -> "DataKeyQuerySet":
        """Usable keys whose place another one takes: something may be under them still."""
        return self.usable().filter(replaced_at__isnull=False)


class DataKeyManager(models.Manager.from_queryset(DataKeyQuerySet)):  # type: ignore[misc]
    """Makes data keys; there is no other way to get one."""

    def make(self, owner_kind: str, *, now: datetime) -> "DataKey":
        """Make and save a data key."""
        key = self.new(owner_kind, now=now)
        key.save(force_insert=True, using=self._db)
        return key

    def make_many(self, owner_kind: str, count: int, *, now: datetime) -> "list[DataKey]":
        """Make and save several data keys in one statement."""
        keys: list[DataKey] = self.bulk_create([self.new(owner_kind, now=now) for _number in range(count)])
        return keys

    def new(self, owner_kind: str, *, now: datetime) -> "DataKey":
        """Make a data key without saving it, for callers that save many rows by themselves."""
        key = DataKey(id=new_id(), owner_kind=owner_kind, created_at=now)
        key.kek_id, key.wrapped = provider().wrap(secrets.token_bytes(DATA_KEY_BYTES), key.bound_to())
        return key


class DataKey(models.Model):
    """The key under which everything of one owner is sealed. To destroy it is to erase all of that, backups' rows included.

    Who the owner is, is not said here: rows refer to their key, so that a key alone tells nothing.
    """

    class OwnerKind(models.TextChoices):
        """Whose things the key seals."""

        CLIENT = "client", _("client")
        CASE = "case", _("case")
        USER = "user", _("user")
        SITE = "site", _("site")
        ORGANISATION = "organisation", _("organisation")
        REFERRAL = "referral", _("referral in")
        COMPLAINT = "complaint", _("complaint")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_kind = models.CharField(_("kind of owner"), max_length=12, choices=OwnerKind.choices, editable=False)
    wrapped = models.BinaryField(_("wrapped key"), null=True)
    kek_id = models.CharField(_("wrapped by"), max_length=32, editable=False)
    created_at = models.DateTimeField(_("made"), editable=False)
    destroyed_at = models.DateTimeField(_("destroyed"), null=True, editable=False)
    # After a leak another key takes its place: see `renewal`. Until everything has moved there, both open what they sealed.
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="replaces", verbose_name=_("replaced by")
    )
    replaced_at = models.DateTimeField(_("replaced"), null=True, editable=False)

    objects = DataKeyManager()

    class Meta:
        verbose_name = _("data key")
        verbose_name_plural = _("data keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="vault_data_key_is_wrapped_or_destroyed",
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="vault_data_key_replaced_by_another",
                condition=models.Q(replaced_by__isnull=True, replaced_at__isnull=True)
                | models.Q(replaced_by__isnull=False, replaced_at__isnull=False)
                & ~models.Q(replaced_by=models.F("id")),
            ),
            models.CheckConstraint(
                name="vault_data_key_owner_kind_is_known",
                condition=models.Q(
                    owner_kind__in=["client", "case", "user", "site", "organisation", "referral", "complaint"]
                ),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # for rotation, which looks for the keys that it has not reached
            models.Index(
                name="vault_data_key_by_kek", fields=["kek_id"], condition=models.Q(destroyed_at__isnull=True)
            ),
            models.Index(
                name="vault_data_key_replaced",
                fields=["replaced_at"],
                condition=models.Q(replaced_at__isnull=False, destroyed_at__isnull=True),
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Trigger(
                name="destruction_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.destroyed_at IS NOT NULL OR NEW.id <> OLD.id"
                    " OR NEW.owner_kind <> OLD.owner_kind OR NEW.created_at <> OLD.created_at"
                    " OR OLD.replaced_by_id IS NOT NULL AND NEW.replaced_by_id IS DISTINCT FROM OLD.replaced_by_id"
                ),
                func="""
                    RAISE EXCEPTION 'data key %: a destroyed key stays destroyed, and a key keeps its owner', OLD.id
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'vault_data_key_destruction_is_final';
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles carry the wrapped key only."""
        state: dict[str, Any] = super().__getstate__()
        state.pop("_cipher", None)
        return state

    @property
    def is_destroyed(self) -> bool:
        """Whether nothing sealed under this key can be read any more."""
        return self.wrapped is None

    def cipher(self) -> AESGCM:
        """Return the cipher of this key, unwrapped at first use and kept on this instance only.

        Never kept longer: a process that held keys could read what has been erased. Raises KeyDestroyed, TamperedData for
        a wrapped key that does not authenticate, UnknownKey when the key file lacks the key that wrapped it.
        """
        if self.wrapped is None:
            raise KeyDestroyed(f"The data key {self.id} has been destroyed.")
        opened = self.__dict__.get("_cipher")
        if opened is None:
            opened = self.__dict__["_cipher"] = AESGCM(self.unwrapped())
        return opened

    def unwrapped(self) -> bytes:
        """Return the bare key."""
        if self.wrapped is None:
            raise KeyDestroyed(f"The data key {self.id} has been destroyed.")
        try:
            return provider().unwrap(self.kek_id, bytes(self.wrapped), self.bound_to())
        except envelope.DoesNotOpen:
            raise TamperedData("vault.DataKey", self.id, "wrapped") from None

    def forget(self) -> None:
        """Drop the unwrapped key from this instance."""
        self.__dict__.pop("_cipher", None)

    def bound_to(self) -> bytes:
        """Return what the wrapped key is bound to, so that it opens in no other row."""
        return f"v1|vault.DataKey|{self.id}|{self.owner_kind}".encode()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Load the row again; the unwrapped key goes, because the row may have been destroyed."""
        self.forget()
        super().refresh_from_db(*args, **kwargs)
