"""The forms of referrals out: drafted, sent, answered; and the filters of the list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client, DeclineReason, Partner, Referral, ServiceKind, Share, Urgency
from casework.lib.countries import country_name
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    """People of one case, by name."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)

    def in_words(self, value: Any) -> str:
        return ", ".join(each.full_name for each in value or [])


class PartnerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({country_name(obj.country, get_language() or 'en')})"


class ReferralForm(RowForm):
    people = PeopleField(
        label=_("Whom is this about?"),
        queryset=Client.objects.none(),
        error_messages={"required": _("Tick whom this is about.")},
    )
    partner = PartnerChoice(label=_("To whom"), queryset=Partner.objects.none(), empty_label=_("Choose a partner"))
    service = forms.ChoiceField(label=_("For what"), choices=ServiceKind)
    reason = forms.CharField(
        label=_("What they need, and why"),
        help_text=_("Goes into the letter only if “what they need, and why” is ticked below."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"), choices=Urgency, widget=forms.RadioSelect, initial=Urgency.NORMAL
    )
    shared = forms.MultipleChoiceField(
        label=_("What is shared"),
        help_text=_("Without a tick, nothing but the code goes."),
        choices=Share,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    consent_how = forms.ChoiceField(
        label=_("How did the client agree?"),
        help_text=_("Without it, this is kept as a draft and cannot be sent."),
        choices=[("", _("not yet")), *Referral.ConsentHow.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    consent_on = DayField(
        label=_("When did they agree?"),
        help_text=_("The day on which they said so, not the day of this entry."),
        required=False,
    )

    helper = stacked(_("Save this referral"))

    def __init__(self, *args: Any, people: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["people"].queryset, fields["partner"].queryset = people, partners

    @staticmethod
    def initial_of(row: Referral) -> dict[str, Any]:
        """Return what the form shows of a draft."""
        names = ("partner", "service", "reason", "urgency", "shared", "consent_how", "consent_on", "version")
        return {"people": list(row.people_here.defer("search_form"))} | {name: getattr(row, name) for name in names}

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"people": list(values["people"])}


class StepForm(RowForm):
    """One step of a referral, with words."""

    text = forms.CharField(
        label=_("In words"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @staticmethod
    def initial_of(row: Referral) -> dict[str, Any]:
        """Return the version of a referral."""
        return {"version": row.version}


class SendForm(RowForm):
    how = forms.ChoiceField(
        label=_("How do you send it?"),
        help_text=_("The software sends nothing: you do, and record it here."),
        choices=Referral.SentHow,
        widget=forms.RadioSelect,
    )
    answer_due_on = DayField(
        label=_("They are to answer by"), help_text=_("Blank: 3, 7 or 14 days from today, by urgency."), required=False
    )

    helper = stacked(_("It is sent"))

    @staticmethod
    def initial_of(row: Referral) -> dict[str, Any]:
        """Return the version of a referral."""
        return {"version": row.version}


class ReceivedForm(StepForm):
    helper = stacked(_("It has come"))


class AcceptedForm(StepForm):
    helper = stacked(_("They accept"))


class DeclinedForm(StepForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=DeclineReason, widget=forms.RadioSelect)
    field_order = ("reason", "text")
    helper = stacked(_("They decline"))


class DoneForm(StepForm):
    outcome = forms.ChoiceField(label=_("What came of it?"), choices=Referral.Outcome, widget=forms.RadioSelect)
    field_order = ("outcome", "text")
    helper = stacked(_("It is done"))


class WithdrawForm(StepForm):
    why = forms.ChoiceField(label=_("Why?"), choices=Referral.WithdrawnWhy, widget=forms.RadioSelect)
    field_order = ("why", "text")
    helper = stacked(_("Withdraw this referral"), danger=True)


class TakeBackForm(StepForm):
    helper = stacked(_("It was a mistake"))


class FeedbackForm(StepForm):
    text = forms.CharField(label=_("What did they say?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    helper = stacked(_("Record what they said"))


class ReferralFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("open")),
            ("overdue", _("answer overdue")),
            *Referral.State.choices,
            ("any", _("open and ended")),
        ],
        required=False,
    )
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    service = forms.ChoiceField(label=_("Service"), choices=[("", _("any")), *ServiceKind.choices], required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)

    helper = fields_only()

    def __init__(
        self,
        *args: Any,
        partners: Sequence[tuple[Any, str]],
        programmes: Sequence[tuple[str, str]],
        teams: Sequence[Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["programme"].choices = [("", _("any")), *programmes]
        if not programmes:
            del fields["programme"]
        fields["partner"].choices = [("", _("any")), *((str(pk), name) for pk, name in partners)]
        fields["team"].choices = [("", _("any")), *((team.code, team.name) for team in teams)]
        if len(teams) < 2:
            del fields["team"]
