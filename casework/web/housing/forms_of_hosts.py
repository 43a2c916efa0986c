"""What is typed about a host: the call, the visit with what was found, the decision, and the place that comes of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User
from casework.housing.actions.places import MOST_BEDS_AT_ONCE
from casework.housing.models import HostOffer, Site, Unit
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

from .forms import TeamsField
from .forms_of_leases import LastDayField

DAY = timedelta(days=1)
CHECKS = HostOffer.Check
NEW = "new"


class HostOfferForm(RowForm):
    """Short enough for a call: what nobody says yet can stay blank."""

    contact_name = forms.CharField(label=_("Who offers?"), help_text=_("Stored encrypted."), max_length=160)
    contact_phone = forms.CharField(
        label=_("Phone"), max_length=80, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    beds = forms.IntegerField(label=_("How many beds?"), min_value=1, max_value=50)
    city = forms.CharField(label=_("Town"), max_length=80)
    since = DayField(label=_("From which day?"))
    until = LastDayField(label=_("Last day"), help_text=_("Blank: they do not say."), required=False)
    for_whom = forms.ChoiceField(label=_("For whom"), choices=Unit.ForWhom, widget=forms.RadioSelect, initial="anyone")
    takes_pets = forms.BooleanField(label=_("Pets are welcome"), required=False)
    line = forms.CharField(
        label=_("Street, house, flat"), help_text=_("Stored encrypted."), max_length=240, required=False
    )
    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    country = CountryField(label=_("Country"))

    helper = stacked(_("Save this offer"))

    @staticmethod
    def initial_of(row: HostOffer) -> dict[str, Any]:
        """Return what the form shows of an offer."""
        names = ("contact_name", "contact_phone", "beds", "city", "since", "until", "for_whom", "takes_pets", "line")
        return {name: getattr(row, name) for name in (*names, "note", "country", "version")}


class NewHostOfferForm(HostOfferForm):
    """`team` is asked for only where somebody keeps the places of several."""

    team = forms.ModelChoiceField(label=_("For which team?"), queryset=Team.objects.none(), empty_label=None)

    def __init__(self, *args: Any, teams: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["team"].label_from_instance = lambda team: team.name  # type: ignore[attr-defined]
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()


class PlanVisitForm(RowForm):
    on = DayField(label=_("On which day does somebody go there?"))

    helper = stacked(_("Plan the visit"))

    @staticmethod
    def initial_of(row: HostOffer) -> dict[str, Any]:
        return {"on": row.visit_on, "version": row.version}


class VisitForm(RowForm):
    on = DayField(label=_("On which day was somebody there?"))
    visited_by = forms.ChoiceField(label=_("Who was there?"))
    needed = forms.MultipleChoiceField(
        label=_("Without these nobody is placed there"),
        choices=[(code, label) for code, label in CHECKS.choices if code in HostOffer.NEEDED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    more = forms.MultipleChoiceField(
        label=_("What else was found?"),
        choices=[(code, label) for code, label in CHECKS.choices if code not in HostOffer.NEEDED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(
        label=_("Note on the visit"),
        help_text=_("Stored encrypted."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    helper = stacked(_("Save what was found"))

    def __init__(self, *args: Any, staff: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.staff = {str(user.pk): user for user in staff}
        self.fields["visited_by"].choices = [(pk, str(it.display_name or it.email)) for pk, it in self.staff.items()]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: HostOffer) -> dict[str, Any]:
        found = set(row.found)
        return {
            "on": row.visited_on,
            "visited_by": str(row.visited_by_id or ""),
            "needed": sorted(found & HostOffer.NEEDED),
            "more": sorted(found - HostOffer.NEEDED),
            "note": row.visit_note,
            "version": row.version,
        }

    def values(self) -> dict[str, Any]:
        values = super().values()
        found = [*values.pop("needed"), *values.pop("more")]
        return values | {"found": found, "visited_by": self.staff[values["visited_by"]]}


class ReasonForm(RowForm):
    reason = forms.CharField(
        label=_("Why?"), help_text=_("Stored encrypted."), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    helper = fields_only()

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        return {"version": row.version}


class IntoUseForm(RowForm):
    """A new site with a room and its beds, or one that is there already. `id` is that of a new site."""

    existing = forms.ChoiceField(
        label=_("Which place is it?"), help_text=_("One that is there already keeps its rooms and beds.")
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("What lists, reports and the phone say instead of the address, such as BSK-1."),
        max_length=12,
        required=False,
    )
    name = forms.CharField(label=_("Name"), help_text=_("Stored encrypted."), max_length=120, required=False)
    unit_label = forms.CharField(label=_("Room or flat"), help_text=_("Such as Room 2."), max_length=40, required=False)
    beds = forms.IntegerField(
        label=_("How many beds stand there?"),
        help_text=_("They are numbered; names can be changed afterwards."),
        min_value=1,
        max_value=MOST_BEDS_AT_ONCE,
    )
    teams = TeamsField(
        label=_("Teams that may use it"),
        queryset=Team.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one team that may use the site.")},
    )

    helper = stacked(_("Take into use"))

    def __init__(self, *args: Any, teams: Any, sites: Sequence[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        self.sites = {str(site.pk): site for site in sites}
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]
        there = [(pk, f"{it.code}, {it.city}") for pk, it in self.sites.items()]
        self.fields["existing"].choices = [(NEW, gettext("A new site")), *there]  # type: ignore[attr-defined]  # a choice

    @property
    def site(self) -> Site | None:
        """The site that is there already, if one was chosen."""
        return self.sites.get(self.cleaned_data["existing"])

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("existing") == NEW:
            for name, said in (
                ("code", gettext("Give the site a code, such as BSK-1.")),
                ("name", gettext("Give the site a name.")),
                ("unit_label", gettext("Give the unit a name, such as Room 2.")),
            ):
                if name not in self.errors and not values.get(name, "").strip():
                    self.add_error(name, said)
        return values

    def values(self) -> dict[str, Any]:
        return {name: it for name, it in super().values().items() if name != "existing"}
