from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from casework.clients.models import Contact
from casework.reminders.models import CLIENT_LEADS, MessageAgreement
from casework.web.cases.forms.rows import RowForm
from casework.web.cases.header import in_words
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked

LEADS = (14, 7, 3, 2, 1, 0)


def lead_in_words(lead: int) -> str:
    if lead == 0:
        return str(_("on the day itself"))
    return ngettext("%(count)d day before", "%(count)d days before", lead) % {"count": lead}


class AgreementForm(RowForm):
    contact = forms.ChoiceField(
        label=_("By which way?"), error_messages={"required": _("Choose a way that is safe and was checked.")}
    )
    about_deadlines = forms.BooleanField(label=_("Remind them of deadlines"), required=False, initial=True)
    about_appointments = forms.BooleanField(label=_("Remind them of appointments"), required=False, initial=True)
    leads = forms.TypedMultipleChoiceField(
        label=_("When?"), coerce=int, initial=list(CLIENT_LEADS), widget=forms.CheckboxSelectMultiple
    )
    says_when = forms.BooleanField(
        label=_("Say day and hour of an appointment"),
        help_text=_("Only if nobody else who reads it may be a danger. Otherwise it asks them to contact us."),
        required=False,
    )
    with_code_word = forms.BooleanField(label=_("Begin with the code word"), required=False)
    passed_on = forms.BooleanField(
        label=_("Somebody else gets it and passes it on"),
        help_text=_("A day centre, a host, a friend. They know for whom it is by the code word."),
        required=False,
    )
    agreed_on = DayField(label=_("When did they agree?"))
    agreed_how = forms.ChoiceField(
        label=_("How?"), choices=MessageAgreement.How, widget=forms.RadioSelect, initial="said"
    )

    helper = stacked(_("They agreed to this"))

    def __init__(self, *args: Any, contacts: Sequence[Contact], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contacts = {str(each.pk): each for each in contacts}
        fields: dict[str, Any] = self.fields
        fields["contact"].choices = [(pk, in_words(each)) for pk, each in self.contacts.items()]
        fields["leads"].choices = [(each, lead_in_words(each)) for each in LEADS]
        fields["agreed_on"].max_day = today

    @staticmethod
    def initial_of(row: MessageAgreement) -> dict[str, Any]:
        """Return what the form shows of an agreement."""
        names = ("about_deadlines", "about_appointments", "leads", "says_when", "with_code_word", "passed_on")
        known = {name: getattr(row, name) for name in (*names, "agreed_on", "agreed_how", "version")}
        return known | {"contact": str(row.contact_id)}

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {
            "contact": self.contacts[values["contact"]],
            "leads": sorted(values["leads"], reverse=True),
        }
