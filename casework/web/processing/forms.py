"""The form of who we are."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Organisation
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import stacked


class OrganisationForm(RowForm):
    name = forms.CharField(label=_("Name of the organisation"), max_length=160, required=False)
    address = forms.CharField(
        label=_("Address"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    data_contact = forms.CharField(
        label=_("Whom to ask about one's own data"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    age_of_consent = forms.IntegerField(
        label=_("Age from which people agree for themselves"),
        help_text=_("Between 14 and 18. Below it a guardian agrees."),
        min_value=14,
        max_value=18,
    )

    helper = stacked(_("Save who we are"))

    @staticmethod
    def initial_of(row: Organisation) -> dict[str, Any]:
        """Return what the form shows of the organisation."""
        names = ("version", "name", "address", "data_contact", "age_of_consent")
        return {name: getattr(row, name) for name in names}
