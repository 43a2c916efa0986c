"""What is typed of those who wait for a bed: what they need, that somebody spoke with them, how they answer an offer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.clients.models import Client
from casework.housing.models import BedOffer, HousingRequest
from casework.lib.countries import country_name
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked
from casework.web.referrals.forms import PeopleField

from .forms_of_acts import AskingForm

NAMES = ("needed_from", "leave_by", "country", "city", "step_free", "pets", "cot", "together", "note")


class RequestForm(RowForm):
    """What people of a case need who wait for a bed."""

    people = PeopleField(
        label=_("Who needs a bed?"),
        queryset=Client.objects.none(),
        error_messages={"required": _("Tick who needs a bed.")},
    )
    needed_from = DayField(label=_("From when?"), help_text=_("The day of their first night."))
    leave_by = DayField(
        label=_("By when must they leave where they are?"),
        help_text=_("Blank: not known, or they need not leave."),
        required=False,
    )
    country = CountryField(label=_("Country"))
    city = forms.CharField(label=_("Town"), help_text=_("Blank: any town."), max_length=80, required=False)
    together = forms.BooleanField(label=_("All of them in one room or flat"), required=False, initial=True)
    step_free = forms.BooleanField(label=_("No steps on the way in"), required=False)
    cot = forms.BooleanField(label=_("With a cot"), required=False)
    pets = forms.BooleanField(label=_("With a pet"), required=False)
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What else matters for finding a bed. Stored encrypted."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    helper = stacked(_("Save this request"))

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: HousingRequest) -> dict[str, Any]:
        """Return what the form shows of a request."""
        return {"people": list(row.people_here.defer("search_form"))} | {
            name: getattr(row, name) for name in (*NAMES, "version")
        }

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {
            "people": list(values["people"]),
            "city": values["city"].strip(),
            "note": values["note"].strip(),
        }


class ContactForm(RowForm):
    on = DayField(label=_("On which day did somebody speak with them?"))

    helper = stacked(_("Note this contact"))


class CloseRequestForm(RowForm):
    closing = forms.ChoiceField(
        label=_("Why do they not wait any more?"), choices=HousingRequest.Closing, widget=forms.RadioSelect
    )

    helper = stacked(_("Take them off the list"))

    @staticmethod
    def initial_of(row: HousingRequest) -> dict[str, Any]:
        """Return the version of a request."""
        return {"version": row.version}


class AcceptOfferForm(AskingForm):
    """They take the beds. It asks only where somebody would have to move from another bed."""

    helper = stacked(_("They take the beds"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.is_bound:
            self.ask_again()


class DeclineOfferForm(RowForm):
    why = forms.ChoiceField(label=_("Why do they not want them?"), choices=BedOffer.Why, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In their words"), help_text=_("Stored encrypted."), max_length=400, required=False)

    helper = stacked(_("They do not take the beds"))


class WithdrawOfferForm(RowForm):
    helper = fields_only()


class WaitingFilterForm(forms.Form):
    """To what the waiting list is narrowed. Choices are what those whom the reader may see wait for."""

    city = forms.ChoiceField(label=_("Town"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, places: Sequence[tuple[str, str, Team]], **options: Any) -> None:
        super().__init__(*args, **options)
        every, language = [("", _("any"))], get_language() or "en"
        countries = sorted(
            {(code, country_name(code, language)) for code, _city, _team in places}, key=lambda it: it[1]
        )
        choices = {
            "city": [(city, city) for city in sorted({city for _code, city, _team in places if city})],
            "country": countries,
            "team": sorted({(str(team.pk), team.name) for _code, _city, team in places}, key=lambda it: it[1]),
        }
        for name, found in choices.items():
            self.fields[name].choices = [*every, *found]  # type: ignore[attr-defined]

    @property
    def narrowed(self) -> dict[str, Any]:
        """Return what the list is narrowed to; nothing of what is not among the choices."""
        if not self.is_bound:
            return {}
        self.full_clean()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return chosen | ({"team": UUID(chosen["team"])} if "team" in chosen else {})


class FreeDaysForm(forms.Form):
    """The days on which a room is to be given to somebody who waits."""

    since = DayField(label=_("First night"))
    until = DayField(label=_("They leave on"), help_text=_("Blank: not known yet."), required=False)

    helper = fields_only()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until <= since:
            self.add_error("until", _("They must stay one night at least: choose a later day of leaving."))
        return values
