"""What administrators type about when reminders speak, and what people type about their own."""

import re
from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Any

from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.reminders.policies import KindPolicy, Policies
from casework.reminders.schedule import FURTHEST_LEAD, FURTHEST_RUNG, LATEST_LEAD
from casework.residency.rules.kinds import DUTY_LABELS, Duty
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked
from casework.web.templatetags.days import day

# What has a date by which somebody must have done something.
SPOKEN_OF = (
    *(Duty.LEAVE, Duty.REGISTER, Duty.NOTIFY_ARRIVAL, Duty.REGISTER_ADDRESS, Duty.RENEW_REGISTRATION),
    *(
        Duty.APPLY_RESIDENCE,
        Duty.EXTEND_STAY,
        Duty.RENEW_PERMIT,
        Duty.PERMIT_EXTENSION,
        Duty.KEEP_DOCUMENT,
        Duty.RETURN,
    ),
)
MOST_LEADS = 20
LEADS = "leads_"
# What the form shows of the policy as it is.
NAMES = ("version", "quiet_from", "quiet_until", "working_days_only", "deputies_lead", "coordinators_lead")


class LeadsField(forms.CharField):
    """Days before the due date, parted by commas or spaces: "14, 7, 1, 0, -1". Below zero: days after it."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> tuple[int, ...]:
        typed = str(super().clean(value)).replace("−", "-").replace("–", "-")
        words = re.split(r"[\s,;]+", typed.strip(" ,;"))
        if not all(re.fullmatch(r"-?\d{1,4}", word) for word in words):
            raise ValidationError(_("Type numbers of days, with commas between them: 14, 7, 1, 0, -1."))
        leads = sorted({int(word) for word in words}, reverse=True)
        if leads[0] > FURTHEST_LEAD or leads[-1] < LATEST_LEAD:
            raise ValidationError(
                _("Between %(first)d days before and %(last)d days after.")
                % {"first": FURTHEST_LEAD, "last": -LATEST_LEAD}
            )
        if leads[0] < 0:
            raise ValidationError(
                _("Everything here comes after the date. Speak of it at least once before, or on the day (0).")
            )
        if len(leads) > MOST_LEADS:
            raise ValidationError(_("That is more than %(most)d messages about one date.") % {"most": MOST_LEADS})
        return tuple(leads)


class PolicyForm(RowForm):
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_(
            "By the clock of the recipient's office. What is ready in between waits until then, unless its day would be over. Both blank: no quiet hours."
        ),
    )
    working_days_only = forms.BooleanField(
        label=_("On working days only"),
        required=False,
        help_text=_(
            "Of the country of the recipient's office. What would come too late on the next working day goes on the day off."
        ),
    )
    also = forms.MultipleChoiceField(
        label=_("Tell the coordinators too, each time, about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Whoever looks after the case is always told. Of a restricted case only the people named on it are."
        ),
    )

    clients = forms.MultipleChoiceField(
        label=_("Remind the people themselves, where they agreed, about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only who agreed to messages, by a way that is safe, and in words that tell nothing."),
    )
    deputies_lead = forms.IntegerField(
        label=_("If nobody answers, ask whoever stands in for the team, days before the date"),
        min_value=0,
        max_value=FURTHEST_RUNG,
    )
    coordinators_lead = forms.IntegerField(
        label=_("If still nobody answers, ask the coordinators, days before the date"),
        min_value=0,
        max_value=FURTHEST_RUNG,
        help_text=_("At the earliest four hours after the first message. 0: on the day itself."),
    )

    helper = stacked(_("Save the policy"))
    preview = Submit("preview", _("Only show the days"))
    preview.field_classes = "btn btn-outline-secondary"
    helper.add_input(preview)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        fields: dict[str, Any] = self.fields
        fields["also"].choices = [(duty.value, str(_(DUTY_LABELS[duty]))) for duty in SPOKEN_OF]
        fields["clients"].choices = fields["also"].choices
        for duty in SPOKEN_OF:
            fields[f"{LEADS}{duty}"] = LeadsField(
                label=str(_(DUTY_LABELS[duty])),
                max_length=200,
                help_text=example(self._leads(duty), today),
                widget=forms.TextInput({"autocomplete": "off"}),
            )
        self.order_fields(
            [
                *[f"{LEADS}{duty}" for duty in SPOKEN_OF],
                "also",
                "clients",
                "deputies_lead",
                "coordinators_lead",
                "quiet_from",
                "quiet_until",
            ]
        )

    def _leads(self, duty: Duty) -> Collection[int]:
        """Return what the worked example speaks of: what was typed, if that can be read, else what holds."""
        name = f"{LEADS}{duty}"
        try:
            return LeadsField().clean(self.data[name]) if name in self.data else self.initial[name]
        except (ValidationError, KeyError):
            return ()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begins is None) != (ends is None) and not {"quiet_from", "quiet_until"} & self.errors.keys():
            self.add_error("quiet_until", _("Type both times, or neither."))
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", _("The quiet hours end when they begin. Leave both blank if there are none."))
        deputies, coordinators = cleaned.get("deputies_lead"), cleaned.get("coordinators_lead")
        if deputies is not None and coordinators is not None and coordinators > deputies:
            self.add_error("coordinators_lead", _("The coordinators are asked last: not before whoever stands in."))
        return cleaned

    def values(self) -> dict[str, Any]:
        typed = super().values()
        leads = {duty.value: typed.pop(f"{LEADS}{duty}") for duty in SPOKEN_OF}
        chosen, told = typed.pop("also"), typed.pop("clients")
        return typed | {
            "leads": leads,
            "without_clients": [duty for duty in leads if duty not in told],
            "also": {duty: [KindPolicy.Also.COORDINATOR.value] if duty in chosen else [] for duty in leads},
        }

    @staticmethod
    def initial_of(row: Policies) -> dict[str, Any]:
        policy = row.policy
        shown = {name: getattr(policy, name) for name in NAMES}
        leads = {f"{LEADS}{duty}": row.leads_of(duty) for duty in SPOKEN_OF}
        chosen = {
            "also": [duty.value for duty in SPOKEN_OF if row.also(duty)],
            "clients": [duty.value for duty in SPOKEN_OF if row.tells_clients(duty)],
        }
        return shown | leads | chosen


class SnoozeForm(RowForm):
    until = DayField(label=_("Say nothing before"))
    reason = forms.CharField(
        label=_("Why"),
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For example: the appointment is on Thursday. Whoever may see the case can read it."),
    )

    helper = stacked(_("Let them wait"))


class OwnRemindersForm(forms.Form):
    how = forms.ChoiceField(
        label=_("How you are reminded"),
        choices=[("single", _("one message for each thing, as it comes up")), ("digest", _("one message a day"))],
        widget=forms.RadioSelect,
    )
    digest_at = forms.TimeField(
        label=_("At"),
        required=False,
        initial=time(8),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("For one message a day, by the clock of your office. What cannot wait until then comes before."),
    )

    helper = stacked(_("Save"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("how") == "digest" and cleaned.get("digest_at") is None and "digest_at" not in self.errors:
            self.add_error("digest_at", _("Type a time, such as 08:00."))
        return cleaned

    @property
    def wanted(self) -> time | None:
        return self.cleaned_data["digest_at"] if self.cleaned_data["how"] == "digest" else None


def example(leads: Collection[int], today: date) -> str:
    """Return on which days a date would be spoken of: "A date of 12 March 2027 is spoken of on: ..."."""
    if not leads:
        return ""
    due_on = date(today.year + (today > date(today.year, 3, 12)), 3, 12)
    days = ", ".join(day(due_on - timedelta(days=lead)) for lead in leads)
    return str(_("A date of %(day)s is spoken of on: %(days)s.") % {"day": day(due_on), "days": days})
