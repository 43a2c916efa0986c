"""The form of a note."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client, Note
from casework.clients.models.note import LONGEST_NOTE
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

from .rows import RowForm

# Closing and reopening write their own.
KINDS = [each for each in Note.Kind.choices if each[0] != Note.Kind.CLOSING]


class AboutForm(RowForm):
    """What the forms of notes share: whom it is about, and when it was, both only if it matters."""

    people = forms.MultipleChoiceField(label=_("About whom"), required=False, widget=forms.CheckboxSelectMultiple)
    happened_on = DayField(label=_("When was it?"), help_text=_("Leave empty if it was just now."), required=False)
    happened_time = forms.TimeField(
        label=_("At what time?"),
        help_text=_("By the clocks of the team."),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter the time as hours and minutes, such as 14:05.")},
    )

    def __init__(self, *args: Any, people: Sequence[Client] = (), today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_case = list(people)
        self.today = today
        fields: dict[str, Any] = self.fields
        if len(self.in_case) > 1:  # of one person alone, every note is about that person
            fields["people"].choices = [(str(each.pk), each.full_name) for each in self.in_case]
        else:
            del fields["people"]

    def clean_happened_on(self) -> date | None:
        """Refuse a day that is still to come: what is planned is an appointment."""
        day: date | None = self.cleaned_data["happened_on"]
        if day and self.today and day > self.today:
            raise forms.ValidationError(gettext("This day is still to come. Enter when it was."))
        return day

    def clean(self) -> dict[str, Any]:
        """An hour needs its day."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("happened_time") and "happened_on" in values and not values["happened_on"]:
            self.add_error("happened_on", gettext("Enter the day too, or leave the time empty."))
        return values

    def values(self) -> dict[str, Any]:
        """Return what the action takes; `people` as rows, if the form asks for them."""
        values = super().values()
        if "people" in values:
            values["people"] = [each for each in self.in_case if str(each.pk) in values["people"]]
        return values


class NoteForm(AboutForm):
    """What staff write down about a case; `id` keeps one that is sent twice from being written twice."""

    text = forms.CharField(label=_("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, initial=Note.Kind.NOTE)
    pinned = forms.BooleanField(label=_("Keep it on top"), required=False)

    field_order = ("text", "kind", "pinned", "people", "happened_on", "happened_time")
    helper = fields_only()

    @property
    def details(self) -> list[forms.BoundField]:
        """The fields that most notes leave as they are, which pages fold away."""
        return [self[name] for name in ("pinned", "people", "happened_on", "happened_time") if name in self.fields]

    @property
    def has_details(self) -> bool:
        """Whether something of these was filled in or refused."""
        return self.is_bound and any(field.errors or self.cleaned_data.get(field.name) for field in self.details)


def note_page(form: NoteForm) -> NoteForm:
    """Return the form with a button of its own, for a page that has nothing else."""
    form.helper = stacked(_("Add this note"), form_id="note")
    return form
