"""The forms of places: a site, its units and beds, and the days on which a bed is blocked."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.housing.actions.places import MOST_BEDS_AT_ONCE
from casework.housing.models import Bed, BedBlock, Site, Unit
from casework.housing.models.unit import MOST_PEOPLE
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked
from casework.web.forms.numbers import NumberField
from casework.web.people.forms import zone_choices

KNOWN_OR_NOT = [("unknown", _("not known")), ("true", _("yes")), ("false", _("no"))]


class KnownOrNot(forms.TypedChoiceField):
    """Yes, no, or not known, which cleans to None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=KNOWN_OR_NOT,
            coerce={"true": True, "false": False, "unknown": None}.get,
            widget=forms.RadioSelect,
            initial="unknown",
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "true", False: "false", None: "unknown"}.get(value, value)


class TeamsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    def label_from_instance(self, team: Any) -> str:
        return str(team.name)

    def in_words(self, value: Iterable[Any]) -> str:
        return ", ".join(sorted(str(getattr(team, "name", team)) for team in value or ()))


class SiteForm(RowForm):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("What lists, reports and the phone say instead of the address, such as BSK-1."),
        max_length=12,
    )
    name = forms.CharField(label=_("Name"), help_text=_("Stored encrypted."), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Site.Kind)
    country = CountryField(label=_("Country"))
    region = forms.CharField(
        label=_("Region"), help_text=_("Reports say no more of the place than this."), max_length=80, required=False
    )
    city = forms.CharField(label=_("Town"), max_length=80)
    line = forms.CharField(label=_("Street, house"), help_text=_("Stored encrypted."), max_length=240, required=False)
    contact_name = forms.CharField(label=_("Whom to turn to there"), max_length=160, required=False)
    contact_phone = forms.CharField(label=_("Phone there"), max_length=80, required=False)
    house_rules = forms.CharField(
        label=_("House rules"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    area_closed = KnownOrNot(
        label=_("Is the area closed to new permits?"),
        help_text=_("A registration there may then be refused. The country rules say which areas."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))
    opened_on = DayField(label=_("In use since"))
    teams = TeamsField(
        label=_("Teams that may use it"),
        queryset=Team.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one team that may use the site.")},
    )

    helper = stacked(_("Save this site"))

    def __init__(self, *args: Any, teams: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    @staticmethod
    def initial_of(row: Site) -> dict[str, Any]:
        """Return what the form shows of a site."""
        names = ("code", "name", "kind", "country", "region", "city", "line", "contact_name", "contact_phone")
        more = ("house_rules", "area_closed", "time_zone", "opened_on", "version")
        teams = [link.team_id for link in row.of_teams.all()]
        return {name: getattr(row, name) for name in (*names, *more)} | {"teams": teams}


class UnitForm(RowForm):
    label = forms.CharField(label=_("Room or flat"), help_text=_("Such as Room 2."), max_length=40)
    capacity = forms.IntegerField(label=_("For how many people"), min_value=1, max_value=MOST_PEOPLE)
    floor_area = NumberField(
        label=_("Floor area, m2"),
        help_text=_("Of the room in which they sleep. Less than 3.5 m2 a person counts as very crowded."),
        min_value=1,
        max_value=9999,
        max_digits=6,
        decimal_places=1,
        required=False,
    )
    for_whom = forms.ChoiceField(label=_("For whom"), choices=Unit.ForWhom, widget=forms.RadioSelect, initial="anyone")
    step_free = forms.BooleanField(label=_("No steps on the way in"), required=False)
    has_cot = forms.BooleanField(label=_("A cot can be put up"), required=False)
    takes_pets = forms.BooleanField(label=_("Pets are welcome"), required=False)
    registration_possible = KnownOrNot(label=_("Does the owner agree to registration of who lives there?"))

    helper = stacked(_("Save this unit"))

    @staticmethod
    def initial_of(row: Unit) -> dict[str, Any]:
        """Return what the form shows of a unit."""
        names = ("label", "capacity", "floor_area", "for_whom", "step_free", "has_cot", "takes_pets")
        return {name: getattr(row, name) for name in (*names, "registration_possible", "version")}


class NewUnitForm(UnitForm):
    beds = forms.IntegerField(
        label=_("How many beds stand there?"),
        help_text=_("They are numbered; names can be changed afterwards."),
        min_value=0,
        max_value=MOST_BEDS_AT_ONCE,
    )
    bed_kind = forms.ChoiceField(label=_("Which kind?"), choices=Bed.Kind)


class BedsForm(RowForm):
    """Several beds that are numbered on, or one with a name."""

    number = forms.IntegerField(label=_("How many beds"), min_value=1, max_value=MOST_BEDS_AT_ONCE, initial=1)
    label = forms.CharField(
        label=_("Name of the bed"),
        help_text=_("Blank: they are numbered. A name is for a single bed."),
        max_length=20,
        required=False,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Bed.Kind)
    opened_on = DayField(label=_("There since"))

    helper = stacked(_("Put up"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("label") and (values.get("number") or 1) > 1:
            self.add_error("label", _("Only a single bed takes a name. Leave this blank, or enter one bed."))
        return values


class BedForm(RowForm):
    label = forms.CharField(label=_("Bed"), max_length=20)
    kind = forms.ChoiceField(label=_("Kind"), choices=Bed.Kind)
    opened_on = DayField(label=_("There since"))

    helper = stacked(_("Save this bed"))

    @staticmethod
    def initial_of(row: Bed) -> dict[str, Any]:
        """Return what the form shows of a bed."""
        return {name: getattr(row, name) for name in ("label", "kind", "opened_on", "version")}


class BlockForm(RowForm):
    since = DayField(label=_("First day"))
    until = DayField(label=_("Free again from"), help_text=_("Blank: until somebody ends it."), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=BedBlock.Reason)
    note = forms.CharField(label=_("Note"), help_text=_("Stored encrypted."), max_length=400, required=False)

    helper = stacked(_("Block this bed"))

    @staticmethod
    def initial_of(row: BedBlock) -> dict[str, Any]:
        """Return what the form shows of a block."""
        return {name: getattr(row, name) for name in ("since", "until", "reason", "note", "version")}


class SafetyNoteForm(RowForm):
    text = forms.CharField(
        label=_("What must be known?"),
        help_text=_("Stored encrypted."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    helper = stacked(_("Save this note"))


class ClosingForm(RowForm):
    """On which day something is not there any more: a site, a unit, a bed, a block."""

    on = DayField(label=_("First day on which nobody sleeps there"))

    helper = fields_only()

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        return {"version": row.version}

    @property
    def day(self) -> date:
        on: date = self.cleaned_data["on"]
        return on


class VersionForm(RowForm):
    """Nothing to fill in: it carries the version."""

    helper = fields_only()

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        return {"version": row.version}
