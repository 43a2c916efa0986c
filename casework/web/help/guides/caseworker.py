"""The guide of the caseworker."""

from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Role

from ..shape import Guide, HowTo, Step, Trouble

GUIDE = Guide(
    key="caseworker",
    roles=(Role.CASEWORKER,),
    title=_("Caseworker: guide"),
    home="my_day",
    now=_(
        "{My day} is your start page: what is overdue stands on top, then today, then the days after. Begin there each morning."
    ),
    how_to=(
        HowTo(
            title=_("Register a person and read their next deadline"),
            steps=(
                Step(_("Choose {Log a case} in the navigation."), page="log_case"),
                Step(
                    _(
                        "Fill in what you know. A name, a nationality, the country and the day of entry are enough; leave open what you do not know."
                    )
                ),
                Step(_("Press {Log this case}. The page that opens shows every deadline.")),
            ),
        ),
        HowTo(
            title=_("Explain a date to a client and print it in their language"),
            steps=(
                Step(
                    _(
                        "On {My day} or on the page of the case, choose {Why this date?} beside the deadline: the facts, the counting, the rule and its source."
                    ),
                    page="my_day",
                ),
                Step(_("Choose {Sheet for them: what to do by when}.")),
                Step(_("Choose the language, read the sheet through with the person, and press {Print}.")),
                Step(
                    _(
                        "On the page of the case, choose {Timeline}: how long each stay and paper holds, and every deadline, in one picture."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("Say that something is done"),
            steps=(
                Step(_("Press {Done} beside the deadline, on {My day} or on the page of the case."), page="my_day"),
                Step(
                    _(
                        "Record what changed too: the new registration, permit or stay. The next date is computed from it."
                    )
                ),
                Step(_("Pressed by mistake? {Open it again} stands under {Done, waived or passed}.")),
            ),
        ),
        HowTo(
            title=_("Find somebody"),
            steps=(
                Step(
                    _(
                        "Type a name, a reference, a phone or document number into the search at the top and press {Search}. Other spellings and scripts are found too."
                    ),
                    page="cases",
                ),
                Step(_("Before you register somebody, look for them: they may be known already.")),
            ),
        ),
        HowTo(
            title=_("Keep a case safe"),
            steps=(
                Step(
                    _(
                        "Open the case and its tab {Consent and safety}: who must never be contacted, which hours are safe, the code word."
                    ),
                    page="cases",
                ),
                Step(
                    _(
                        "If even colleagues should not know of it, choose {Restrict this case} on {Who may see this case}, and name at least two people."
                    )
                ),
            ),
        ),
    ),
    troubles=(
        Trouble(
            problem=_("A date looks wrong."),
            advice=_(
                "Open {Why this date?}: most often a fact is missing or wrong, such as the day of entry. Correct the fact, never the date. If the rule is wrong, tell a policy editor."
            ),
        ),
        Trouble(
            problem=_("You recorded something of the wrong person."),
            advice=_(
                "A note can be taken back within ten minutes; everything else has {Change} or {Remove} beside it. Whoever looks at the case sees that it was corrected."
            ),
        ),
        Trouble(
            problem=_("There is danger and the case is not yours."),
            advice=_(
                "Whoever knows the exact code of a case can open it for an hour in an emergency; the people named on it and the auditor are told at once."
            ),
        ),
    ),
)
