from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from casework.reminders.channels import DeliveryError
from casework.reminders.channels.gateway import receiver
from casework.reminders.models import Reminder
from casework.web.forms.layouts import stacked

Channel = Reminder.Channel
# A letter is no message: it is printed on a page of its own.
TRIED = [Channel.EMAIL, Channel.INBOX, Channel.SMS, Channel.TELEGRAM, Channel.WHATSAPP, Channel.SIGNAL, Channel.WEBHOOK]
TO_A_NUMBER = {Channel.SMS, Channel.TELEGRAM, Channel.WHATSAPP, Channel.SIGNAL}


class TrialForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=[(it.value, it.label) for it in TRIED])
    address = forms.CharField(
        label=_("Your own number or address"),
        help_text=_("A number with its country code; for Telegram the number of the chat. It is not kept."),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    helper = stacked(_("Send me a test message"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        channel, address = cleaned.get("channel"), (cleaned.get("address") or "").strip()
        try:
            if channel == Channel.EMAIL:
                validate_email(address)
            elif channel in TO_A_NUMBER:
                receiver(str(channel), address)
        except ValidationError:
            self.add_error("address", _("Enter an e-mail address, such as name@example.org."))
        except DeliveryError:
            self.add_error(
                "address", _("Enter the number as +996 555 012345; for Telegram the number of the chat, digits only.")
            )
        return cleaned | {"address": address}
