"""The forms of erasure: what is to go and why, what keeps it, how long things are kept."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Case, Client, Erasure, RetentionPeriod
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

WHOLE = "case"


class AskToEraseForm(RowForm):
    whom = forms.ChoiceField(label=_("What is to be erased"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Why?"), choices=Erasure.Reason, widget=forms.RadioSelect)
    unassigned_too = forms.BooleanField(
        label=_("Of one person: also what is written of the case and names nobody"),
        help_text=_(
            "Notes without people, to-dos, hand-overs, referrals to us. What names other people of the case too stays: look through it first, and correct what tells of this person."
        ),
        required=False,
    )

    helper = stacked(_("Ask for it to be erased"))

    def __init__(self, *args: Any, people: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(client.pk): client for client in people}
        whom: Any = self.fields["whom"]
        whom.choices = [(WHOLE, gettext("the whole case, with everybody in it"))]
        if len(people) > 1:
            whom.choices += [(pk, f"{client.full_name}, {client.reference}") for pk, client in self.people.items()]

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"client": self.people.get(values.pop("whom"))}


class HoldForm(RowForm):
    reason = forms.CharField(
        label=_("Why must it be kept?"),
        help_text=_("For example the court and the number of the file. Whoever sees the case reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
    look_again_on = DayField(label=_("Look again on"), required=False)

    helper = stacked(_("Keep it from being erased"))


class ConfirmForm(forms.Form):
    """The code is typed, so that nobody erases a case while they mean another one."""

    code = forms.CharField(
        label=_("Code of the case"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    helper = fields_only()

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["code"].help_text = gettext("Type %(code)s.") % {"code": case.code}

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"].strip().upper().replace(" ", "")
        if typed != self.case.code:
            raise forms.ValidationError(
                gettext("This is not the code of the case. Type %(code)s.") % {"code": self.case.code}
            )
        return typed


class PeriodsForm(RowForm):
    """How many months each class of data is kept after its end; empty: until somebody erases it."""

    # How often the periods had been changed when the form was opened.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    helper = stacked(_("Save"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in RetentionPeriod.Kind.choices:
            named = gettext("%(what)s (in months)") % {"what": capfirst(label)}
            self.fields[kind] = forms.IntegerField(label=named, required=False, min_value=1, max_value=600)

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        """Return the months of every class. `row`: all periods by class."""
        months = {period.kind: period.months for period in row.values()}
        return months | {"seen": sum(period.version for period in row.values())}
