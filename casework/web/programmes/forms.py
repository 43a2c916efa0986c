"""The form of a programme."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Programme, Service
from casework.lib.money import currency_choices
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked
from casework.web.forms.numbers import NumberField

NAMES = ("code", "name", "donor", "currency", "starts_on", "ends_on", "budget", "approval_above", "pays_for")


class ProgrammeForm(RowForm):
    code = forms.SlugField(
        label=_("Code"), help_text=_("Short, such as WINTER-26; stands in addresses."), max_length=16
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    donor = forms.CharField(label=_("Donor"), max_length=80)
    currency = forms.ChoiceField(label=_("Currency"))
    starts_on = DayField(label=_("First day"), required=False)
    ends_on = DayField(label=_("Last day"), required=False)
    budget = NumberField(
        label=_("Budget"),
        help_text=_("What is delivered and approved never goes above it. Blank: nobody counts it here."),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    approval_above = NumberField(
        label=_("Cash and rent above this need a second person"),
        help_text=_("0: any amount does. Blank: none does."),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        initial=0,
    )
    pays_for = forms.MultipleChoiceField(
        label=_("Pays for"),
        help_text=_("Nothing ticked: for anything."),
        choices=Service.Kind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    helper = stacked(_("Save this programme"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency: Any = self.fields["currency"]
        currency.choices = [("", "—"), *currency_choices(get_language() or "en")]

    @staticmethod
    def initial_of(row: Programme) -> dict[str, Any]:
        return {"version": row.version} | {name: getattr(row, name) for name in NAMES}
