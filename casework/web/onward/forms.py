"""What can be asked about other countries: a day, a document, a zone. Nothing of it is personal."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only


class OnwardForm(forms.Form):
    """The question, in the address. `paper` counts the documents on record, so that the address does not name them."""

    on = DayField(label=_("On which day"), required=False, help_text=_("Blank for today."))
    paper = forms.ChoiceField(label=_("Travelling on"), required=False)
    zone = forms.ChoiceField(label=_("Zone or group of countries"), required=False)
    # Ticked in the table.
    country = forms.MultipleChoiceField(label=_("Countries"), required=False, widget=forms.MultipleHiddenInput)
    enterable = forms.BooleanField(
        label=_("Only where they can enter with what they hold, as far as recorded"), required=False
    )

    helper = fields_only()

    def __init__(
        self,
        *args: Any,
        papers: Sequence[tuple[str, str]],
        zones: Sequence[tuple[str, str]],
        countries: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["paper"].choices = [("", _("any document they hold")), *papers]
        fields["zone"].choices = [("", _("all")), *zones]
        fields["country"].choices = list(countries)

    def asked(self, name: str) -> Any:
        """Return what was asked for; what cannot be understood asks for nothing."""
        return self.cleaned_data.get(name) if self.is_bound else None


def day_of(form: forms.Form, today: dt.date) -> dt.date:
    asked: dt.date | None = form.cleaned_data.get("on") if form.is_bound else None
    return asked or today


class SheetForm(forms.Form):
    """Which countries a sheet is about, as on which day."""

    on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    country = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, *, countries: Sequence[str]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["country"].choices = [(code, code) for code in countries]
