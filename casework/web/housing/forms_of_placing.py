"""What is typed to find beds for the people of a case, and to place them there."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client
from casework.housing.models import Bed, Unit
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

from .forms_of_acts import AskingForm

USUAL_STAY = timedelta(days=30)
HOURS = [("4", _("4 hours")), ("24", _("24 hours")), ("48", _("48 hours"))]
HOLD, BOOK, CHECK_IN, OFFER = "hold", "book", "check_in", "offer"
OFFERING = (OFFER, _("Offer: they wait for a bed, and it is held until they have answered"))
HOW = [
    (BOOK, _("Book: they will come on the first day")),
    (HOLD, _("Hold: keep the beds for some hours, until they have answered")),
    (CHECK_IN, _("They are there already: check them in")),
]


class FindForm(forms.Form):
    """Who needs beds, on which days, and where."""

    people = forms.MultipleChoiceField(label=_("For whom?"), widget=forms.CheckboxSelectMultiple)
    since = DayField(label=_("First night"))
    until = DayField(label=_("They leave on"), help_text=_("Blank: not known yet."), required=False)
    country = CountryField(label=_("Country"), required=False, blank_label=_("any"))
    city = forms.CharField(label=_("Town"), max_length=80, required=False)
    step_free = forms.BooleanField(label=_("No steps on the way in"), required=False)
    cot = forms.BooleanField(label=_("With a cot"), required=False)
    pets = forms.BooleanField(label=_("With a pet"), required=False)
    apart = forms.BooleanField(label=_("They may sleep in different rooms of one house"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, people: Sequence[Client], **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = {client.reference: client for client in people}
        self.fields["people"].choices = [(ref, it.full_name) for ref, it in self.known.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until <= since:
            self.add_error("until", _("They must stay one night at least: choose a later day of leaving."))
        return values

    @property
    def wanted(self) -> list[Client]:
        return [self.known[ref] for ref in self.cleaned_data["people"]]


class PlaceForm(AskingForm):
    """A bed for each person; who has none is not placed. `id` is the act: sent twice, they are placed once.

    `waits`: they are on the waiting list, so beds can be offered to them.
    """

    since = DayField(label=_("First night"))
    until = DayField(label=_("They leave on"), help_text=_("Blank: not known yet."), required=False)
    how = forms.ChoiceField(label=_("What is to be done?"), choices=HOW, widget=forms.RadioSelect, initial=BOOK)
    hours = forms.ChoiceField(label=_("Hold or offer for"), choices=HOURS, required=False, initial="24")

    helper = stacked(_("Place them there"))

    def __init__(
        self,
        *args: Any,
        people: Sequence[Client],
        beds: Mapping[str, Sequence[Bed]],
        waits: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if waits:
            self.fields["how"].choices = [OFFERING, *HOW]  # type: ignore[attr-defined]
            self.initial.setdefault("how", OFFER)
        self.people = {client.reference: client for client in people}
        self.beds = {str(bed.pk): bed for group in beds.values() for bed in group}
        groups = [(unit, [(str(bed.pk), bed.place) for bed in group]) for unit, group in beds.items()]
        for reference, client in self.people.items():
            self.fields[self._box(reference)] = forms.ChoiceField(
                label=gettext("Bed for %(who)s") % {"who": client.full_name},
                choices=[("", gettext("not placed")), *groups],
                required=False,
            )
        self.order_fields(["since", "until", *map(self._box, self.people), "how", "hours"])
        if self.is_bound:
            self.ask_again()

    @staticmethod
    def _box(reference: str) -> str:
        return f"bed_{reference}"

    @property
    def people_in_beds(self) -> dict[Client, Bed]:
        chosen = {ref: self.cleaned_data.get(self._box(ref)) for ref in self.people}
        return {self.people[ref]: self.beds[bed] for ref, bed in chosen.items() if bed}

    @property
    def units_shown(self) -> list[Unit]:
        """The units of the beds that are chosen as the form stands, sent or not."""
        chosen = [self.beds.get(str(self[self._box(reference)].value() or "")) for reference in self.people]
        return list({bed.unit_id: bed.unit for bed in chosen if bed is not None}.values())

    @property
    def act(self) -> UUID | None:
        return self.cleaned_data.get("id")
