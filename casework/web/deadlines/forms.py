"""What people type when they answer a deadline, or ask why it is when it is."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only

REASON_AT_MOST = 600


class AnswerForm(forms.Form):
    """`seen_on`: the date that the page showed, "" for an unknown one; `next`: where to go on."""

    seen_on = forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    helper = fields_only()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "next"}


class DoneForm(AnswerForm):
    pass


class WaiveForm(AnswerForm):
    reason = forms.CharField(
        label=_("Why it need not be done"),
        max_length=REASON_AT_MOST,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For example: applied for asylum, leaves tomorrow, the owner has registered them."),
    )


class ReasonForm(forms.Form):
    """What has no date of its own to be seen: taking an answer or an imposed date back."""

    next = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why"), max_length=REASON_AT_MOST, widget=forms.Textarea({"rows": 2}))

    helper = fields_only()

    def values(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class ReopenForm(ReasonForm):
    """`decision`: the answer that is taken back, where the page names one."""

    decision = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        return {**super().values(), "decision": self.cleaned_data["decision"]}


class ImposeForm(forms.Form):
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    imposed_on = DayField(label=_("The date that the authority has set"))
    authority = forms.CharField(label=_("Which authority"), max_length=200)
    paper = forms.CharField(
        label=_("Number and day of the paper"),
        max_length=200,
        required=False,
        help_text=_("As printed on it, for example: No. 17, 20 November 2026. Stored encrypted."),
    )
    reason = forms.CharField(
        label=_("What it orders, and why"), max_length=REASON_AT_MOST, widget=forms.Textarea({"rows": 2})
    )

    helper = fields_only()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "next"}


class OverrideForm(forms.Form):
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    imposed_on = DayField(label=_("The date that should count"))
    reason = forms.CharField(
        label=_("Why the computed date is wrong"),
        max_length=REASON_AT_MOST,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For example: a lawyer has read the permit otherwise. Say who, and what they read."),
    )

    helper = fields_only()

    def values(self) -> dict[str, Any]:
        return {"imposed_on": self.cleaned_data["imposed_on"], "reason": self.cleaned_data["reason"]}


class SecondLookForm(AnswerForm):
    """`order`: the decision that is looked at."""

    order = forms.UUIDField(widget=forms.HiddenInput)


class ConfirmForm(SecondLookForm):
    has_looked = forms.BooleanField(
        label=_("I have looked at the order or the advice itself, and the later date stands there")
    )

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "has_looked"}


class RefuseForm(SecondLookForm):
    reason = forms.CharField(
        label=_("Why the later date does not hold"), max_length=REASON_AT_MOST, widget=forms.Textarea({"rows": 2})
    )


class NoteForm(forms.Form):
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    helper = fields_only()

    def values(self) -> dict[str, Any]:
        return {}


class AnotherDayForm(forms.Form):
    """Asks for the position as on another day, by the rules as we knew them on another day."""

    on = DayField(label=_("As on this day"), required=False)
    known = DayField(
        label=_("By the rules as we knew them on"),
        required=False,
        help_text=_("Leave both blank for today."),
    )

    helper = fields_only()

    def __init__(self, *args: Any, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def question(self) -> dict[str, dt.date | None]:
        """Return the days that were asked about, both None if none were or they cannot be read."""
        asked = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {"on": asked.get("on"), "known_on": asked.get("known")}

    def clean_known(self) -> dt.date | None:
        known: dt.date | None = self.cleaned_data["known"]
        if known is not None and known > self.today:
            raise forms.ValidationError(_("Nobody knows yet what we will know then. Choose a day up to today."))
        return known
