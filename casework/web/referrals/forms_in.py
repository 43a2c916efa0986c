"""The forms of referrals in: recorded, declined, attached to a case, answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.clients.models import Contact, DeclineReason, IncomingReferral, Partner, ServiceKind, Urgency
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

from .forms import PartnerChoice


class IncomingForm(RowForm):
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    partner = PartnerChoice(
        label=_("From whom"), queryset=Partner.objects.none(), required=False, empty_label=_("Not in the directory")
    )
    sender = forms.CharField(label=_("If they are not in the directory, who was it?"), max_length=200, required=False)
    received_on = DayField(label=_("When did it come?"))
    how = forms.ChoiceField(label=_("How did it come?"), choices=IncomingReferral.How)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    people = forms.IntegerField(label=_("How many people?"), min_value=1, max_value=99, initial=1)
    channel = forms.ChoiceField(
        label=_("Way to reach them"), choices=[("", _("Not known yet")), *Contact.Channel.choices], required=False
    )
    contact = forms.CharField(label=_("Number or address"), max_length=160, required=False)
    service = forms.ChoiceField(label=_("What is asked for?"), choices=ServiceKind, initial=ServiceKind.OTHER)
    asked = forms.CharField(
        label=_("What is asked, in words"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"), choices=Urgency, widget=forms.RadioSelect, initial=Urgency.NORMAL
    )
    answer_due_on = DayField(
        label=_("We are to answer by"), help_text=_("Blank: 3, 7 or 14 days after it came, by urgency."), required=False
    )

    helper = stacked(_("Record this referral"))

    def __init__(self, *args: Any, teams: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset, fields["partner"].queryset = teams, partners
        if len(teams) == 1:
            fields["team"].widget = forms.HiddenInput()


class DecisionForm(RowForm):
    """Carries the version of a referral in."""

    helper = fields_only()

    @staticmethod
    def initial_of(row: IncomingReferral) -> dict[str, Any]:
        return {"version": row.version}


class DeclineIncomingForm(DecisionForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=DeclineReason, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    helper = stacked(_("Decline"))


class AttachForm(DecisionForm):
    code = forms.CharField(
        label=_("Code of the case"), help_text=_("Such as C-K7Q-3F9. Search finds it by name."), max_length=12
    )
    helper = stacked(_("They are in this case"))


class AnsweredForm(DecisionForm):
    answered_on = DayField(label=_("When did you tell them?"))
    helper = stacked(_("They have been told"))


class ReconsiderForm(DecisionForm):
    helper = stacked(_("Take the decision back"))


class IncomingFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("not answered yet")),
            ("overdue", _("answer overdue")),
            *IncomingReferral.State.choices,
            ("any", _("open and ended")),
        ],
        required=False,
    )

    helper = fields_only()
