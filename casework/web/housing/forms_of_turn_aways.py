"""What is typed of people to whom no bed could be given: how many, why, where, on which day."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.clients.models import Case
from casework.housing.models import TurnAway
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

NAMES = ("people", "reason", "day", "city", "country", "team")


class TeamChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class TurnAwayForm(RowForm):
    """Noted in ten seconds: all but the number and the reason is filled in already."""

    people = forms.IntegerField(label=_("How many people"), min_value=1, max_value=999)
    reason = forms.ChoiceField(label=_("Why"), choices=TurnAway.Reason, widget=forms.RadioSelect)
    day = DayField(label=_("Day"))
    city = forms.CharField(label=_("Town"), max_length=80, required=False)
    country = CountryField(label=_("Country"))
    team = TeamChoice(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    case = forms.CharField(
        label=_("Code of their case, if they have one"),
        help_text=_("Such as C-K7Q-3F9."),
        max_length=16,
        required=False,
    )

    helper = stacked(_("Note it"))

    def __init__(self, *args: Any, teams: Any, cases: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cases = cases
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: TurnAway) -> dict[str, Any]:
        """Return what the form shows of a turn-away."""
        code = row.case.code if row.case is not None else ""
        return {name: getattr(row, name) for name in (*NAMES, "version")} | {"case": code}

    def clean_city(self) -> str:
        return str(self.cleaned_data["city"]).strip()

    def clean_case(self) -> str:
        """What may not be seen is answered as what is not there."""
        typed = str(self.cleaned_data["case"]).strip().upper()
        self.found: Case | None = self.cases.filter(code=typed).first() if typed else None
        if typed and self.found is None:
            raise forms.ValidationError(_("You see no case with this code. Leave it blank, or correct it."))
        return typed

    def values(self) -> dict[str, Any]:
        return super().values() | {"case": self.found}


class TurnAwayFilterForm(forms.Form):
    team = forms.ChoiceField(label=_("Team"), required=False)
    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("any")), *TurnAway.Reason.choices], required=False)
    since = DayField(label=_("From"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, teams: Sequence[Team], **options: Any) -> None:
        super().__init__(*args, **options)
        own = [(str(team.pk), team.name) for team in teams]
        self.fields["team"].choices = [("", _("any")), *own]  # type: ignore[attr-defined]

    def narrow(self, rows: Any) -> Any:
        if not self.is_bound or not self.is_valid():
            return rows
        values = self.cleaned_data
        if values["team"]:
            rows = rows.filter(team=values["team"])
        if values["reason"]:
            rows = rows.filter(reason=values["reason"])
        return rows.filter(day__gte=values["since"]) if values["since"] else rows
