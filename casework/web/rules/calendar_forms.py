"""Forms for exceptional days of a calendar. They clean; they do not do."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.residency.admin_forms import checked_address
from casework.residency.models import CalendarDay
from casework.residency.models.rule import FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked

FIRST_DAY, LAST_DAY = date(FIRST_CALENDAR_YEAR, 1, 1), date(LAST_CALENDAR_YEAR, 12, 31)
OFF, WORKED = "off", "worked"
SOURCE = ("reason", "source_title", "source_url", "source_read_on")


def day_field(label: Any, **options: Any) -> DayField:
    return DayField(label=label, min_day=FIRST_DAY, max_day=LAST_DAY, **options)


class SourceForm(forms.Form):
    """Why, and where that stands: a day that nobody can explain is a day that nobody trusts."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("For example: day off moved by decree. Readers see it. No names of people."),
        max_length=160,
    )
    source_title = forms.CharField(
        label=gettext_lazy("Source"), help_text=gettext_lazy("Title of the decree or page."), max_length=240
    )
    source_url = forms.CharField(label=gettext_lazy("Address of the source"), max_length=600, required=False)
    source_read_on = day_field(gettext_lazy("Read on"))

    helper = stacked(gettext_lazy("Save reason and source"))

    def clean_source_url(self) -> str:
        return checked_address(self.cleaned_data["source_url"])

    def source(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SOURCE}


class DaysForm(SourceForm):
    what = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[(OFF, gettext_lazy("a day off")), (WORKED, gettext_lazy("a working day"))],
        widget=forms.RadioSelect,
    )
    first_day = day_field(gettext_lazy("Day"), help_text=gettext_lazy("For example 8 May 2027"))
    last_day = day_field(
        gettext_lazy("Last day, if there are several"),
        help_text=gettext_lazy("For example the end of the New Year break. Days that are so already are left out."),
        required=False,
    )

    field_order = ("what", "first_day", "last_day", *SOURCE)
    helper = stacked(gettext_lazy("State these days"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return cleaned

    def values(self) -> dict[str, Any]:
        first = self.cleaned_data["first_day"]
        return {
            "first": first,
            "last": self.cleaned_data["last_day"] or first,
            "is_working_day": self.cleaned_data["what"] == WORKED,
            **self.source(),
        }


class SwapForm(SourceForm):
    worked = day_field(gettext_lazy("This day is worked"), help_text=gettext_lazy("For example Saturday, 4 May 2024"))
    off = day_field(gettext_lazy("instead of this day"), help_text=gettext_lazy("For example Wednesday, 8 May 2024"))

    field_order = ("worked", "off", *SOURCE)
    helper = stacked(gettext_lazy("Swap these days"))

    def values(self) -> dict[str, Any]:
        return {"worked": self.cleaned_data["worked"], "off": self.cleaned_data["off"], **self.source()}


def initial_of(day: CalendarDay) -> dict[str, Any]:
    return {name: getattr(day, name) for name in SOURCE}
