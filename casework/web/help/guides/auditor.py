"""The guide of the auditor."""

from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Role

from ..shape import Guide, HowTo, Step, Trouble

GUIDE = Guide(
    key="auditor",
    roles=(Role.AUDITOR,),
    title=_("Auditor: guide"),
    home="home",
    now=_(
        "Your start page says whether the trail is sealed, and which emergencies and which days with many cases nobody has taken note of."
    ),
    how_to=(
        HowTo(
            title=_("Find who saw a case"),
            steps=(
                Step(_("Choose {Who did what}."), page="audit"),
                Step(
                    _(
                        "Open the filter, type the code of the case, such as C-ABC-DEF, and press {Apply filters}. Every look and every change stands there with the name; what is in the case does not."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("See what somebody did"),
            steps=(
                Step(_("Choose {Who did what} and filter by the person, the kind of act or the days."), page="audit"),
            ),
        ),
        HowTo(
            title=_("Take note of an emergency"),
            steps=(
                Step(
                    _("Choose {Emergencies}: who opened which case by its code, when, and for what reason."),
                    page="watched",
                ),
                Step(
                    _(
                        "Ask them, and the people named on the case, whether it was needed. Then press {I have taken note}."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("Notice who opens too many cases"),
            steps=(
                Step(
                    _(
                        "The same page lists, under {Many cases}, who opened or took along more than work usually needs."
                    ),
                    page="watched",
                ),
            ),
        ),
        HowTo(
            title=_("Show what is stored, and why"),
            steps=(
                Step(
                    _("{Record of processing} lists every class of data: purpose, period, protection. It prints."),
                    page="processing",
                ),
            ),
        ),
    ),
    troubles=(
        Trouble(
            problem=_("The page says that the trail is late."),
            advice=_(
                "Events wait for their seal because the worker stands still. Tell whoever runs the server; afterwards let them verify the chain."
            ),
        ),
        Trouble(
            problem=_("A case of the trail is gone."),
            advice=_(
                "It was erased; the events stay and name nobody of it. Who asked for that and who confirmed it stands in the trail."
            ),
        ),
    ),
)
