"""The forms of access: who is named on a restricted case, and access for a time."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User
from casework.clients.models import Case
from casework.lib.number_masks import LOOK_ALIKES
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked
from casework.web.references import PART

_CODE = re.compile(rf"(?:C-?)?({PART})-?({PART})")


def _reason(label: Any, help_text: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, max_length=600, widget=area)


class RestrictForm(RowForm):
    """Who is to see the case. `people` are those who work in its team; none else can be named."""

    people = forms.MultipleChoiceField(
        label=_("Who is to see this case"),
        help_text=_(
            "Two people at least, whoever looks after the case among them. Only people of the team. For everybody else, "
            "coordinators too, the case is not there any more."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least two people, so that somebody is there when one of them is away.")},
    )
    without_me = forms.BooleanField(label=_("I shall not see this case any more, and that is right"), required=False)
    reason = _reason(_("Why?"), _("Becomes a note of the case. Whoever is named can read it."))

    helper = stacked(_("Show it to these people only"))

    def __init__(self, *args: Any, colleagues: Sequence[User], me: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues, self.me = {str(user.pk): user for user in colleagues}, me
        people: Any = self.fields["people"]
        people.choices = [(pk, in_short(user)) for pk, user in self.colleagues.items()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        named = cleaned.get("people")
        if named and str(self.me.pk) not in named and not cleaned.get("without_me"):
            self.add_error("without_me", _("You have not named yourself. Name yourself, or tick this."))
        return cleaned

    def values(self) -> dict[str, Any]:
        named = [self.colleagues[pk] for pk in self.cleaned_data["people"]]
        return {"people": named, "reason": self.cleaned_data["reason"]}

    @staticmethod
    def initial_of(row: Case) -> dict[str, Any]:
        """Return who is named now; of an open case, who looks after it."""
        named = [str(pk) for pk in row.members.values_list("user", flat=True)]
        return {"version": row.version, "people": named or ([str(row.caseworker_id)] if row.caseworker_id else [])}


class LiftRestrictionForm(RowForm):
    reason = _reason(_("Why may the whole team see it now?"), _("Becomes a note of the case."))

    helper = stacked(_("Show it to the whole team again"), danger=True)

    @staticmethod
    def initial_of(row: Case) -> dict[str, Any]:
        return {"version": row.version}


class GiveAccessForm(RowForm):
    """To whom, from which day to which, and whether they may change anything. Days are those of the team."""

    user = forms.ChoiceField(label=_("To whom"), help_text=_("A colleague who works with cases in another team."))
    since = DayField(label=_("From"), help_text=_("For example 27 March 2026"))
    until = DayField(label=_("Until, this day included"))
    may_change = forms.BooleanField(
        label=_("They may change it too"), help_text=_("Otherwise they only look."), required=False
    )
    reason = _reason(_("Why?"), _("Everybody who may see the case can read it."))

    helper = stacked(_("Give access for this time"))

    def __init__(self, *args: Any, colleagues: Sequence[User], today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"since": today} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.colleagues = {str(user.pk): user for user in colleagues}
        fields: dict[str, Any] = self.fields
        fields["user"].choices = [("", "–"), *((pk, in_short(each)) for pk, each in self.colleagues.items())]
        fields["since"].min_day = fields["until"].min_day = today

    def given(self, zone: str, now: datetime) -> dict[str, Any]:
        """Return what the action takes: from now or from midnight, until the midnight after the last day."""
        known = self.cleaned_data
        return {
            "access_id": known["id"],
            "user": self.colleagues[known["user"]],
            "starts_at": max(_midnight(known["since"], zone), now),
            "ends_at": _midnight(known["until"] + timedelta(days=1), zone),
            "may_change": known["may_change"],
            "reason": known["reason"],
        }


class GiveTeamAccessForm(GiveAccessForm):
    """The same for all cases of a team that are not restricted: somebody is away, and another stands in."""

    team = forms.ChoiceField(label=_("Cases of which team"))

    field_order = ("id", "version", "team", "user", "since", "until", "may_change", "reason")

    def __init__(self, *args: Any, teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {team.code: team for team in teams}
        team: Any = self.fields["team"]
        team.choices = [(team.code, team.name) for team in teams]

    def chosen_team(self) -> Team:
        return self.teams[self.cleaned_data["team"]]


class EmergencyForm(forms.Form):
    """The exact code of a case, and what happened. A code that cannot be one answers as one that is none."""

    code = forms.CharField(
        label=_("Exact code of the case"),
        help_text=_("As it stands on a paper or in a message, such as C-K7Q-3F9."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=_("What happened, and why can nobody else look?"),
        help_text=_("At least twenty letters. Those concerned read it, and it stays with the case."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    helper = stacked(_("Open this case for an hour"), danger=True)

    def clean_code(self) -> str:
        """Return the code as it is stored, however it was typed; what is none as it is."""
        text = "".join(self.cleaned_data["code"].upper().split()).translate(LOOK_ALIKES)
        found = _CODE.fullmatch(text)
        return f"C-{found[1]}-{found[2]}" if found else text


class MoreCasesForm(RowForm):
    """Why somebody needs more cases today than work usually does."""

    reason = forms.CharField(
        label=_("What do you need them for?"),
        help_text=_("At least twenty letters. Your coordinator and the auditor read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    helper = stacked(_("Go on"))
    helper.form_action = "more_cases"


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
