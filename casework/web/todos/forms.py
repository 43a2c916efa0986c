"""The forms of a to-do: written down in a line, written down with everything, changed."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.models import ToDo
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

QUICK = [
    ("", _("no day")),
    ("today", _("today")),
    ("tomorrow", _("tomorrow")),
    ("monday", _("next Monday")),
    ("week", _("in a week")),
]


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    """Somebody of the staff, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return in_short(obj)

    def in_words(self, value: Any) -> str:
        return in_short(value) if value else ""


class QuickToDoForm(RowForm):
    """One line for oneself, on the page of a case."""

    text = forms.CharField(label=_("What is to be done?"), max_length=600)
    when = forms.ChoiceField(label=_("By when?"), choices=QUICK, required=False)

    helper = fields_only()


class WriteToDoForm(RowForm):
    text = forms.CharField(label=_("What is to be done?"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    when = forms.ChoiceField(label=_("By when?"), choices=QUICK, required=False, widget=forms.RadioSelect)
    due_on = DayField(label=_("or on another day"), required=False)
    owner = ColleagueField(label=_("Who does it?"), queryset=User.objects.none(), required=False, empty_label=_("I do"))

    helper = stacked(_("Write this down"))

    def __init__(self, *args: Any, colleagues: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset, self.today = colleagues, today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") and cleaned.get("due_on"):
            self.add_error("due_on", _("Choose a day above or enter one here, not both."))
        return cleaned

    def values(self) -> dict[str, Any]:
        values = super().values()
        when = values.pop("when")
        return values | {"due_on": values["due_on"] or day_meant(when, self.today)}


class ChangeToDoForm(RowForm):
    text = forms.CharField(label=_("What is to be done?"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = DayField(label=_("Due on"), required=False)
    owner = ColleagueField(label=_("Who does it?"), queryset=User.objects.none(), empty_label=None)

    helper = stacked(_("Save"))

    def __init__(self, *args: Any, colleagues: QuerySet[User], of_software: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = colleagues
        if of_software:
            del self.fields["text"]

    @staticmethod
    def initial_of(row: ToDo) -> dict[str, Any]:
        """Return what the form shows of a to-do."""
        return {"version": row.version, "text": row.text, "due_on": row.due_on, "owner": row.owner}


def day_meant(when: str, today: date) -> date | None:
    """Return the day that a quick choice means; on a Monday, the next one is a week away."""
    days = {"today": 0, "tomorrow": 1, "monday": 7 - today.weekday(), "week": 7}
    return today + timedelta(days=days[when]) if when in days else None
