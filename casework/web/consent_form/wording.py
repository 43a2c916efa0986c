"""What the form says. Short sentences: many who sign it are tired, and some have it read to them.

A change of any of these is a new version of the form (`casework/clients/consent_forms.py`); a test holds them together.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from casework.clients.models import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody agrees to in their own words, and what that means. `names_somebody`: there is room to say whom."""

    title: str
    meaning: str
    names_somebody: bool = False


TITLE = _("What we do with what you tell us")
KEEP = _("Keep this page.")
WHO = _("Who keeps it")
CONTACT = _("Whom to ask about your data")
# A heading and the sentences below it, in their order.
NOTICE = (
    (
        _("What we write down"),
        (
            _("Your name, your day of birth, your nationality, your papers, and until when you may stay."),
            _("How to reach you, where you live, what you need, and what we did for you."),
            _("You need not tell us what you do not want to tell. We help you all the same, as far as we can."),
        ),
    ),
    (
        _("What for"),
        (
            _("To help you, and to tell you in time what you have to do."),
            _(
                "We tell nobody outside who you are unless you agree. We never tell the authorities of the country that you left."
            ),
        ),
    ),
    (
        _("Legal basis"),
        (
            _("Your own word: explicit consent, Art. 6(1)(a) and 9(2)(a) GDPR."),
            _(
                "Without your word only this: to save a life, Art. 6(1)(d) and 9(2)(c), or where a law orders us to, Art. 6(1)(c). Then we write down why."
            ),
        ),
    ),
    (
        _("How long we keep it"),
        (
            _(
                "As long as we help you, and for a time after that. Ask us how long. You may ask us earlier to delete it."
            ),
        ),
    ),
    (
        _("How we protect it"),
        (_("It is stored encrypted. Only those who work on your case may read it, and we record who looks at it."),),
    ),
    (
        _("Your rights"),
        (
            _("You may see what we have about you, and get a copy."),
            _("You may have mistakes corrected."),
            _("You may ask us to delete it."),
            _("You may say no, now or later. We treat you no worse for it."),
            _("You may complain to us, and to the authority for data protection."),
        ),
    ),
    (
        _("How to take it back"),
        (_("Tell any of us, by word, by phone or in writing. You need give no reason. It counts at once."),),
    ),
)

FORM_TITLE = _("What you agree to")
INTRO = _("Say yes or no to each. You may leave any of them open.")
YES, NO, WHOM = _("Yes"), _("No"), _("Who")
ASKED: dict[str, Asked] = {
    Consent.Purpose.SUPPORT: Asked(
        title=_("You help me"), meaning=_("You use what I tell you to help me: advice, papers, a place to live.")
    ),
    Consent.Purpose.RECORD: Asked(
        title=_("You keep what I tell you"), meaning=_("You write it down, so that I need not tell it again.")
    ),
    Consent.Purpose.PICTURES: Asked(
        title=_("You keep photos and scans"), meaning=_("Pictures of my papers, stored encrypted.")
    ),
    Consent.Purpose.PARTNER: Asked(
        title=_("You tell a partner"),
        meaning=_(
            "An organisation, a lawyer, a doctor or a school learns what it needs to help me. You ask me each time."
        ),
        names_somebody=True,
    ),
    Consent.Purpose.AUTHORITY: Asked(
        title=_("You tell an authority"),
        meaning=_("For example the migration office. Never one of the country that I left."),
        names_somebody=True,
    ),
    Consent.Purpose.INTERPRETER: Asked(
        title=_("An interpreter takes part"), meaning=_("They hear what is said, and must keep it to themselves.")
    ),
    Consent.Purpose.FAMILY: Asked(
        title=_("You tell my family"), meaning=_("Only the people whom I name here."), names_somebody=True
    ),
    Consent.Purpose.REPORTS: Asked(
        title=_("My story stands in reports"),
        meaning=_("Without my name, and without anything by which I could be known."),
    ),
    Consent.Purpose.ABROAD: Asked(
        title=_("My file goes to an office abroad"),
        meaning=_("To your colleagues there, if I move on."),
        names_somebody=True,
    ),
}
NEVER = _("But never this, and never to these people")
READ = _("I read this, or it was read to me, in a language that I understand. I could ask questions.")
DAY, SIGNATURE, READ_BY = _("Day"), _("Signature or thumbprint"), _("Read aloud by")
WITNESS, GUARDIAN = _("Witness"), _("Parent or guardian, for anybody under %(age)s")
FORM, REFERENCE, PRINT, NAME = _("Form %(version)s"), _("Reference"), _("Print %(number)s"), _("Your name")

# What makes a version of the form, and what a new translation has to hold.
SENTENCES = (
    TITLE,
    KEEP,
    WHO,
    CONTACT,
    *(each for heading, lines in NOTICE for each in (heading, *lines)),
    FORM_TITLE,
    INTRO,
    YES,
    NO,
    WHOM,
    *(each for asked in ASKED.values() for each in (asked.title, asked.meaning)),
    NEVER,
    READ,
    DAY,
    SIGNATURE,
    READ_BY,
    WITNESS,
    GUARDIAN,
    FORM,
    REFERENCE,
    PRINT,
    NAME,
)
