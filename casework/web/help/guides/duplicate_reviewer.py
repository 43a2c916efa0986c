"""The guide of the duplicate reviewer."""

from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Role

from ..shape import Guide, HowTo, Step, Trouble

GUIDE = Guide(
    key="duplicate-reviewer",
    roles=(Role.DUPLICATE_REVIEWER,),
    title=_("Duplicate reviewer: guide"),
    home="duplicates",
    now=_(
        "{Duplicates} lists two people each who may be one, the longest waiting first. You see of them what it takes to compare, and no more."
    ),
    how_to=(
        HowTo(
            title=_("Compare a pair"),
            steps=(
                Step(_("Open a pair on {Duplicates}."), page="duplicates"),
                Step(
                    _("Read line by line what agrees. The same number of a document says most, the same name little.")
                ),
            ),
        ),
        HowTo(
            title=_("Decide"),
            steps=(
                Step(
                    _("Under {Decide}, say what you found and why, and press {Save this decision}."), page="duplicates"
                ),
                Step(_("Nothing is merged by that: whoever looks after each case is told and looks at both.")),
            ),
        ),
        HowTo(
            title=_("Ask when you are not sure"),
            steps=(
                Step(
                    _(
                        "Leave the pair open and ask both caseworkers: one question to the person settles more than guessing."
                    ),
                    page="duplicates",
                ),
            ),
        ),
        HowTo(
            title=_("Change a decision"),
            steps=(
                Step(
                    _(
                        "Filter {Duplicates} by the decision, open the pair, and decide again under {Change the decision}."
                    ),
                    page="duplicates",
                ),
            ),
        ),
        HowTo(
            title=_("Have a look at what was merged"),
            steps=(
                Step(
                    _(
                        "Two people who were merged can be made two again for thirty days, by whoever merges: tell the caseworker."
                    )
                ),
            ),
        ),
    ),
    troubles=(
        Trouble(
            problem=_("Both look alike, but something speaks against it."),
            advice=_(
                "Do not call them one. Two people held for one lose deadlines; one person held for two only costs time."
            ),
        ),
        Trouble(
            problem=_("A person is missing whom you expect."),
            advice=_("People of restricted cases are in no pair. Their caseworkers look for them by themselves."),
        ),
    ),
)
