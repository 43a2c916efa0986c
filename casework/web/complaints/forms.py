"""The forms of complaints: recorded by anybody, handled by those who may."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User
from casework.clients.models import Complaint, Partner
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked


class ColleaguesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    """Members of staff, by name."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return in_short(obj)

    def in_words(self, value: Any) -> str:
        return ", ".join(in_short(each) for each in value or [])


class ComplaintForm(RowForm):
    received_on = DayField(label=_("When did it come?"))
    how = forms.ChoiceField(label=_("How did it come?"), choices=Complaint.How)
    subject = forms.ChoiceField(label=_("What is it about?"), choices=Complaint.About, widget=forms.RadioSelect)
    is_safeguarding = forms.BooleanField(
        label=_("It is about sexual exploitation, abuse or harassment"),
        help_text=_("Is somebody in danger now? Act on that first."),
        required=False,
    )
    team = forms.ModelChoiceField(
        label=_("Which team does it concern?"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("none in particular, or not known"),
    )
    people = ColleaguesField(
        label=_("Which members of staff is it about?"),
        help_text=_("Whoever is ticked will see nothing of it. Tick nobody if the name is not known."),
        queryset=User.objects.none(),
        required=False,
    )
    away_from_team = forms.BooleanField(
        label=_("Nobody of this team should handle it"),
        help_text=_("Always so where it is about a member of staff whom nobody could name."),
        required=False,
    )
    partner = forms.ModelChoiceField(
        label=_("Which partner is it about?"), queryset=Partner.objects.none(), required=False, empty_label="–"
    )
    happened = forms.CharField(
        label=_("What happened?"),
        help_text=_("In their words. Stored encrypted, apart from every case."),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    wished = forms.CharField(
        label=_("What do they wish?"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    from_name = forms.CharField(
        label=_("Who complains?"),
        help_text=_("May stay blank: an anonymous complaint counts as much."),
        max_length=200,
        required=False,
    )
    from_contact = forms.CharField(
        label=_("How to answer them"),
        help_text=_("A safe phone number or address. Only those who handle the complaint see it."),
        max_length=200,
        required=False,
    )

    helper = stacked(_("Record this complaint"))

    def __init__(self, *args: Any, teams: Any, colleagues: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset, fields["people"].queryset, fields["partner"].queryset = teams, colleagues, partners
        fields["partner"].label_from_instance = lambda each: each.name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("away_from_team") and not cleaned.get("team"):
            self.add_error("team", _("Say which team should not handle it."))
        return cleaned


class ComplaintStepForm(RowForm):
    to = forms.ChoiceField(label=_("How far is it?"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        help_text=_("Only when it is closed."),
        choices=[("", "–"), *Complaint.Outcome.choices],
        required=False,
    )
    text = forms.CharField(
        label=_("In words"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    helper = stacked(_("Record this step"))

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        after = Complaint.TRANSITIONS[complaint.state]
        to: Any = self.fields["to"]
        to.choices = [(value, label) for value, label in Complaint.State.choices if value in after]

    @staticmethod
    def initial_of(row: Complaint) -> dict[str, Any]:
        return {"version": row.version}


class ComplaintNoteForm(RowForm):
    text = forms.CharField(label=_("Note"), max_length=8000, widget=forms.Textarea(attrs={"rows": 5}))
    helper = stacked(_("Add this note"))


class ComplaintPeopleForm(RowForm):
    people = ColleaguesField(
        label=_("Which members of staff is it about?"),
        help_text=_("Whoever is ticked will see nothing of it from now on."),
        queryset=User.objects.none(),
        required=False,
    )
    helper = stacked(_("Save who it is about"))

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["people"]
        people.queryset = colleagues

    @staticmethod
    def initial_of(row: Complaint) -> dict[str, Any]:
        return {"version": row.version, "people": list(User.objects.filter(pk__in=row.people.values("user")))}


class ComplaintFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("open")),
            ("overdue", _("not acknowledged in time")),
            *Complaint.State.choices,
            ("any", _("open and closed")),
        ],
        required=False,
    )
    subject = forms.ChoiceField(label=_("About"), choices=[("", _("any")), *Complaint.About.choices], required=False)

    helper = fields_only()
