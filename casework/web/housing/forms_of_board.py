"""What the board is narrowed to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.housing.models import Site, Unit
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only

USUAL_WEEKS = 4
WEEKS = [(2, _("2 weeks")), (4, _("4 weeks")), (8, _("8 weeks")), (12, _("12 weeks"))]


class BoardForm(forms.Form):
    since = DayField(label=_("From"), required=False)
    weeks = forms.TypedChoiceField(label=_("For how long"), choices=WEEKS, coerce=int, required=False, initial=4)
    city = forms.ChoiceField(label=_("Town"), required=False)
    site = forms.ChoiceField(label=_("Site"), required=False)
    for_whom = forms.ChoiceField(label=_("Rooms for"), choices=[("", _("any")), *Unit.ForWhom.choices], required=False)

    helper = fields_only()

    def __init__(self, *args: Any, sites: Sequence[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        towns = sorted({site.city for site in sites})
        every = [("", _("any"))]
        self.fields["city"].choices = [*every, *((town, town) for town in towns)]  # type: ignore[attr-defined]
        self.fields["site"].choices = [*every, *((site.code, site.code) for site in sites)]  # type: ignore[attr-defined]
        self.chosen: dict[str, Any] = {}
        if self.is_bound:
            self.full_clean()
            self.chosen = dict(self.cleaned_data)

    @property
    def first_day(self) -> date | None:
        return self.chosen.get("since")

    @property
    def length(self) -> int:
        return self.chosen.get("weeks") or USUAL_WEEKS

    def lets_through(self, site: Site) -> bool:
        wanted = {"city": site.city, "site": site.code}
        return all(not self.chosen.get(name) or self.chosen[name] == value for name, value in wanted.items())

    def lets_unit_through(self, unit: Unit) -> bool:
        return not self.chosen.get("for_whom") or unit.for_whom == self.chosen["for_whom"]


class CaseCodeForm(forms.Form):
    """The case of those who are to be placed."""

    code = forms.CharField(label=_("Code of the case"), max_length=12)

    helper = fields_only()

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()
