"""The guide of the policy editor and reviewer."""

from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Role

from ..shape import Guide, HowTo, Step, Trouble

GUIDE = Guide(
    key="policy",
    roles=(
        Role.POLICY_EDITOR,
        Role.POLICY_REVIEWER,
    ),
    title=_("Policy editor and reviewer: guide"),
    home="policy_desk",
    now=_(
        "The {Policy desk} says which drafts wait for you, which rules were not verified lately, and what becomes law soon."
    ),
    how_to=(
        HowTo(
            title=_("Change a country rule and see whom it hits"),
            steps=(
                Step(_("Choose {Country rules}, the country, and the rule."), page="rules"),
                Step(
                    _(
                        "Press {Change this rule: begin a draft}. The rule itself stays as it is until the draft is published."
                    )
                ),
                Step(_("Change the fields, cite the source with the sentence that says it, and press {Save}.")),
                Step(
                    _(
                        "On the page of the draft, press {Work out what would change}: how many people gain or lose days, and who becomes overdue. Nothing is written."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("Ask for review of a draft"),
            steps=(
                Step(
                    _("Open the draft on the {Policy desk}. What stands in the way is listed there."),
                    page="policy_desk",
                ),
                Step(_("Add a worked example: facts in, the date out. It is computed while you write.")),
                Step(_("Press {Ask for review}. Another person reads it; nobody reviews their own draft.")),
            ),
        ),
        HowTo(
            title=_("Review and publish"),
            steps=(
                Step(_("On the {Policy desk}, open what waits under {Waiting for my review}."), page="policy_desk"),
                Step(_("Read the source yourself, look at the examples and at what would change.")),
                Step(_("Press {Approve and publish}, or {Send back with this comment}.")),
            ),
        ),
        HowTo(
            title=_("Say that a rule is still true"),
            steps=(
                Step(
                    _("The table {To look at again, by country} leads to the rules that nobody has verified lately."),
                    page="rules_to_check",
                ),
                Step(
                    _(
                        "Read the source again and choose {Still true? Say that you read the source}. If it says something else by now, begin a draft."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("Record swapped working days"),
            steps=(
                Step(_("Open the country under {Country rules} and choose {Working days}."), page="rules"),
                Step(
                    _(
                        "Choose {Swap two days} or {State exceptional days}, with the decree. Deadlines in working days follow at once."
                    )
                ),
            ),
        ),
    ),
    troubles=(
        Trouble(
            problem=_("A wrong rule was published."),
            advice=_(
                "Begin a draft from it and publish that, or withdraw it: what it replaced is held again. Caseworkers are told what moved. What was said before can still be looked up."
            ),
        ),
        Trouble(
            problem=_("Sources disagree."),
            advice=_(
                "Cite both and let the rule need review: the earlier date drives, and the page of every date says so."
            ),
        ),
        Trouble(
            problem=_("It says that few people are concerned."),
            advice=_(
                "Numbers from 1 to 7 are hidden, so that nobody can be recognised. Caseworkers see the rows of their own cases."
            ),
        ),
    ),
)
