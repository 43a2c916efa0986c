"""The form of a way to reach somebody."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Contact
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked

from .rows import RowForm

# Where the people we support are likely to be. Elsewhere a zone is kept as it was recorded.
ZONES = (
    "Asia/Almaty",
    "Asia/Bishkek",
    "Asia/Ulaanbaatar",
    "Asia/Tashkent",
    "Asia/Tbilisi",
    "Asia/Yerevan",
    "Europe/Moscow",
    "Asia/Yekaterinburg",
    "Asia/Novosibirsk",
    "Asia/Vladivostok",
    "Europe/Istanbul",
    "Europe/Belgrade",
    "Europe/Berlin",
    "Europe/Warsaw",
    "Europe/Kyiv",
)


class ContactForm(RowForm):
    """The code word is never shown here: blank keeps it, a tick forgets it."""

    channel = forms.ChoiceField(label=_("Way"), choices=Contact.Channel)
    value = forms.CharField(
        label=_("Number or address"),
        help_text=_("With the country code, such as +996 555 012345. Stored encrypted; found by search as a whole."),
        max_length=160,
        required=False,
    )
    is_safe = forms.BooleanField(
        label=_("Safe to use"),
        help_text=_("Take the tick away if somebody else may read or answer it."),
        initial=True,
        required=False,
    )
    is_preferred = forms.BooleanField(label=_("The way they like best"), required=False)
    safe_days = forms.TypedMultipleChoiceField(
        label=_("On which days is it safe?"),
        help_text=_("Without a tick: on every day."),
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    safe_from = forms.TimeField(
        label=_("Safe from"),
        help_text=_("By their clock, such as 18:00. Leave both blank if it is safe all day."),
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric"}),
        required=False,
    )
    safe_until = forms.TimeField(
        label=_("Safe until"), widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric"}), required=False
    )
    time_zone = forms.ChoiceField(label=_("By which clock?"), required=False)
    language = forms.ChoiceField(
        label=_("Language in which to speak there"),
        choices=[("", _("not known")), *settings.CLIENT_LANGUAGES],
        required=False,
    )
    no_message = forms.BooleanField(
        label=_("Leave no message"),
        help_text=_("Reminders are not sent there either."),
        required=False,
    )
    others = forms.CharField(
        label=_("Who else may pick up or read it"),
        help_text=_("Such as a landlord or a relative. Whoever calls reads this first."),
        max_length=240,
        required=False,
    )
    code_word = forms.CharField(
        label=_("Code word"),
        help_text=_("By which they know that it is us. It is not shown here; blank keeps what is recorded."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    forget_code_word = forms.BooleanField(label=_("Remove the code word"), required=False)
    verified_on = DayField(
        label=_("When was it last checked that it works?"),
        help_text=_("The day on which somebody reached them this way. Without it, no reminder goes there."),
        required=False,
    )
    instructions = forms.CharField(label=_("What else to know"), max_length=400, required=False)

    helper = stacked(_("Save this way to reach them"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recorded = str((self.initial or {}).get("time_zone") or "")
        zones = [*ZONES, *([recorded] if recorded and recorded not in ZONES else [])]
        fields: dict[str, Any] = self.fields
        fields["time_zone"].choices = [("", _("where they are, as far as we know")), *((each, each) for each in zones)]
        if not self.initial.get("version"):
            del fields["forget_code_word"]

    def values(self) -> dict[str, Any]:
        values = super().values()
        forget = values.pop("forget_code_word", False)
        if forget:
            values["code_word"] = ""
        elif not values["code_word"]:
            del values["code_word"]
        return values

    @staticmethod
    def initial_of(row: Contact) -> dict[str, Any]:
        """Return what the form shows of a contact: all but the code word."""
        hidden = ("id", "as_opened", "as_shown", "code_word", "forget_code_word")
        shown = {name: getattr(row, name) for name in ContactForm.base_fields if name not in hidden}
        return shown | {"others": row.others or ""}


class EndContactForm(RowForm):
    """Nothing to fill in: it carries the version."""

    helper = stacked(_("Do not use this any more"))

    @staticmethod
    def initial_of(row: Contact) -> dict[str, Any]:
        """Return the version of a contact."""
        return {"version": row.version}
