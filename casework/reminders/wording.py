"""What a message says: nothing that tells a reader over somebody's shoulder who, where or why."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    subject: str
    text: str


def staff_reminder(*, items: int, language: str) -> Wording:
    """Return the message to a member of staff who has `items` things due. No name, country, status or link."""
    with translation.override(language):
        line = ngettext("You have %(items)d item due.", "You have %(items)d items due.", items) % {"items": items}
        return Wording(subject=line, text=f"{line}\n{_('Sign in to see what to do.')}\n")


def trial_message(*, language: str) -> Wording:
    """Return what whoever sets up a channel is sent to see whether it works."""
    with translation.override(language):
        line = _("This is a test. There is nothing to do.")
        return Wording(subject=_("Test message"), text=f"{line}\n")


def staff_notice(*, language: str) -> Wording:
    """Return the message to a member of staff who is to look at something that has happened. It says no more."""
    with translation.override(language):
        line = _("There is something for you to look at.")
        return Wording(subject=line, text=f"{line}\n{_('Sign in to see what to do.')}\n")
