"""The guide of the administrator."""

from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Role

from ..shape import Guide, HowTo, Step, Trouble

GUIDE = Guide(
    key="administrator",
    roles=(Role.ADMINISTRATOR,),
    title=_("Administrator: guide"),
    home="home",
    now=_(
        "Your start page says whether it runs: reminders, the trail, keys, long work, invitations. You see no people who are helped."
    ),
    how_to=(
        HowTo(
            title=_("Let somebody new in"),
            steps=(
                Step(_("Choose {People and teams}, then {Invite somebody}."), page="invite"),
                Step(_("Type the e-mail, choose the role and, for caseworkers and coordinators, the team.")),
                Step(_("Hand the link over yourself, by a way that is safe. It works once, within 48 hours.")),
            ),
        ),
        HowTo(
            title=_("Change or end what somebody may do"),
            steps=(
                Step(_("Choose the person under {People and teams}."), page="people"),
                Step(_("{Grant a role} or {End this role}; it counts from their next click.")),
                Step(_("Cases in their name? A coordinator hands them over first.")),
            ),
        ),
        HowTo(
            title=_("Help after a lost telephone"),
            steps=(
                Step(_("Make sure by voice or face that it is them.")),
                Step(_("On their page, choose {Sign them out everywhere}."), page="people"),
                Step(_("Choose {Reset a second factor} and hand the link over yourself.")),
            ),
        ),
        HowTo(
            title=_("See whether reminders go"),
            steps=(
                Step(_("Open {Do reminders go?}: it says yes, or what stands still."), page="status"),
                Step(
                    _("Under {Ways to send messages}, try each way with a message to yourself."),
                    page="message_channels",
                ),
            ),
        ),
        HowTo(
            title=_("Set what the organisation decides"),
            steps=(
                Step(
                    _("{Policy of reminders}: on which days before a deadline whom to remind."), page="reminder_policy"
                ),
                Step(
                    _("{Programmes}: streams of money, and the points by which needs are weighed."), page="programmes"
                ),
                Step(_("{How long things are kept}: the periods of each class of data."), page="retention"),
            ),
        ),
    ),
    troubles=(
        Trouble(
            problem=_("Reminders stand still."),
            advice=_(
                "Tell whoever runs the server: the worker or the clock is silent. Nothing is lost; what should have gone goes as soon as they run again."
            ),
        ),
        Trouble(
            problem=_("An account may be in wrong hands."),
            advice=_(
                "{Disable this account} first, ask afterwards: every session ends at once, and enabling it again takes one click."
            ),
        ),
    ),
)
