"""Pictures of papers: our own, made anew from what was photographed, sealed in files outside the database."""

from contextlib import suppress
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Client, LegalHold
from casework.lib.ids import new_id
from casework.vault.models import DataKey
from casework.vault.sealed import Sealed, SealedQuerySet

from .. import storage
from .document import Document


class ScanQuerySet(SealedQuerySet["Scan"]):
    def visible_to(self, user: User, now: datetime) -> "ScanQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="client__case__"))

    def changeable_by(self, user: User, now: datetime) -> "ScanQuerySet":
        return self.filter(cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__"))

    def kept(self) -> "ScanQuerySet":
        """Those that nobody has removed."""
        return self.filter(removed_at__isnull=True)

    def removed_before(self, moment: datetime) -> "ScanQuerySet":
        return self.filter(removed_at__lt=moment)

    def not_held(self) -> "ScanQuerySet":
        """Those of cases that no legal hold keeps."""
        held = LegalHold.objects.in_force().filter(case=OuterRef("client__case"))
        return self.filter(~Exists(held))

    def waiting_for_check(self) -> "ScanQuerySet":
        return self.filter(check_state=Scan.Check.WAITING)

    def newest_first(self) -> "ScanQuerySet":
        return self.order_by("-added_at", "-id")


class Scan(Sealed):
    """One paper as it was photographed, page by page. Sealed under the key of the person whose it is.

    `document` is the paper on record that it shows; without one it is another paper of the same person. Removed, it can be
    taken back for a day; then its rows and files go.
    """

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("page with the photo")
        STAMPS = "stamps", _("stamps and visas")
        REGISTRATION = "registration", _("registration or permit")
        DECISION = "decision", _("decision or summons")
        CERTIFICATE = "certificate", _("certificate")
        CONTRACT = "contract", _("contract or lease")
        MEDICAL = "medical", _("medical paper")
        TRAVEL = "travel", _("ticket or migration card")
        OTHER = "other", _("other paper")

    class Check(models.TextChoices):
        """What the virus scanner said."""

        WAITING = "waiting", _("waits for the virus check")
        CLEAN = "clean", _("checked for viruses")
        INFECTED = "infected", _("a virus was found")
        NOT_SCANNED = "not_scanned", _("not checked for viruses")

    client = models.ForeignKey(Client, models.CASCADE, related_name="scans")
    document = models.ForeignKey(Document, models.SET_NULL, null=True, blank=True, related_name="scans")
    kind = models.CharField(_("what it shows"), max_length=12, choices=Kind, default=Kind.IDENTITY)
    check_state = models.CharField(_("virus check"), max_length=11, choices=Check)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("removed"), null=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        constraints = [
            models.CheckConstraint(
                name="scan_removed_by_somebody",
                condition=models.Q(removed_at__isnull=True, removed_by__isnull=True)
                | models.Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="scan_check_state_known",
                condition=models.Q(check_state__in=["waiting", "clean", "infected", "not_scanned"]),
            ),
        ]
        indexes = [
            # The beat task asks every minute for what waits and what was removed; nearly always there is none.
            models.Index(fields=["added_at"], name="scan_waiting", condition=models.Q(check_state="waiting")),
            models.Index(fields=["removed_at"], name="scan_removed", condition=models.Q(removed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def files_under(self, fresh: DataKey) -> bool:
        """Copy the files under names of their own, so that whoever reads the old ones meanwhile reads on; the sweep removes those."""
        for page in self.pages.all():
            for name in ("file_id", "preview_id"):
                copy = new_id()
                with suppress(storage.FileIsMissing):
                    storage.write(copy, storage.read(getattr(page, name), self.data_key), fresh)
                    setattr(page, name, copy)
            page.save(update_fields=["file_id", "preview_id"])
        return True

    @property
    def is_served(self) -> bool:
        """Whether its pictures are shown to anybody."""
        return self.check_state != Scan.Check.INFECTED and self.removed_at is None


class ScanPage(models.Model):
    """One page: a picture to keep and a smaller one to look at, each in a sealed file with a random name.

    `source` names the file that was chosen and `source_page` the page in it, so that what is sent twice is kept once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scan = models.ForeignKey(Scan, models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    source = models.UUIDField()
    source_page = models.PositiveSmallIntegerField()
    file_id = models.UUIDField(unique=True)
    preview_id = models.UUIDField(unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scan", "source", "source_page"], name="scan_page_sent_once"),
            # Deferred, because two pages that change places hold the same number for a moment.
            models.UniqueConstraint(
                fields=["scan", "number"], name="scan_page_has_its_place", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
