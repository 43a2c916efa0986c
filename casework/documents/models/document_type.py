"""What countries issue: how it is called there, and how its numbers look."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.lib.ids import new_id
from casework.lib.number_masks import fits_any

from .document import Document


class DocumentTypeQuerySet(models.QuerySet["DocumentType"]):
    def in_use(self) -> "DocumentTypeQuerySet":
        return self.filter(retired_at__isnull=True)

    def of(self, country: str, kind: str) -> "DocumentTypeQuerySet":
        return self.filter(country=country, kind=kind)

    def by_country(self) -> "DocumentTypeQuerySet":
        return self.order_by("country", "kind", "name", "id")


class DocumentType(models.Model):
    """One paper that a country issues. `masks` say how its numbers look (lib.number_masks); none: they are not looked at."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Which entry of the reference made it; such an entry is added once, and then belongs to those who keep the list.
    code = models.CharField(max_length=60, null=True, unique=True, editable=False)
    country = models.CharField(_("issued by"), max_length=3)
    kind = models.CharField(_("kind"), max_length=30, choices=Document.Kind)
    name = models.CharField(_("name in its country"), max_length=120)
    masks = ArrayField(models.CharField(max_length=40), verbose_name=_("how the number looks"), default=list, size=6)
    remark = models.CharField(_("remark"), max_length=300, blank=True, default="")
    retired_at = models.DateTimeField(_("not issued any more since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DocumentTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("document type")
        verbose_name_plural = _("document types")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "kind", "name"],
                condition=Q(retired_at__isnull=True),
                name="document_type_in_use_once",
                violation_error_message=_("This country has a document of this kind and name already."),
            ),
            models.CheckConstraint(name="document_type_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.kind}"

    def fits(self, number: str) -> bool:
        masks: Any = self.masks
        return fits_any(masks, number)
