"""By what the outgoing messages are narrowed."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.reminders.models import Reminder, ReminderQuerySet
from casework.reminders.subjects import NOTICE
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only

from .expected import KINDS


class OutgoingFilterForm(forms.Form):
    """`teams`: those whose cases the reader may see. The address holds codes and days, and nothing of people."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *Reminder.State.choices])
    kind = forms.ChoiceField(
        label=_("About"),
        required=False,
        choices=[
            ("", _("everything")),
            *((f"{name}:", label) for name, label in KINDS.items()),
            (NOTICE, _("what has happened")),
        ],
    )
    channel = forms.ChoiceField(
        label=_("By which way"), required=False, choices=[("", _("all")), *Reminder.Channel.choices]
    )
    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=str)
    since = DayField(label=_("To be sent from"), required=False)
    until = DayField(label=_("to"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, teams: Sequence[Team], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["team"].choices = [("", _("all"))] + [(team.code, team.name) for team in teams]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since is not None and until is not None and until < since:
            self.add_error("until", _("The last day must not lie before the first."))
        return cleaned

    def narrow(self, rows: ReminderQuerySet) -> ReminderQuerySet:
        """Return those that are asked for; all of them by a form that cannot be read."""
        wanted = self.cleaned_data if self.is_valid() else {}
        for name, condition in (("state", "state"), ("channel", "channel"), ("team", "case__team__code")):
            if wanted.get(name):
                rows = rows.filter(**{condition: wanted[name]})
        if wanted.get("kind"):
            rows = rows.about(wanted["kind"])
        if wanted.get("since"):
            rows = rows.filter(send_at__gte=_midnight(wanted["since"]))
        if wanted.get("until"):
            rows = rows.filter(send_at__lt=_midnight(wanted["until"] + timedelta(days=1)))
        return rows


def _midnight(day: Any) -> datetime:
    """Return when a day begins where the reader is."""
    return datetime.combine(day, time(), timezone.get_current_timezone())
