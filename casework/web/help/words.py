"""The words that staff meet every day. All of them, for whoever builds or translates: docs/glossary.md."""

from django.utils.translation import gettext_lazy as _

from .shape import Word

WORDS = (
    Word(
        word=_("Case"),
        meaning=_(
            "The file under which one or more people are supported together. It has a code such as C-ABC-DEF and belongs to one team."
        ),
    ),
    Word(
        word=_("Client"),
        meaning=_("A person in a case, with a reference such as K7Q-3F9 that says nothing of who they are."),
    ),
    Word(
        word=_("Stay"),
        meaning=_("Presence in a country from an entry to an exit. Either day may be unknown, or between two days."),
    ),
    Word(word=_("Registration"), meaning=_("A registration with an authority, for an address, until a day.")),
    Word(word=_("Permit"), meaning=_("A right to stay that an authority gave.")),
    Word(
        word=_("Deadline"),
        meaning=_("A date by which something must happen. It is computed from facts and rules, and says why."),
    ),
    Word(word=_("Duty"), meaning=_("What a deadline is about: leave, register, renew.")),
    Word(word=_("Rule"), meaning=_("A dated statement of law or practice in a country, with its source.")),
    Word(
        word=_("Not legally reviewed"),
        meaning=_(
            "The rule was found in a source and computes, but no reviewer stands behind it yet. Ask before you rely on it."
        ),
    ),
    Word(word=_("Waived"), meaning=_("A deadline that does not have to be met, with the reason.")),
    Word(
        word=_("Day one"),
        meaning=_(
            "The day from which a rule counts: the day of entry itself, or the day after. The page of a date says which."
        ),
    ),
    Word(
        word=_("Working days"),
        meaning=_("Days without weekends and public holidays of the country, with days that were swapped."),
    ),
    Word(word=_("To-do"), meaning=_("What a member of staff has to do. No law asks for it.")),
    Word(
        word=_("Restricted case"),
        meaning=_("Seen only by the people named on it. For everybody else it does not exist."),
    ),
    Word(
        word=_("Emergency"),
        meaning=_("Opening a case by its exact code for one hour, with a reason. It is told at once."),
    ),
    Word(word=_("Consent"), meaning=_("What a person answered when asked whether something may be told to somebody.")),
    Word(word=_("Never-contact list"), meaning=_("Numbers, people and offices that must not learn of a person.")),
    Word(word=_("Safe hours"), meaning=_("When somebody can be called or written to without danger.")),
    Word(
        word=_("Placement"), meaning=_("A person in a bed from a day to a day: held, booked, checked in, checked out.")
    ),
    Word(word=_("Referral"), meaning=_("People of a case sent to a partner for a service, with their consent.")),
    Word(word=_("Take along"), meaning=_("A list or a report as a file. It carries your name and is kept on record.")),
    Word(
        word=_("Hidden number"),
        meaning=_(
            "From 1 to 7 people could be recognised, so the number is left out, with others that would give it away."
        ),
    ),
)
