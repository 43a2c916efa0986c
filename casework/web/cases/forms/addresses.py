"""The forms of an address: recorded, changed, moved out of."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Address
from casework.web.facts.forms import YesNoUnknownField
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked

from .rows import RowForm


class AddressForm(RowForm):
    country = CountryField(label=_("Country"))
    city = forms.CharField(label=_("Town or district"), max_length=120, required=False)
    line = forms.CharField(label=_("Street, house, flat"), max_length=240, required=False)
    since = DayField(
        label=_("Lives there since"),
        help_text=_("A move can start a new deadline to register. Only those who see the case see the address."),
        required=False,
    )
    until = DayField(
        label=_("Until"),
        help_text=_("The first day on which they do not live there any more. Blank while they live there."),
        required=False,
    )
    registration_possible = YesNoUnknownField(
        label=_("Does the owner agree to a registration?"),
        help_text=_("Ask before they move in: without it a registration may be refused."),
    )
    area_closed = YesNoUnknownField(
        label=_("Is the area closed to new permits?"),
        help_text=_("A registration there may then be refused. The country rules say which areas."),
    )

    helper = stacked(_("Save this address"))

    @staticmethod
    def initial_of(row: Address) -> dict[str, Any]:
        """Return what the form shows of an address."""
        return {
            "version": row.version,
            "country": row.country,
            "city": row.city,
            "line": row.line,
            "since": row.since,
            "until": row.until,
            "registration_possible": row.registration_possible,
            "area_closed": row.area_closed,
        }


class RecordAddressForm(AddressForm):
    """A new address: for the whole family, and in place of the one before, unless told otherwise."""

    everybody = forms.BooleanField(label=_("The whole family lives there"), initial=True, required=False)
    ends_earlier = forms.BooleanField(
        label=_("They do not live at their earlier address any more"), initial=True, required=False
    )

    def __init__(self, *args: Any, has_family: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_family:
            del self.fields["everybody"]


class EndAddressForm(RowForm):
    until = DayField(
        label=_("First day on which they did not live there any more"),
        help_text=_("Mostly the day on which they moved."),
    )

    helper = stacked(_("They have moved out"))

    @staticmethod
    def initial_of(row: Address) -> dict[str, Any]:
        """Return what the form shows of an address."""
        return {"version": row.version, "until": row.until}
