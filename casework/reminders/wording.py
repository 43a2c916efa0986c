"""What a message says: nothing that tells a reader over somebody's shoulder who, where or why."""

from dataclasses import dataclass
from datetime import date, time

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from casework.lib import day_words

# The languages in which we write to people, by a catalogue each; staff read two of them.
CLIENT_LANGUAGES = ("en", "ru", "ky", "kk", "mn", "uk")

# All that a message to a person may say. A test looks through them, in every language, for words that give something away.
SUBJECT = gettext_noop("Message")
CONTACT_US = gettext_noop("Please contact us.")
CONTACT_US_TODAY = gettext_noop("Please contact us today.")
REMEMBER = gettext_noop("Please remember: %(day)s, %(time)s.")
PASS_ON = gettext_noop("Please pass this on (%(code)s):")
TO_END = gettext_noop("To end: STOP.")
TO_CLIENTS = (SUBJECT, CONTACT_US, CONTACT_US_TODAY, REMEMBER, PASS_ON, TO_END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    subject: str
    text: str


def staff_reminder(*, items: int, language: str) -> Wording:
    """Return the message to a member of staff who has `items` things due. No name, country, status or link."""
    with translation.override(language):
        line = ngettext("You have %(items)d item due.", "You have %(items)d items due.", items) % {"items": items}
        return Wording(subject=line, text=f"{line}\n" + _("Sign in to see what to do.") + "\n")


def trial_message(*, language: str) -> Wording:
    """Return what whoever sets up a channel is sent to see whether it works."""
    with translation.override(language):
        line = _("This is a test. There is nothing to do.")
        return Wording(subject=_("Test message"), text=f"{line}\n")


def staff_notice(*, language: str) -> Wording:
    """Return the message to a member of staff who is to look at something that has happened. It says no more."""
    with translation.override(language):
        line = _("There is something for you to look at.")
        return Wording(subject=line, text=f"{line}\n" + _("Sign in to see what to do.") + "\n")


def client_message(
    *,
    language: str,
    is_urgent: bool = False,
    code: str = "",
    passed_on: bool = False,
    when: tuple[date, time] | None = None,
    may_answer: bool = False,
) -> Wording:
    """Return the message to a person: what they agreed to, and nothing of who writes or what about."""
    with translation.override(language):
        text = _(CONTACT_US_TODAY) if is_urgent else _(CONTACT_US)
        if when is not None:
            text = _(REMEMBER) % {"day": day_words.day_and_month(when[0], language), "time": f"{when[1]:%H:%M}"}
        if passed_on:
            text = f"{_(PASS_ON) % {'code': code}} {text}"
        elif code:
            text = f"{code}. {text}"
        if may_answer:
            text = f"{text} {_(TO_END)}"
        return Wording(subject=_(SUBJECT), text=f"{text}\n")
