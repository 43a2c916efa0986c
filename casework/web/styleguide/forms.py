"""One field of each kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField, NationalitiesField
from casework.web.forms.dates import BirthField, BoundedDayField, DayField
from casework.web.forms.layouts import fields_only, stacked

STATUSES = [("open", _("Open")), ("closed", _("Closed"))]
PURPOSES = [("work", _("Work")), ("study", _("Study")), ("family", _("Family"))]


class EveryFieldForm(forms.Form):
    """A form of every kind of field, as a page would have it."""

    name = forms.CharField(label=_("Name"), help_text=_("As the document writes it, in any script."))
    born = BirthField(label=_("Date of birth"), help_text=_("For example 27 3 1991, or the year alone."))
    entered_on = DayField(label=_("Day of entry"), help_text=_("For example 27 March 2026."))
    left = BoundedDayField(label=_("Day of exit"), absent=_("Has not left yet"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=STATUSES)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=PURPOSES, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    consent = forms.BooleanField(label=_("The person agrees to be written to"), required=False)

    helper = stacked(_("Log this example"))


class ExampleFilterForm(forms.Form):
    """What a list can be filtered by."""

    status = forms.ChoiceField(label=_("Status"), choices=[("", _("All")), *STATUSES], required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=[("", _("All")), *PURPOSES], required=False)
    due_by = DayField(label=_("Due by"), required=False)

    helper = fields_only()


class ReasonForm(forms.Form):
    """What a page asks that confirms an act."""

    reason = forms.CharField(label=_("Why it is closed"), required=False, max_length=200)

    helper = fields_only()


class CountriesForm(forms.Form):
    """Countries and nationalities, named in the language of the page."""

    nationalities = NationalitiesField(label=_("Nationalities"))
    country = CountryField(label=_("Country"), blank_label=_("Choose a country"))

    helper = stacked(_("Log these countries"))


class MeetingForm(RowForm):
    """A row that two people change at once: see `examples.changed_by_two`."""

    place = forms.CharField(label=_("Place"))
    brings = forms.CharField(label=_("What to bring"))
    note = forms.CharField(label=_("Note"), required=False)

    helper = stacked(_("Save this meeting"))

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        return row
