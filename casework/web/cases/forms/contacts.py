"""The form of a way to reach somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Contact
from casework.web.forms.layouts import stacked

from .rows import RowForm


class ContactForm(RowForm):
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
    instructions = forms.CharField(label=_("Hours, code word, who else may read it"), max_length=400, required=False)

    helper = stacked(_("Save this way to reach them"))

    @staticmethod
    def initial_of(row: Contact) -> dict[str, Any]:
        """Return what the form shows of a contact."""
        return {
            "version": row.version,
            "channel": row.channel,
            "value": row.value,
            "is_safe": row.is_safe,
            "instructions": row.instructions,
        }


class EndContactForm(RowForm):
    """Nothing to fill in: it carries the version."""

    helper = stacked(_("Do not use this any more"))

    @staticmethod
    def initial_of(row: Contact) -> dict[str, Any]:
        """Return the version of a contact."""
        return {"version": row.version}
