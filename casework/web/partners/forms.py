"""The forms of the directory: a partner, what they offer, and the filters."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Partner, PartnerService, ServiceKind, Share
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

LONGEST_TOWN = 80


class TownsField(forms.CharField):
    """Cleans to a list of towns, typed one after the other with commas between."""

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, str) else ", ".join(value or [])
        towns = list(dict.fromkeys(" ".join(part.split()) for part in text.split(",") if part.strip()))
        if any(len(town) > LONGEST_TOWN for town in towns):
            raise ValidationError(_("Separate the towns with commas."))
        return towns

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        """The length was looked at town by town."""

    def in_words(self, value: Any) -> str:
        return ", ".join(value or [])


class PartnerForm(RowForm):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Of the organisation or office. A person's name belongs below, where it is stored encrypted."),
        max_length=160,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Partner.Kind)
    country = CountryField(label=_("Country"))
    towns = TownsField(label=_("Towns"), help_text=_("With commas between them."), max_length=800, required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages that they speak"),
        choices=settings.CLIENT_LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    email = forms.CharField(label=_("E-mail"), max_length=160, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=80, required=False)
    hours = forms.CharField(label=_("Hours"), max_length=160, required=False)
    focal_point = forms.CharField(
        label=_("Whom to turn to about referrals"),
        help_text=_("Stored encrypted."),
        max_length=160,
        required=False,
    )
    letter_language = forms.ChoiceField(
        label=_("Language of letters to them"), choices=settings.CLIENT_LANGUAGES, initial="en"
    )
    agreement = forms.ChoiceField(
        label=_("Is there a data-sharing agreement?"),
        choices=Partner.Agreement,
        widget=forms.RadioSelect,
        initial=Partner.Agreement.UNKNOWN,
    )
    agreement_until = DayField(label=_("It holds until"), required=False)
    may_receive = forms.MultipleChoiceField(
        label=_("What they may receive"),
        help_text=_("Their code always may go. What is not ticked can be shared by nobody."),
        choices=Share,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    helper = stacked(_("Save this partner"))

    @staticmethod
    def initial_of(row: Partner) -> dict[str, Any]:
        """Return what the form shows of a partner."""
        names = ("name", "kind", "country", "towns", "languages", "email", "phone", "hours", "focal_point")
        more = ("letter_language", "agreement", "agreement_until", "may_receive", "remark", "version")
        return {name: getattr(row, name) for name in (*names, *more)}


class OfferForm(RowForm):
    kind = forms.ChoiceField(label=_("Service"), choices=ServiceKind)
    country = CountryField(label=_("Country"))
    town = forms.CharField(
        label=_("Town"), help_text=_("Blank: in the whole country."), max_length=LONGEST_TOWN, required=False
    )
    for_whom = forms.ChoiceField(label=_("For whom"), choices=PartnerService.ForWhom)
    cost = forms.ChoiceField(label=_("Cost"), choices=PartnerService.Cost)
    capacity = forms.ChoiceField(label=_("Capacity"), choices=PartnerService.Capacity)
    capacity_note = forms.CharField(
        label=_("Note on capacity"),
        help_text=_("Such as: two families a week. Names of people do not belong here."),
        max_length=160,
        required=False,
    )
    waiting_days = forms.IntegerField(label=_("Days of waiting"), min_value=0, max_value=1000, required=False)

    helper = stacked(_("Save this service"))

    @staticmethod
    def initial_of(row: PartnerService) -> dict[str, Any]:
        """Return what the form shows of a service."""
        names = ("kind", "country", "town", "for_whom", "cost", "capacity", "capacity_note", "waiting_days", "version")
        return {name: getattr(row, name) for name in names}


class VersionForm(RowForm):
    """Nothing to fill in: it carries the version."""

    helper = fields_only()

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        return {"version": row.version}


class DirectoryFilterForm(forms.Form):
    """What the list of partners, and who offers what where, can be filtered by."""

    service = forms.ChoiceField(label=_("Service"), choices=[("", _("any")), *ServiceKind.choices], required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    town = forms.CharField(label=_("Town"), max_length=LONGEST_TOWN, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("any")), *settings.CLIENT_LANGUAGES], required=False
    )

    helper = fields_only()

    def __init__(self, *args: Any, countries: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", _("any")), *countries]


class PartnerFilterForm(DirectoryFilterForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("any")), *Partner.Kind.choices], required=False)
    shown = forms.ChoiceField(
        label=_("Show"),
        choices=[("", _("those in use")), ("stale", _("those not verified for 180 days")), ("archived", _("archived"))],
        required=False,
    )


class OfferFilterForm(DirectoryFilterForm):
    for_whom = forms.ChoiceField(
        label=_("For whom"), choices=[("", _("any")), *PartnerService.ForWhom.choices], required=False
    )
    cost = forms.ChoiceField(label=_("Cost"), choices=[("", _("any")), *PartnerService.Cost.choices], required=False)
    capacity = forms.ChoiceField(
        label=_("Capacity"), choices=[("", _("any")), *PartnerService.Capacity.choices], required=False
    )
