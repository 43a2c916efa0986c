"""The form of a document type: what a country issues, and how its numbers look."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.documents.models import Document, DocumentType
from casework.lib.number_masks import fits_any, is_mask
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField
from casework.web.forms.layouts import stacked

AT_MOST = 6


class DocumentTypeForm(RowForm):
    country = CountryField(label=_("Issued by"))
    kind = forms.ChoiceField(label=_("Kind of document"), choices=Document.Kind)
    name = forms.CharField(label=_("Name in its country"), max_length=120)
    masks = forms.CharField(
        label=_("How the number looks"),
        help_text=_(
            "One a line. # is a digit, @ a Latin letter, & a Cyrillic letter, % a Roman number, * a letter or a digit;"
            " everything else stands for itself, spaces do not count. For example: ## ## ######"
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=300,
        required=False,
    )
    remark = forms.CharField(label=_("Remark"), max_length=300, required=False)
    tried = forms.CharField(
        label=_("A number to try"),
        help_text=_("Invent one. It is not stored; after saving the page says whether it fits."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    helper = stacked(_("Save this document type"))

    def clean_masks(self) -> list[str]:
        masks = [line.strip() for line in self.cleaned_data["masks"].splitlines() if line.strip()]
        if len(masks) > AT_MOST:
            raise forms.ValidationError(_("Six lines at most."))
        for mask in masks:
            if not is_mask(mask):
                raise forms.ValidationError(
                    _("“%(mask)s” does not say how a number looks. Use # for a digit and @ for a letter."),
                    params={"mask": mask},
                )
        return masks

    def values(self) -> dict[str, Any]:
        values = super().values()
        del values["tried"]
        return values

    def said_of_tried(self) -> str:
        """Return whether the number that was tried fits, in words; "" if none was."""
        tried, masks = self.cleaned_data["tried"], self.cleaned_data["masks"]
        if not tried:
            return ""
        return (
            gettext("The number that you tried fits.")
            if fits_any(masks, tried)
            else gettext("The number that you tried does not fit.")
        )

    @staticmethod
    def initial_of(row: DocumentType) -> dict[str, Any]:
        """Return what the form shows of a document type."""
        return {
            "version": row.version,
            "country": row.country,
            "kind": row.kind,
            "name": row.name,
            "masks": "\n".join(row.masks),
            "remark": row.remark,
        }
