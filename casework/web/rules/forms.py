"""What the list of countries can be filtered by."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.web.forms.layouts import fields_only


class RulesFilterForm(forms.Form):
    """Both filters are in the address."""

    place = forms.ChoiceField(label=_("Country or zone"), required=False)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False)

    helper = fields_only()

    def __init__(
        self, *args: Any, places: list[tuple[str, str]], nationalities: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["place"].choices = [("", _("all")), *places]
        fields["nationality"].choices = [("", _("all")), *nationalities]
