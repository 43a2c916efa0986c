from django import forms
from django.utils.translation import gettext_lazy as _

from casework.reminders.models import Reminder
from casework.web.forms.layouts import fields_only


class OutgoingFilterForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *Reminder.State.choices])

    helper = fields_only()
