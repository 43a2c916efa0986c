"""What two people are to each other, beside what each is to the principal applicant of their case."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib import kinship
from casework.lib.kinship import Tie
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .client import Client


class RelationQuerySet(SealedQuerySet["Relation"]):
    def visible_to(self, user: User, now: datetime) -> "RelationQuerySet":
        """Those between two people both of whom the user may see: of a family in two cases, nobody is shown half."""
        return self.filter(
            cases_visible_to(user, now, prefix="one__case__"), cases_visible_to(user, now, prefix="other__case__")
        )

    def among(self, people: object) -> "RelationQuerySet":
        """Those of which one side at least is among these people."""
        return self.filter(Q(one__in=people) | Q(other__in=people))


class Relation(Sealed):
    """`one` is the `kind` of `other`: their parent, their guardian. Sealed under the key of `one`."""

    class Kind(models.TextChoices):
        SPOUSE = kinship.SPOUSE, _("spouse or partner")
        PARENT = kinship.PARENT, _("parent")
        SIBLING = kinship.SIBLING, _("brother or sister")
        GRANDPARENT = kinship.GRANDPARENT, _("grandparent")
        GUARDIAN = kinship.GUARDIAN, _("legal guardian")
        CARER = kinship.CARER, _("carer")
        OTHER = kinship.OTHER, _("other relation")

    one = models.ForeignKey(Client, models.CASCADE, related_name="relations_from")
    other = models.ForeignKey(Client, models.CASCADE, related_name="relations_to")
    kind = models.CharField(_("relation"), max_length=12, choices=Kind)
    remark = EncryptedTextField(_("in words"), max_length=120, blank=True, default="")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    # Several that were confirmed in one act are taken back in one.
    batch = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.CheckConstraint(name="relation_not_with_oneself", condition=~Q(one=F("other"))),
            models.CheckConstraint(
                name="relation_either_way_in_one_order",
                condition=~Q(kind__in=sorted(kinship.EITHER_WAY)) | Q(one__lt=F("other")),
            ),
            models.UniqueConstraint(fields=["one", "other", "kind"], name="relation_recorded_once"),
            # Nobody is the parent of their parent, the spouse of their child.
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                condition=Q(kind__in=sorted(kinship.FAMILY)),
                name="relation_one_of_family_a_pair",
            ),
            # Nobody is the guardian of their guardian.
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                condition=Q(kind="guardian"),
                name="relation_guardian_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def tie(self) -> Tie[object]:
        return Tie(self.one_id, self.kind, self.other_id)
