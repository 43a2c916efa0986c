"""What is written down when an original is handed over and when it comes back."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.documents.models import Custody
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked


class CustodyForm(RowForm):
    holder = forms.ChoiceField(label=_("Where does the original go?"), choices=Custody.Holder)
    place = forms.CharField(label=_("Shelf, office or person"), max_length=160, required=False)
    since = DayField(label=_("Handed over on"))
    handed_over_by = forms.CharField(
        label=_("Who handed it over"), help_text=_("Blank if it was the client."), max_length=120, required=False
    )
    receipt = forms.CharField(label=_("Number of the receipt"), max_length=60, required=False)
    remark = forms.CharField(label=_("What for"), max_length=400, required=False)
    expected_back_on = DayField(label=_("Expected back on"), required=False)

    helper = stacked(_("Save where the original is"))

    @staticmethod
    def initial_of(row: Custody) -> dict[str, Any]:
        """Return what the form shows of a custody."""
        return {
            "version": row.version,
            "holder": row.holder,
            "place": row.place,
            "since": row.since,
            "handed_over_by": row.handed_over_by,
            "receipt": row.receipt,
            "remark": row.remark,
            "expected_back_on": row.expected_back_on,
        }


class ReturnForm(RowForm):
    returned_on = DayField(label=_("Given back on"))
    returned_to = forms.CharField(
        label=_("To whom"), help_text=_("Blank if it was the client."), max_length=120, required=False
    )

    helper = stacked(_("Record that it came back"))

    @staticmethod
    def initial_of(row: Custody) -> dict[str, Any]:
        """Return what the form shows of a custody."""
        return {"version": row.version, "returned_on": row.returned_on, "returned_to": row.returned_to}

    @classmethod
    def initial_today(cls, row: Custody, today: date) -> dict[str, Any]:
        """Return the form as it opens: most originals come back on the day on which it is written down."""
        return cls.initial_of(row) | {"returned_on": today}


class OriginalsFilterForm(forms.Form):
    holder = forms.ChoiceField(
        label=_("Where they are"), choices=[("", _("anywhere")), *Custody.Holder.choices], required=False
    )

    helper = fields_only()
