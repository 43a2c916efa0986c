"""What the list of deadlines can be filtered by, and how a draft is to be published."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.residency.models import ImpactLine
from casework.residency.rules.kinds import DUTY_LABELS
from casework.web.forms.layouts import fields_only


class LinesFilterForm(forms.Form):
    """The filters are in the address; they name nobody."""

    team = forms.ChoiceField(label=_("Team"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    duty = forms.ChoiceField(label=_("Duty"), required=False)
    what = forms.ChoiceField(label=_("What happens"), required=False)
    overdue = forms.BooleanField(label=_("Only those that become overdue"), required=False)

    helper = fields_only()

    def __init__(
        self, *args: Any, teams: list[tuple[str, str]], countries: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["team"].choices = [("", _("all")), *teams]
        fields["country"].choices = [("", _("all")), *countries]
        fields["duty"].choices = [("", _("all")), *((duty.value, _(label)) for duty, label in DUTY_LABELS.items())]
        fields["what"].choices = [("", _("all")), *ImpactLine.What.choices]

    def narrowed(self, lines: Any) -> Any:
        """Return the lines that the filters let through; what cannot be understood filters nothing."""
        asked = self.cleaned_data if self.is_bound and self.is_valid() else {}
        columns = {"team": "client__case__team", "country": "country", "duty": "duty", "what": "what"}
        for name, column in columns.items():
            if asked.get(name):
                lines = lines.filter(**{column: asked[name]})
        return lines.filter(becomes_overdue=True) if asked.get("overdue") else lines


class StartForm(forms.Form):
    """Whether the old version is to be held on for the days that the draft leaves over, as when it is published."""

    keep_rest = forms.BooleanField(
        label=_("Keep the old version for the days that the new one leaves over"), required=False, initial=True
    )

    helper = fields_only()
