"""What is typed about a lease: whose it is, its days, what it costs, notice, another rent, its end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from casework.housing.models import Lease, LeaseRent, Site, Unit
from casework.housing.without_lease import WithoutLease
from casework.lib.day_words import in_words
from casework.lib.money import currency_choices, currency_of
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked
from casework.web.forms.numbers import NumberField

from .forms_of_acts import AskingForm

DAY = timedelta(days=1)
WHOLE = "whole"


class LastDayField(DayField):
    """The last day of something, as contracts say it. It cleans to the day after: the first that does not count any more."""

    def clean(self, value: Any) -> date | None:
        last: date | None = super().clean(value)
        return None if last is None else last + DAY

    def prepare_value(self, value: Any) -> Any:
        return value - DAY if isinstance(value, date) else value

    def in_words(self, value: date | None) -> str:
        return "" if value is None else in_words(value - DAY, get_language() or "en")


class OverPeopleForm(AskingForm):
    """A form by which people may come to have beds where no lease holds: `left`. Then it asks for a reason."""

    left: Sequence[WithoutLease] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.is_bound:
            self.ask_again()


class LeaseForm(OverPeopleForm):
    landlord_name = forms.CharField(
        label=_("Landlord"), help_text=_("Stored encrypted."), max_length=160, required=False
    )
    landlord_phone = forms.CharField(label=_("Phone of the landlord"), max_length=80, required=False)
    since = DayField(label=_("First day of the lease"))
    until = LastDayField(
        label=_("Last day of the lease"), help_text=_("Blank: it goes on until somebody ends it."), required=False
    )
    notice_on = DayField(
        label=_("Tell the landlord by"),
        help_text=_("The last day on which notice can be given, or on which you must say whether you stay."),
        required=False,
    )
    deposit = NumberField(label=_("Deposit"), min_value=0, max_digits=12, decimal_places=2, required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Stored encrypted."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    helper = stacked(_("Save this lease"))

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        super().__init__(*args, **options)
        usual = currency_of(site.country)
        choices = currency_choices(get_language() or "en", (usual,) if usual else ())
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
        self.initial.setdefault("currency", usual)

    @staticmethod
    def initial_of(row: Lease) -> dict[str, Any]:
        """Return what the form shows of a lease."""
        names = ("landlord_name", "landlord_phone", "since", "until", "notice_on", "deposit", "currency", "note")
        return {name: getattr(row, name) for name in (*names, "version")}


class NewLeaseForm(LeaseForm):
    unit = forms.ChoiceField(label=_("What is rented?"))
    rent = NumberField(label=_("Rent at the beginning"), min_value=0, max_digits=12, decimal_places=2, required=False)
    per = forms.ChoiceField(label=_("For how long is that?"), choices=LeaseRent.Per, initial=LeaseRent.Per.MONTH)

    def __init__(self, *args: Any, site: Site, units: Sequence[Unit], **options: Any) -> None:
        super().__init__(*args, site=site, **options)
        self.units = {str(unit.pk): unit for unit in units}
        whole = (WHOLE, gettext("The whole site"))
        self.fields["unit"].choices = [whole, *((pk, it.label) for pk, it in self.units.items())]  # type: ignore[attr-defined]
        head = ("unit", "landlord_name", "landlord_phone", "since", "until", "notice_on")
        self.order_fields([*head, "rent", "per", "currency", "deposit", "note"])

    def values(self) -> dict[str, Any]:
        values = super().values()
        values["unit"] = self.units.get(values["unit"])
        return values


class NoticeForm(OverPeopleForm):
    on = DayField(label=_("On which day was notice given?"))
    until = LastDayField(
        label=_("Last day of the lease"),
        help_text=_("Blank: it stays as it is on record."),
        required=False,
    )

    helper = stacked(_("Notice was given"))

    @staticmethod
    def initial_of(row: Lease) -> dict[str, Any]:
        return {"until": row.until, "version": row.version}


class EndLeaseForm(OverPeopleForm):
    until = LastDayField(label=_("Last day of the lease"))

    helper = stacked(_("End this lease"))

    @staticmethod
    def initial_of(row: Lease) -> dict[str, Any]:
        return {"until": row.until, "version": row.version}


class RemoveLeaseForm(OverPeopleForm):
    """Nothing to fill in, unless people live there."""

    helper = fields_only()

    @staticmethod
    def initial_of(row: Lease) -> dict[str, Any]:
        return {"version": row.version}


class RentForm(RowForm):
    since = DayField(
        label=_("From which day?"), help_text=_("What it was before stays on record. The same day again corrects it.")
    )
    amount = NumberField(label=_("Rent"), min_value=0, max_digits=12, decimal_places=2)
    per = forms.ChoiceField(label=_("For how long is that?"), choices=LeaseRent.Per)

    helper = stacked(_("Save this rent"))

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].label = gettext("Rent in %(currency)s") % {"currency": currency}
