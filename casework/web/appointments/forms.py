"""The forms of an appointment. What the clock does not say clearly is asked about, with the two answers to choose from."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.models import Appointment, Client
from casework.lib.wall_time import NoSuchTime, TwoSuchTimes, instant_of
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked
from casework.web.people.forms import zone_choices
from casework.web.referrals.forms import PeopleField
from casework.web.todos.forms import ColleagueField

WHEN = ("day", "wall_time", "zone")
NO_INTERPRETER = ("", _("no interpreter"))


class WhenForm(RowForm):
    """A day, a time and a zone. `which` is hidden, and asks only where clocks change over the hour."""

    day = DayField(label=_("Day"))
    wall_time = forms.TimeField(
        label=_("Time"),
        help_text=_("As the clock shows it there, for example 14:30."),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter the time as hours and minutes, for example 14:30.")},
    )
    which = forms.ChoiceField(
        label=_("Which time is meant?"),
        choices=[(each, each) for each in ("first", "second", "before", "after")],
        required=False,
        widget=forms.HiddenInput,
    )
    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Of the place where the appointment is."), choices=zone_choices
    )

    def __init__(self, *args: Any, usual_zones: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["zone"]
        first = [(name, name.replace("_", " ")) for name in dict.fromkeys(usual_zones) if name]
        zone.choices = [*first, *(each for each in zone_choices() if each not in first)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["fold"] = None
        if all(cleaned.get(name) for name in ("day", "zone")) and cleaned.get("wall_time") is not None:
            self._settle_the_hour(cleaned)
        return cleaned

    def values(self) -> dict[str, Any]:
        values = super().values()
        values.pop("which")
        return values

    @property
    def is_same_time(self) -> bool:
        """Whether day, time and zone are those that were there before."""
        return all(self.cleaned_data.get(name) == self.initial.get(name) for name in WHEN)

    def _settle_the_hour(self, cleaned: dict[str, Any]) -> None:
        which = cleaned.get("which")
        try:
            instant_of(cleaned["day"], cleaned["wall_time"], cleaned["zone"])
        except TwoSuchTimes as twice:
            if which in ("first", "second"):
                cleaned["fold"] = int(which == "second")
            elif not self.is_same_time:  # else it was asked when it was planned
                first, second = _with_offset(twice.first), _with_offset(twice.second)
                self._ask(
                    [
                        ("first", _("the first one, before clocks are set back (%s)") % first),
                        ("second", _("the second one, after clocks are set back (%s)") % second),
                    ],
                    _("On this day clocks are set back, and this hour comes twice. Say which one is meant."),
                )
        except NoSuchTime as gap:
            if which in ("before", "after"):
                meant = gap.before if which == "before" else gap.after
                cleaned["day"], cleaned["wall_time"] = meant.date(), meant.time()
            else:
                self._ask(
                    [(key, f"{at:%H:%M}") for key, at in (("before", gap.before), ("after", gap.after))],
                    _("On this day clocks are set forward, and this time does not exist there. Ask which was meant."),
                )

    def _ask(self, choices: list[tuple[str, Any]], why: Any) -> None:
        which: Any = self.fields["which"]
        which.widget = forms.RadioSelect()
        which.choices = choices
        self.add_error("which", why)


class AppointmentForm(WhenForm):
    people = PeopleField(
        label=_("Who is to be there?"),
        queryset=Client.objects.none(),
        error_messages={"required": _("Tick for whom of the case it is.")},
    )
    minutes = forms.IntegerField(label=_("How long, in minutes"), min_value=5, max_value=1440, initial=60)
    with_kind = forms.ChoiceField(label=_("With whom"), choices=Appointment.With)
    with_name = forms.CharField(label=_("Who exactly"), max_length=200, required=False)
    place = forms.CharField(label=_("Place"), max_length=400, required=False)
    interpreter = forms.ChoiceField(
        label=_("Interpreter"), choices=[NO_INTERPRETER, *settings.CLIENT_LANGUAGES], required=False
    )
    papers = forms.CharField(
        label=_("Papers to take along"),
        help_text=_("Stands on the slip for the client."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    staff = ColleagueField(
        label=_("Which colleague goes along"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody of us"),
    )
    remark = forms.CharField(
        label=_("Remark"),
        help_text=_("For colleagues. It does not stand on the slip."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    field_order = ("people", "day", "wall_time", "which", "zone", "minutes", "with_kind", "with_name", "place", "staff")
    helper = stacked(_("Save this appointment"))

    def __init__(self, *args: Any, people: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["people"].queryset, fields["staff"].queryset = people, colleagues

    @staticmethod
    def initial_of(row: Appointment) -> dict[str, Any]:
        """Return what the form shows of an appointment."""
        names = (*WHEN, "minutes", "with_kind", "with_name", "place", "interpreter", "papers", "staff", "remark")
        people = list(row.people_here.defer("search_form"))
        return {"version": row.version, "people": people} | {name: getattr(row, name) for name in names}

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"people": list(values["people"])}


class MoveForm(WhenForm):
    reason = forms.CharField(label=_("Why is it moved?"), max_length=400, required=False)

    helper = stacked(_("Move this appointment"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and self.is_same_time:
            self.add_error("wall_time", _("This is the time it has now. Enter another one."))
        return cleaned

    @staticmethod
    def initial_of(row: Appointment) -> dict[str, Any]:
        """Return when an appointment is."""
        return {"version": row.version} | {name: getattr(row, name) for name in WHEN}


class EndForm(RowForm):
    reason = forms.CharField(label=_("In words"), max_length=400, required=False)

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = stacked(label)

    @staticmethod
    def initial_of(row: Appointment) -> dict[str, Any]:
        """Return the version of an appointment."""
        return {"version": row.version}


class AgainForm(RowForm):
    helper = stacked(_("Plan it again"))

    @staticmethod
    def initial_of(row: Appointment) -> dict[str, Any]:
        """Return the version of an appointment."""
        return {"version": row.version}


def _with_offset(at: dt.datetime) -> str:
    """Return e.g. "02:30, UTC+02:00": two times that the clock shows alike differ by it."""
    return f"{at:%H:%M}, UTC{at.isoformat()[-6:]}"
